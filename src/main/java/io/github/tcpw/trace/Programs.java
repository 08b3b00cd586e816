// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.libbpf.AttachedProgram;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.BpfObject;
import io.github.tcpw.libbpf.BpfProgram;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The BPF programs of this build (src/main/bpf/tcpw.bpf.c): opened, configured, loaded, attached.
 */
final class Programs {
  /** Attached by both engines: which tasks are traced, and how their handshakes end. */
  static final String FOLLOW_FORK = "follow_fork";

  static final String FOLLOW_HANDSHAKE = "follow_handshake";

  /** Tells of the fexit engine's blind spot. */
  static final String FOLLOW_MODULES = "follow_modules";

  /** What the syscall engine consists of, and the fexit engine falls back on. */
  static final String SYSCALL_EXIT = "syscall_exit";

  /** Attached by the fexit engine alone, which copies them for more functions. */
  static final String CONNECT_EXIT = "connect_exit";

  static final String ACCEPT_EXIT = "accept_exit";

  private static final String TWIN = "_twin";
  private static final String[] WITH_TWIN = {FOLLOW_FORK, FOLLOW_HANDSHAKE, SYSCALL_EXIT};

  // struct config, src/main/bpf/event.h
  static final int CONFIG_UDP = 0;
  static final int CONFIG_UNIX_DOMAIN = 1;
  static final int CONFIG_FEXIT = 2;
  static final int CONFIG_TWICE = 3;
  static final int SIZE_OF_CONFIG = 4;

  private final BpfObject object;
  private final Notices notices;
  private final boolean fexitTwice;
  private final boolean tracepointsTwice;

  private Programs(
      BpfObject object, Notices notices, boolean fexitTwice, boolean tracepointsTwice) {
    this.object = object;
    this.notices = notices;
    this.fexitTwice = fexitTwice;
    this.tracepointsTwice = tracepointsTwice;
  }

  /**
   * Opens and configures them; the caller says which to leave out, then loads them.
   *
   * @param fexit whether fexit programs tell of the sockets, as far as they can
   */
  static Programs open(TraceOptions options, boolean fexit, Notices notices) throws BpfException {
    return open(System.getProperty("java.home") + "/lib/tcpw.bpf.o", options, fexit, notices);
  }

  /** The same from an object file outside the application image. */
  static Programs open(String file, TraceOptions options, boolean fexit, Notices notices)
      throws BpfException {
    boolean fexitTwice = preempts();
    boolean tracepointsTwice = fexitTwice && preemptsTracepoints();
    BpfObject object = BpfObject.open(file);
    object.map("events").setMaxEntries(options.bufferSize());
    ByteBuffer config = object.map(".rodata.config").initialValue();
    config.put(CONFIG_UDP, (byte) (options.udp() ? 1 : 0));
    config.put(CONFIG_UNIX_DOMAIN, (byte) (options.unixDomain() ? 1 : 0));
    config.put(CONFIG_FEXIT, (byte) (fexit ? 1 : 0));
    config.put(CONFIG_TWICE, (byte) ((fexit ? fexitTwice : tracepointsTwice) ? 1 : 0));
    for (String name : WITH_TWIN) {
      if (!tracepointsTwice || (fexit && name.equals(SYSCALL_EXIT))) {
        object.program(name + TWIN).skip();
      }
    }
    return new Programs(object, notices, fexitTwice, tracepointsTwice);
  }

  BpfObject object() {
    return object;
  }

  /** Whether every fexit program is to be attached twice. */
  boolean fexitTwice() {
    return fexitTwice;
  }

  /** Attaches a program, and its twin, to the tracepoint that its section names. */
  AttachedProgram attach(String name) throws BpfException {
    BpfProgram program = object.program(name);
    program.attach();
    AttachedProgram attached = program;
    if (tracepointsTwice) {
      BpfProgram twin = object.program(name + TWIN);
      twin.attach();
      attached = new Twins(program, twin);
    }
    notices.debug("attached " + name);
    return attached;
  }

  /**
   * Whether the kernel may preempt a BPF program. PREEMPT_DYNAMIC is among those that may: what it
   * was told at boot is not to be seen.
   */
  private static boolean preempts() {
    String version = read("/proc/sys/kernel/version");
    return version.isEmpty() || version.contains("PREEMPT");
  }

  /**
   * Whether it may preempt those at tracepoints too. Up to 6.18 they run with preemption disabled
   * (include/linux/tracepoint.h, include/trace/bpf_probe.h); 7.3 preempts them.
   */
  private static boolean preemptsTracepoints() {
    String release = read("/proc/sys/kernel/osrelease");
    int major = number(release, 0);
    return release.isEmpty()
        || major > 6
        || (major == 6 && number(release, release.indexOf('.') + 1) > 18);
  }

  /** The one that begins there; without a regular expression, which takes long to load. */
  private static int number(String text, int start) {
    int number = 0;
    for (int i = start; i < text.length() && Character.isDigit(text.charAt(i)); i++) {
      number = number * 10 + Character.digit(text.charAt(i), 10);
    }
    return number;
  }

  /** The text of a file; empty if it is not to be had, and then rather twice than not at all. */
  private static String read(String file) {
    try (InputStream stream = new FileInputStream(file)) {
      return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException unknown) {
      return "";
    }
  }
}
