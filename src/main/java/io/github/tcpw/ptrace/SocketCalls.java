// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.ForeignSocket;
import io.github.tcpw.linux.ProcessMemory;
import io.github.tcpw.linux.Ptrace;
import io.github.tcpw.linux.Route;
import io.github.tcpw.trace.EventClock;
import io.github.tcpw.trace.Notices;
import io.github.tcpw.trace.TraceOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of the system calls that stopped threads begin and end.
 *
 * <p>It trusts nothing that it reads from them: lengths are bounded, and what makes no sense is no
 * event.
 */
final class SocketCalls {
  // errno(3), include/linux/errno.h
  private static final int EISCONN = 106;
  private static final int ETIMEDOUT = 110;
  private static final int ECONNREFUSED = 111;
  private static final int ECONNRESET = 104;
  private static final int EALREADY = 114;
  private static final int ERESTARTSYS = 512;
  private static final int ERESTART_RESTARTBLOCK = 516;

  private final TraceOptions options;
  private final Notices notices;
  private final EventClock clock;
  private final EventQueue queue;
  private final EventFilter filter;
  private final SocketReader reader;
  private final ProcessMemory memory = new ProcessMemory(ForeignSocket.SIZE_OF_ADDRESS);

  /** By inode: the sockets whose connects are not answered yet. */
  private final Map<Long, Pending> pending = new HashMap<>();

  private boolean saysWhoElseTraces = true;

  /** A connect that was told of, and is in progress. */
  private record Pending(Origin origin, InetSocket socket) {}

  SocketCalls(TraceOptions options, Notices notices, EventClock clock, EventQueue queue) {
    this.options = options;
    this.notices = notices;
    this.clock = clock;
    this.queue = queue;
    filter = new EventFilter(options.filter());
    reader = new SocketReader(options);
  }

  /** The calls to stop at. */
  static Set<Call> calls() {
    return EnumSet.of(Call.CONNECT, Call.ACCEPT, Call.GET_OPTION, Call.SOCKET_CALL, Call.PTRACE);
  }

  /** How many sockets could not be read. */
  long gone() {
    return reader.gone();
  }

  // ---- a call begins ----

  /** Whether the end of the call that a thread is stopped at matters. */
  boolean begin(Tracee tracee) {
    if (!Ptrace.readCall(tracee.thread())) {
      return false;
    }
    @Nullable Abi abi = Abi.of(Ptrace.architecture(), Ptrace.number());
    @Nullable Call call = abi == null ? null : abi.call(Ptrace.number());
    if (abi == null || call == null) {
      return false;
    }
    long[] arguments = new long[6];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = Ptrace.argument(i);
    }
    if (call == Call.SOCKET_CALL) {
      call = socketCall((int) arguments[0]);
      if (call == null || !readArguments(tracee, arguments)) {
        return false;
      }
    }
    @Nullable ByteBuffer given = null;
    if (call == Call.CONNECT) {
      given = address(tracee, arguments[1], (int) arguments[2]);
      if (!mayMatter(given)) {
        return false;
      }
    } else if (call == Call.GET_OPTION && pending.isEmpty()) {
      return false;
    }
    tracee.call = new CallInProgress(call, arguments, abi.is32Bit(), given);
    return true;
  }

  /** The numbers of socketcall(2), net/socket.c. */
  private static @Nullable Call socketCall(int number) {
    return switch (number) {
      case 3 -> Call.CONNECT;
      case 5, 18 -> Call.ACCEPT;
      case 15 -> Call.GET_OPTION;
      default -> null;
    };
  }

  /** Those of socketcall are behind a pointer. */
  private boolean readArguments(Tracee tracee, long[] arguments) {
    int count = arguments[0] == 15 ? 5 : 3;
    if (!memory.read(tracee.thread(), arguments[1], count * 4)) {
      return false;
    }
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = i < count ? Integer.toUnsignedLong(memory.bytes().getInt(i * 4)) : 0;
    }
    return true;
  }

  /** As far as it can be read; never more than any address has. */
  private ByteBuffer address(Tracee tracee, long pointer, int length) {
    byte[] bytes = new byte[0];
    if (length > 0
        && length <= ForeignSocket.SIZE_OF_ADDRESS
        && memory.read(tracee.thread(), pointer, length)) {
      bytes = new byte[length];
      memory.bytes().get(0, bytes);
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /** Most connects of many programs are to Unix sockets, which hardly anybody asks for. */
  private boolean mayMatter(ByteBuffer address) {
    int family = Addresses.family(address);
    return (family != Addresses.AF_UNIX || options.unixDomain())
        && (family != Addresses.AF_NETLINK || options.netlink());
  }

  // ---- a call ends ----

  /** Tells of a call whose end a thread is stopped at. */
  void end(Tracee tracee) {
    CallInProgress call = tracee.call;
    tracee.call = null;
    if (call == null || !Ptrace.readResult(tracee.thread())) {
      return;
    }
    long result = Ptrace.result();
    switch (call.call()) {
      case CONNECT -> connected(tracee, call, (int) -Math.min(result, 0));
      case ACCEPT -> {
        if (result >= 0) {
          accepted(tracee, (int) result);
        }
      }
      case GET_OPTION -> {
        if (result == 0) {
          errorAsked(tracee, call);
        }
      }
      case PTRACE -> traced(tracee, result);
      default -> {}
    }
  }

  private void accepted(Tracee tracee, int fd) {
    SocketState state = reader.read(tracee, fd, Direction.INCOMING, null, true);
    if (state != null) {
      emit(origin(tracee), state.socket(), new Step.Accept(), Direction.INCOMING);
    }
  }

  /** The kernel goes on connecting behind the caller's back (inet_stream_connect). */
  private static boolean isInProgress(int error) {
    return error == Errno.EINPROGRESS || error == Errno.EINTR || isRestarted(error);
  }

  private static boolean isRestarted(int error) {
    return error >= ERESTARTSYS && error <= ERESTART_RESTARTBLOCK;
  }

  private void connected(Tracee tracee, CallInProgress call, int error) {
    ByteBuffer given = call.given();
    if (given == null || error == EALREADY || error == EISCONN) {
      return; // asked again about a connect that has its line already
    }
    long after = System.nanoTime() - call.began();
    SocketState state = reader.read(tracee, call.fd(), Direction.OUTGOING, given, error == 0);
    if (state == null) {
      return;
    }
    if (Addresses.family(given) == Addresses.AF_UNSPEC) { // asks to disconnect (connect(2))
      pending.remove(state.socket().inode());
      return;
    }
    if (!state.isConnection()) {
      if (!isRestarted(error)) { // or it runs again, from the beginning
        emit(
            origin(tracee),
            error == 0 ? state.socket() : withRemote(state, given),
            new Step.Connect(error, Step.UNKNOWN),
            Direction.OUTGOING);
      }
      return;
    }
    if (error == 0 || isInProgress(error)) {
      began(tracee, withRemote(state, given), error != 0, after);
    } else {
      failed(tracee, call, state, given, error, after);
    }
  }

  /** Its own remote end or, while it has none, the one that connect was given. */
  private static Socket withRemote(SocketState state, ByteBuffer given) {
    return state.socket() instanceof InetSocket inet && inet.remote().isUnspecified()
        ? state
            .with(inet.local(), Addresses.endpoint(given, inet.family()), Direction.OUTGOING)
            .socket()
        : state.socket();
  }

  private void began(Tracee tracee, Socket socket, boolean isInProgress, long after) {
    Pending earlier = pending.get(socket.inode());
    if (earlier != null && earlier.socket().equals(socket)) { // asked again
      if (!isInProgress) {
        pending.remove(socket.inode());
      }
      return;
    }
    Origin origin = origin(tracee);
    emit(
        origin,
        socket,
        new Step.Connect(0, isInProgress ? Step.UNKNOWN : after),
        Direction.OUTGOING);
    if (isInProgress && socket instanceof InetSocket inet) {
      pending.put(socket.inode(), new Pending(origin, inet));
    }
  }

  private void failed(
      Tracee tracee,
      CallInProgress call,
      SocketState state,
      ByteBuffer given,
      int error,
      long after) {
    Pending earlier = pending.remove(state.socket().inode());
    if (earlier != null && isTo(earlier.socket(), given)) {
      answered(earlier, error);
      return;
    }
    if (!(state.socket() instanceof InetSocket inet)) {
      return;
    }
    boolean wasSent = error == ECONNREFUSED || error == ETIMEDOUT || error == ECONNRESET;
    Endpoint local = inet.local();
    if (wasSent && local.address().isUnspecified()) {
      // The kernel has forgotten it, and says what it would take again (tcp_disconnect).
      ByteBuffer again =
          Route.localAddress(inet.family(), given, reader.network(tracee, call.fd()));
      if (again != null) {
        local = new Endpoint(Addresses.endpoint(again, inet.family()).address(), local.port());
      }
    }
    emit(
        origin(tracee),
        state.with(local, Addresses.endpoint(given, inet.family()), Direction.OUTGOING).socket(),
        new Step.Connect(error, wasSent ? after : Step.UNKNOWN),
        Direction.OUTGOING);
  }

  private static boolean isTo(InetSocket socket, ByteBuffer given) {
    return socket.remote().equals(Addresses.endpoint(given, socket.family()));
  }

  /** A pending connect was answered; when, nobody knows. */
  private void answered(Pending connect, int error) {
    if (error != 0) {
      emit(
          connect.origin(),
          connect.socket(),
          new Step.Failed(error, Step.UNKNOWN),
          Direction.OUTGOING);
    }
  }

  /** The program has asked for SO_ERROR, and so the kernel has forgotten it. */
  private void errorAsked(Tracee tracee, CallInProgress call) {
    SocketState state = reader.read(tracee, call.fd(), Direction.OUTGOING, null, true);
    Pending connect = state == null ? null : pending.get(state.socket().inode());
    if (state == null || connect == null || !memory.read(tracee.thread(), call.argument(3), 4)) {
      return;
    }
    int error = memory.bytes().getInt(0);
    if (error > 0 || state.state() != SocketState.SYN_SENT) {
      pending.remove(state.socket().inode());
      answered(connect, error);
    }
  }

  /** A process has but one tracer (ptrace(2)). */
  private void traced(Tracee tracee, long result) {
    if (result == -Errno.EPERM && saysWhoElseTraces) {
      saysWhoElseTraces = false;
      notices.warn(
          "process "
              + tracee.process()
              + " cannot trace others: the ptrace engine traces them already, and the kernel allows"
              + " one tracer; as root use --engine fexit or syscall");
    }
  }

  private Origin origin(Tracee tracee) {
    return new Origin(clock.wallClock(System.nanoTime()), tracee.process(), tracee.comm());
  }

  private void emit(Origin origin, Socket socket, Step step, Direction direction) {
    if (filter.passes(socket, step, direction)) {
      queue.add(new SocketEvent(origin, socket, step));
    }
  }
}
