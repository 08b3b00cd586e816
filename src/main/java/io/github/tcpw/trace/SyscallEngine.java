// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.libbpf.AttachedProgram;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.BpfObject;
import java.util.List;

/** Hooks the end of the system calls connect, accept, accept4 and socketcall. */
final class SyscallEngine {
  private SyscallEngine() {}

  static Tracer start(TraceOptions options, Notices notices) throws BpfException {
    BpfObject object = Programs.open(options);
    object.program(Programs.CONNECT_EXIT).skip();
    object.program(Programs.ACCEPT_EXIT).skip();
    object.load();
    List<AttachedProgram> attached = Programs.attachCommon(object, notices);
    attached.add(Programs.attach(object, Programs.SYSCALL_EXIT, notices));
    return new Tracer(object, attached, options.bufferSize());
  }
}
