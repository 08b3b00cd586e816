// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.SocketCall;
import io.github.tcpw.libbpf.AttachedProgram;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.BpfObject;
import io.github.tcpw.libbpf.BpfProgram;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The BPF programs of this build (src/main/bpf/tcpw.bpf.c): opened, configured, loaded, attached.
 */
final class Programs {
  /** Attached by both engines: which tasks are traced, and what becomes of their sockets. */
  static final String FOLLOW_FORK = "follow_fork";

  static final String FOLLOW_STATE = "follow_state";

  /** Attached by both where datagrams or lives are told of. */
  static final String TRANSFER_EXIT = "transfer_exit";

  /** For the end of UDP sockets, in a cgroup. */
  static final String NAME_SOCKET = "name_socket";

  static final String END_FLOW = "end_flow";

  /** Run by user space. */
  static final String MARK_SPAWNER = "mark_spawner";

  static final String MARK_TASKS = "mark_tasks";
  static final String LIST_SOCKETS = "list_sockets";
  static final String REPORT_OPEN = "report_open";

  /** Tells of the fexit engine's blind spot. */
  static final String FOLLOW_MODULES = "follow_modules";

  /** What the syscall engine consists of, and the fexit engine falls back on. */
  static final String SYSCALL_EXIT = "syscall_exit";

  /** Attached by the fexit engine alone, which copies them for more functions. */
  static final String CONNECT_EXIT = "connect_exit";

  static final String ACCEPT_EXIT = "accept_exit";

  private static final String TWIN = "_twin";

  // struct config, src/main/bpf/event.h
  static final int CONFIG_UDP = 0;
  static final int CONFIG_UNIX_DOMAIN = 1;
  static final int CONFIG_NETLINK = 2;
  static final int CONFIG_FEXIT = 3;
  static final int CONFIG_TWICE = 4;
  static final int CONFIG_LIFECYCLE = 5;
  static final int CONFIG_ALL = 6;
  static final int CONFIG_FAILED = 7;
  static final int CONFIG_ONLY = 8;
  static final int CONFIG_PORT_COUNT = 9;
  static final int CONFIG_NETWORK_COUNT = 10;
  static final int CONFIG_PID_COUNT = 11;
  static final int CONFIG_PORTS = 16;
  static final int CONFIG_NETWORKS = 32;
  static final int SIZE_OF_NETWORK = 20;
  static final int NETWORK_LENGTH = 16;
  static final int CONFIG_PIDS = CONFIG_NETWORKS + Filter.MAX_NETWORKS * SIZE_OF_NETWORK;
  static final int SIZE_OF_CONFIG = CONFIG_PIDS + TraceOptions.MAX_PIDS * 4;

  /** Of the ring buffer, in bytes for each entry of the table of open sockets. */
  private static final int BUFFER_BYTES_PER_SOCKET = 16;

  private final BpfObject object;
  private final TraceOptions options;
  private final Notices notices;
  private final boolean fexitTwice;
  private final boolean tracepointsTwice;

  /** Where the ends of UDP sockets are seen; null if they are not, or not asked for. */
  private final @Nullable Cgroup cgroup;

  private Programs(
      BpfObject object,
      TraceOptions options,
      Notices notices,
      boolean fexitTwice,
      boolean tracepointsTwice,
      @Nullable Cgroup cgroup) {
    this.object = object;
    this.options = options;
    this.notices = notices;
    this.fexitTwice = fexitTwice;
    this.tracepointsTwice = tracepointsTwice;
    this.cgroup = cgroup;
  }

  /**
   * Opens and configures them; the caller says which to leave out, then loads them.
   *
   * @param fexit whether fexit programs tell of the sockets, as far as they can
   */
  static Programs open(TraceOptions options, boolean fexit, Notices notices) throws BpfException {
    String object = options.isPlain() ? "plain.bpf.o" : "tcpw.bpf.o";
    return open(System.getProperty("java.home") + "/lib/" + object, options, fexit, notices);
  }

  /** The same from an object file outside the application image. */
  static Programs open(String file, TraceOptions options, boolean fexit, Notices notices)
      throws BpfException {
    boolean fexitTwice = preempts();
    boolean tracepointsTwice = fexitTwice && preemptsTracepoints();
    BpfObject object = BpfObject.open(file);
    sizeMaps(object, options);
    ByteBuffer config = object.map(".rodata.config").initialValue();
    configure(config, options);
    config.put(CONFIG_FEXIT, flag(fexit));
    config.put(CONFIG_TWICE, flag(fexitTwice));
    Programs programs =
        new Programs(
            object,
            options,
            notices,
            fexitTwice,
            tracepointsTwice,
            needsFlows(options) ? Cgroup.open() : null);
    programs.skipUnneeded(fexit);
    return programs;
  }

  private static void sizeMaps(BpfObject object, TraceOptions options) {
    object.map("events").setMaxEntries(options.bufferSize());
    object.map("sockets").setMaxEntries(options.bufferSize() / BUFFER_BYTES_PER_SOCKET);
    if (options.isPlain()) {
      return;
    }
    // They are made in any case, and the kernel gives some of them their memory at once.
    if (!options.lifecycle()
        && !options.netlink()
        && !options.unixDomain()
        && options.pids().isEmpty()) {
      object.map("seen").setMaxEntries(1);
    }
    if (!options.udp()) {
      object.map("peers").setMaxEntries(1);
    }
    if (!needsFlows(options)) {
      object.map("flows").setMaxEntries(1);
    }
  }

  private static void configure(ByteBuffer config, TraceOptions options) {
    config.put(CONFIG_UDP, flag(options.udp()));
    config.put(CONFIG_UNIX_DOMAIN, flag(options.unixDomain()));
    config.put(CONFIG_NETLINK, flag(options.netlink()));
    config.put(CONFIG_LIFECYCLE, flag(options.lifecycle()));
    config.put(CONFIG_ALL, flag(options.all()));
    configure(config, options.filter());
    config.put(CONFIG_PID_COUNT, (byte) options.pids().size());
    for (int i = 0; i < options.pids().size(); i++) {
      config.putInt(CONFIG_PIDS + i * 4, options.pids().get(i));
    }
  }

  private static void configure(ByteBuffer config, Filter filter) {
    config.put(CONFIG_FAILED, flag(filter.failed()));
    if (filter.only() != null) {
      config.put(
          CONFIG_ONLY,
          (byte)
              (filter.only() == SocketCall.CONNECT
                  ? EventDecoder.EVENT_CONNECT
                  : EventDecoder.EVENT_ACCEPT));
    }
    config.put(CONFIG_PORT_COUNT, (byte) filter.ports().size());
    for (int i = 0; i < filter.ports().size(); i++) {
      config.putShort(CONFIG_PORTS + i * 2, filter.ports().get(i).shortValue());
    }
    config.put(CONFIG_NETWORK_COUNT, (byte) filter.networks().size());
    for (int i = 0; i < filter.networks().size(); i++) {
      put(config, CONFIG_NETWORKS + i * SIZE_OF_NETWORK, filter.networks().get(i));
    }
  }

  /** IPv4 as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2): such sockets are in the network, too. */
  private static void put(ByteBuffer config, int offset, Filter.Network network) {
    ByteBuffer address = config.slice(offset, 16).order(ByteOrder.BIG_ENDIAN);
    int length = network.prefixLength();
    if (network.address() instanceof IpAddress.V4 v4) {
      address.putInt(8, 0xffff).putInt(12, v4.bits());
      length += 96;
    } else if (network.address() instanceof IpAddress.V6 v6) {
      address.putLong(0, v6.high()).putLong(8, v6.low());
    }
    config.putInt(offset + NETWORK_LENGTH, length);
  }

  private static byte flag(boolean value) {
    return (byte) (value ? 1 : 0);
  }

  /** Loading each takes milliseconds. */
  private void skipUnneeded(boolean fexit) {
    if (!tracepointsTwice) {
      object.program(FOLLOW_FORK + TWIN).skip();
      object.program(FOLLOW_STATE + TWIN).skip();
    }
    if (!tracepointsTwice || fexit) {
      object.program(SYSCALL_EXIT + TWIN).skip();
    }
    if (options.isPlain()) {
      return;
    }
    if (!needsTransfers()) {
      object.program(TRANSFER_EXIT).skip();
    }
    if (!needsTransfers() || !tracepointsTwice) {
      object.program(TRANSFER_EXIT + TWIN).skip();
    }
    if (!options.lifecycle()) {
      object.program(REPORT_OPEN).skip();
    }
    if (options.pids().isEmpty()) {
      object.program(MARK_TASKS).skip();
      object.program(LIST_SOCKETS).skip();
    }
    if (cgroup == null) {
      object.program(NAME_SOCKET).skip();
      object.program(END_FLOW).skip();
    }
  }

  private boolean needsTransfers() {
    return options.udp() || options.unixDomain() || options.netlink() || options.lifecycle();
  }

  private static boolean needsFlows(TraceOptions options) {
    return options.udp() && options.lifecycle();
  }

  /** Attaches, once they are loaded, those that both engines need. */
  List<AttachedProgram> attachCommon() throws BpfException {
    List<AttachedProgram> attached = new ArrayList<>();
    attached.add(attach(FOLLOW_FORK));
    attached.add(attach(FOLLOW_STATE));
    if (needsTransfers()) {
      attached.add(attach(TRANSFER_EXIT));
    }
    if (cgroup != null) {
      attachToCgroup(cgroup, NAME_SOCKET);
      attachToCgroup(cgroup, END_FLOW);
    } else if (needsFlows(options)) {
      notices.warn(
          "the ends of UDP sockets are shown when tracing ends, not before: that would need"
              + " a cgroup2 file system and CAP_NET_ADMIN");
    }
    return attached;
  }

  private void attachToCgroup(Cgroup cgroup, String name) throws BpfException {
    cgroup.attach(object.program(name));
    notices.debug("attached " + name);
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
