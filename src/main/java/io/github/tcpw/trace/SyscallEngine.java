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
    Programs programs = Programs.open(options, false, notices);
    BpfObject object = programs.object();
    object.program(Programs.CONNECT_EXIT).skip();
    object.program(Programs.ACCEPT_EXIT).skip();
    object.program(Programs.FOLLOW_MODULES).skip();
    object.load();
    List<AttachedProgram> attached = programs.attachCommon();
    attached.add(programs.attach(Programs.SYSCALL_EXIT));
    return new Tracer(object, attached, options, () -> {});
  }
}
