// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.libbpf.AttachedProgram;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.BpfObject;
import io.github.tcpw.libbpf.BpfProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Opens the BPF object of this build (src/main/bpf/tcpw.bpf.c) and configures it. */
final class Programs {
  /** Attached by both engines: which tasks are traced, and how their handshakes end. */
  private static final String[] COMMON = {"follow_fork", "follow_handshake"};

  /** Attached by the syscall engine alone. */
  static final String SYSCALL_EXIT = "syscall_exit";

  /** Attached by the fexit engine alone, which copies them for more functions. */
  static final String CONNECT_EXIT = "connect_exit";

  static final String ACCEPT_EXIT = "accept_exit";

  // struct config, src/main/bpf/event.h
  static final int CONFIG_UDP = 0;
  static final int CONFIG_UNIX_DOMAIN = 1;
  static final int SIZE_OF_CONFIG = 2;

  private Programs() {}

  /** Opens the object; the caller says which programs to leave out, then loads it. */
  static BpfObject open(TraceOptions options) throws BpfException {
    BpfObject object = BpfObject.open(elf());
    object.map("events").setMaxEntries(options.bufferSize());
    ByteBuffer config = object.map(".rodata.config").initialValue();
    config.put(CONFIG_UDP, (byte) (options.udp() ? 1 : 0));
    config.put(CONFIG_UNIX_DOMAIN, (byte) (options.unixDomain() ? 1 : 0));
    return object;
  }

  /** Attaches what both engines need, after the object was loaded. */
  static List<AttachedProgram> attachCommon(BpfObject object, Notices notices) throws BpfException {
    List<AttachedProgram> attached = new ArrayList<>();
    for (String program : COMMON) {
      attached.add(attach(object, program, notices));
    }
    return attached;
  }

  /** Attaches a program to the tracepoint that its section names. */
  static AttachedProgram attach(BpfObject object, String name, Notices notices)
      throws BpfException {
    BpfProgram program = object.program(name);
    program.attach();
    notices.debug("attached " + name);
    return program;
  }

  private static byte[] elf() {
    try (InputStream resource = Programs.class.getResourceAsStream("tcpw.bpf.o")) {
      if (resource == null) {
        throw new IllegalStateException("this build holds no BPF object");
      }
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("this build's BPF object cannot be read", e);
    }
  }
}
