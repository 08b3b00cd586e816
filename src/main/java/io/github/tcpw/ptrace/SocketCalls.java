// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
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
import java.util.Collection;
import java.util.EnumSet;
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

  private final Lives lives = new Lives();
  private final Peers peers = new Peers();
  private boolean saysWhoElseTraces = true;

  SocketCalls(TraceOptions options, Notices notices, EventClock clock, EventQueue queue) {
    this.options = options;
    this.notices = notices;
    this.clock = clock;
    this.queue = queue;
    filter = new EventFilter(options.filter());
    reader = new SocketReader(options);
  }

  /** The calls to stop at: no more than what is asked for needs. */
  static Set<Call> calls(TraceOptions options) {
    Set<Call> calls =
        EnumSet.of(Call.CONNECT, Call.ACCEPT, Call.GET_OPTION, Call.SOCKET_CALL, Call.PTRACE);
    if (options.udp()) {
      calls.addAll(
          EnumSet.of(
              Call.SEND_TO,
              Call.SEND_MESSAGE,
              Call.SEND_MESSAGES,
              Call.RECEIVE_FROM,
              Call.RECEIVE_MESSAGE,
              Call.RECEIVE_MESSAGES));
    }
    if (options.lifecycle()) {
      calls.addAll(EnumSet.of(Call.LISTEN, Call.CLOSE, Call.SHUTDOWN));
    }
    return calls;
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
      if (call == null || !calls(options).contains(call) || !readArguments(tracee, arguments)) {
        return false;
      }
    }
    @Nullable ByteBuffer given = null;
    if (call == Call.CONNECT) {
      given = address(tracee, arguments[1], (int) arguments[2]);
      if (!mayMatter(given)) {
        return false;
      }
    } else if (call == Call.GET_OPTION && lives.isEmpty()) {
      return false;
    } else if (call == Call.CLOSE || call == Call.SHUTDOWN) {
      return ends(tracee, call, (int) arguments[0], (int) arguments[1]);
    }
    tracee.call = new CallInProgress(call, arguments, abi.is32Bit(), given);
    return true;
  }

  /** The numbers of socketcall(2), net/socket.c. */
  private static @Nullable Call socketCall(int number) {
    return switch (number) {
      case 3 -> Call.CONNECT;
      case 4 -> Call.LISTEN;
      case 13 -> Call.SHUTDOWN;
      case 11 -> Call.SEND_TO;
      case 12 -> Call.RECEIVE_FROM;
      case 16 -> Call.SEND_MESSAGE;
      case 17 -> Call.RECEIVE_MESSAGE;
      case 19 -> Call.RECEIVE_MESSAGES;
      case 20 -> Call.SEND_MESSAGES;
      case 5, 18 -> Call.ACCEPT;
      case 15 -> Call.GET_OPTION;
      default -> null;
    };
  }

  /** Those of socketcall are behind a pointer. */
  private boolean readArguments(Tracee tracee, long[] arguments) {
    int number = (int) arguments[0];
    int count = number == 11 || number == 12 ? 6 : number == 15 || number == 19 ? 5 : 3;
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
      case LISTEN -> {
        if (result == 0) {
          listens(tracee, call);
        }
      }
      case SEND_TO, RECEIVE_FROM -> {
        if (result >= 0) {
          datagram(tracee, call, call.argument(4));
        }
      }
      case SEND_MESSAGE, RECEIVE_MESSAGE -> {
        if (result >= 0) {
          messages(tracee, call, 1);
        }
      }
      case SEND_MESSAGES, RECEIVE_MESSAGES -> messages(tracee, call, result);
      case PTRACE -> traced(tracee, result);
      default -> {}
    }
  }

  private void accepted(Tracee tracee, int fd) {
    SocketState state = reader.read(tracee, fd, Direction.INCOMING, null, true, false);
    if (state != null) {
      Origin origin = origin(tracee);
      emit(origin, state.socket(), new Step.Accept(), Direction.INCOMING);
      follow(new Life(origin, state.socket(), Direction.INCOMING, false));
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
    boolean isAskedAgain = error == EALREADY || error == EISCONN; // it has its line already
    if (given == null || (isAskedAgain && lives.isEmpty())) {
      return;
    }
    long after = System.nanoTime() - call.began();
    SocketState state =
        reader.read(
            tracee,
            call.fd(),
            Direction.OUTGOING,
            given,
            error == 0,
            !lives.isEmpty() || options.lifecycle());
    if (state == null) {
      return;
    }
    if (isAskedAgain) {
      mayBeAnswered(state);
      return;
    }
    if (Addresses.family(given) == Addresses.AF_UNSPEC) { // asks to disconnect (connect(2))
      lives.remove(state.socket().inode());
      return;
    }
    if (!state.isConnection()) {
      if (!isRestarted(error)) { // or it runs again, from the beginning
        connectedOther(
            origin(tracee), error == 0 ? state.socket() : withRemote(state, given), error);
      }
      return;
    }
    if (error == 0 || isInProgress(error)) {
      began(tracee, state, withRemote(state, given), error != 0, after);
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

  private void connectedOther(Origin origin, Socket socket, int error) {
    emit(origin, socket, new Step.Connect(error, Step.UNKNOWN), Direction.OUTGOING);
    if (error == 0 && socket instanceof InetSocket inet) {
      peers.isNew(inet.inode(), inet.remote());
      follow(new Life(origin, socket, Direction.OUTGOING, false));
    }
  }

  private void began(
      Tracee tracee, SocketState state, Socket socket, boolean isInProgress, long after) {
    Life earlier = lives.get(socket.inode());
    if (earlier != null && earlier.socket().equals(socket)) { // asked again
      if (!isInProgress) {
        mayBeAnswered(state);
      }
      return;
    }
    Origin origin = origin(tracee);
    long answer =
        isInProgress ? Step.UNKNOWN : state.answer() == Step.UNKNOWN ? after : state.answer();
    emit(
        origin,
        socket,
        new Step.Connect(0, options.lifecycle() ? Step.UNKNOWN : answer),
        Direction.OUTGOING);
    Life life = new Life(origin, socket, Direction.OUTGOING, isInProgress);
    if (isInProgress) {
      lives.put(life);
    } else {
      follow(life);
      established(life, answer);
    }
  }

  private void follow(Life life) {
    if (options.lifecycle() && life.socket() instanceof InetSocket) {
      lives.put(life);
    }
  }

  private void established(Life life, long after) {
    life.isPending = false;
    if (options.lifecycle()) {
      emit(now(life), life.socket(), new Step.Established(after), life.direction());
    } else {
      lives.remove(life.socket().inode());
    }
  }

  /** A program does something with a socket of which this is the state now. */
  private void mayBeAnswered(SocketState state) {
    Life life = lives.get(state.socket().inode());
    if (life != null
        && life.isPending
        && state.state() != SocketState.SYN_SENT
        && state.state() != SocketState.CLOSE) {
      established(life, state.answer());
    }
  }

  private void failed(
      Tracee tracee,
      CallInProgress call,
      SocketState state,
      ByteBuffer given,
      int error,
      long after) {
    Life earlier = lives.get(state.socket().inode());
    if (earlier != null && earlier.isPending && isTo(earlier.socket(), given)) {
      refused(earlier, error);
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

  private static boolean isTo(Socket socket, ByteBuffer given) {
    return socket instanceof InetSocket inet
        && inet.remote().equals(Addresses.endpoint(given, inet.family()));
  }

  /** A pending connect failed; when, nobody knows. */
  private void refused(Life life, int error) {
    lives.remove(life.socket().inode());
    emit(now(life), life.socket(), new Step.Failed(error, Step.UNKNOWN), life.direction());
  }

  /** The program has asked for SO_ERROR, and so the kernel has forgotten it. */
  private void errorAsked(Tracee tracee, CallInProgress call) {
    SocketState state = reader.read(tracee, call.fd(), Direction.OUTGOING, null, true, true);
    Life life = state == null ? null : lives.get(state.socket().inode());
    if (state == null
        || life == null
        || !life.isPending
        || !memory.read(tracee.thread(), call.argument(3), 4)) {
      return;
    }
    int error = memory.bytes().getInt(0);
    if (error > 0) {
      refused(life, error);
    } else {
      mayBeAnswered(state);
    }
  }

  private void listens(Tracee tracee, CallInProgress call) {
    SocketState state = reader.read(tracee, call.fd(), Direction.NONE, null, true, false);
    if (state == null || lives.get(state.socket().inode()) != null) { // to change the backlog
      return;
    }
    Origin origin = origin(tracee);
    emit(origin, state.socket(), new Step.Listen((int) call.argument(1)), Direction.NONE);
    follow(new Life(origin, state.socket(), Direction.NONE, false));
  }

  // ---- datagrams ----

  /** Of one datagram whose peer's address lies there. */
  private void datagram(Tracee tracee, CallInProgress call, long address) {
    boolean isOutgoing =
        call.call() == Call.SEND_TO
            || call.call() == Call.SEND_MESSAGE
            || call.call() == Call.SEND_MESSAGES;
    Direction direction = isOutgoing ? Direction.OUTGOING : Direction.INCOMING;
    ByteBuffer peer = address(tracee, address, 28); // struct sockaddr_in6
    if (peer.limit() == 0) {
      peer = address(tracee, address, 16);
    }
    int family = Addresses.family(peer);
    if (family != Addresses.AF_INET && family != Addresses.AF_INET6) {
      return;
    }
    SocketState state = reader.read(tracee, call.fd(), direction, null, true, false);
    if (state == null || state.isConnection() || !(state.socket() instanceof InetSocket inet)) {
      return;
    }
    Endpoint remote = Addresses.endpoint(peer, inet.family());
    if (remote.port() == 0 || !peers.isNew(inet.inode(), remote)) {
      return;
    }
    Origin origin = origin(tracee);
    Socket socket = state.with(inet.local(), remote, direction).socket();
    emit(origin, socket, new Step.Datagram(isOutgoing), direction);
    if (lives.get(inet.inode()) == null) {
      follow(new Life(origin, socket, direction, false));
    }
  }

  /** Of the first 64 of the messages; struct mmsghdr is a struct msghdr and a length. */
  private void messages(Tracee tracee, CallInProgress call, long count) {
    int size = call.is32Bit() ? 32 : 64;
    for (int i = 0; i < Math.min(count, 64); i++) {
      if (!memory.read(tracee.thread(), call.argument(1) + (long) i * size, 8)) {
        return;
      }
      long name =
          call.is32Bit()
              ? Integer.toUnsignedLong(memory.bytes().getInt(0))
              : memory.bytes().getLong(0);
      if (name != 0) {
        datagram(tracee, call, name);
      }
    }
  }

  // ---- ends ----

  /** A thread is about to close or shut down a descriptor; whether the end of that matters. */
  private boolean ends(Tracee tracee, Call call, int fd, int how) {
    if (lives.isEmpty()) {
      return false;
    }
    SocketState state = reader.read(tracee, fd, Direction.NONE, null, false, true);
    Life life = state == null ? null : lives.get(state.socket().inode());
    if (state == null || life == null) {
      return false;
    }
    mayBeAnswered(state);
    if (call == Call.SHUTDOWN) {
      if (life.ending == null && how >= 1) {
        life.ending =
            state.state() == SocketState.CLOSE_WAIT ? Ending.FIN_BY_PEER : Ending.FIN_BY_US;
      }
      return false;
    }
    life.last = state;
    tracee.call = new CallInProgress(call, new long[] {fd, state.socket().inode()}, false, null);
    return true;
  }

  /** A thread has closed a descriptor; if it was the last one of a socket, that is its end. */
  void closed(CallInProgress call, Collection<Tracee> tracees) {
    long inode = call.argument(1);
    Life life = lives.get(inode);
    if (life != null) {
      if (Lives.isHeld(inode, tracees)) {
        life.last = null;
      } else {
        ended(life);
      }
    }
  }

  /** A thread is about to end, with all its descriptors. */
  void exits(Tracee tracee) {
    if (lives.isEmpty()) {
      return;
    }
    for (Map.Entry<Long, Integer> open : lives.openIn(tracee).entrySet()) {
      SocketState state = reader.read(tracee, open.getValue(), Direction.NONE, null, false, true);
      Life life = lives.get(open.getKey());
      if (state != null && life != null && state.socket().inode() == open.getKey()) {
        mayBeAnswered(state);
        life.last = state;
      }
    }
  }

  /** A thread has ended, or executes another program; some descriptors are closed by that. */
  void left(int process, Collection<Tracee> tracees) {
    if (!lives.isEmpty() && options.lifecycle()) {
      for (Life life : lives.notHeld(process, tracees)) {
        ended(life);
      }
    }
  }

  /** Nothing is traced any more: what is open is open somewhere else. */
  void end() {
    if (options.lifecycle()) {
      for (Life life : lives.all()) {
        close(life, Ending.STILL_OPEN);
      }
    }
  }

  private void ended(Life life) {
    lives.remove(life.socket().inode());
    close(life, life.ending(SocketState.makesConnections(life.socket().type())));
  }

  private void close(Life life, Ending ending) {
    SocketState last = life.last;
    Step.Traffic traffic =
        last == null || last.state() == SocketState.LISTEN
            ? SocketReader.NO_TRAFFIC
            : last.traffic();
    Origin now = now(life);
    emit(
        now,
        life.socket(),
        new Step.Close(ending, now.time() - life.origin().time(), traffic),
        life.direction());
  }

  /** Of whom a socket is, and this moment. */
  private Origin now(Life life) {
    return new Origin(
        clock.wallClock(System.nanoTime()), life.origin().pid(), life.origin().comm());
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
