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
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.ForeignSocket;
import io.github.tcpw.linux.ProcFile;
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
import java.util.Iterator;
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
  private static final int ECONNABORTED = 103;
  private static final int ECONNRESET = 104;
  private static final int EALREADY = 114;
  private static final int ERESTARTSYS = 512;
  private static final int ERESTART_RESTARTBLOCK = 516;

  // linux/socket.h
  private static final int MSG_PEEK = 2;
  private static final int MSG_ERRQUEUE = 0x2000;

  private static final int UIO_MAXIOV = 1024; // linux/uio.h

  private final TraceOptions options;
  private final Set<Call> askedFor;
  private final Notices notices;
  private final EventClock clock;
  private final EventQueue queue;
  private final EventFilter filter;
  private final SocketReader reader;
  private final ProcessMemory memory = new ProcessMemory(ForeignSocket.SIZE_OF_ADDRESS);

  private final Lives lives = new Lives();
  private final Peers peers = new Peers();

  /** Sockets whose SO_ERROR has said that connect failed, by the peers that they have no more. */
  private final Peers refusals = new Peers();

  private boolean saysWhoElseTraces = true;

  SocketCalls(TraceOptions options, Notices notices, EventClock clock, EventQueue queue) {
    this.options = options;
    askedFor = calls(options);
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
    if (options.udp() || options.unixDomain()) {
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
      if (options.udp()) { // to count all that goes through
        calls.addAll(EnumSet.of(Call.SEND, Call.RECEIVE, Call.READ, Call.WRITE));
      }
    }
    return calls;
  }

  /** Those of sendto and recvfrom that matter also without an address, as send and recv are. */
  static Set<Call> wholeCalls(TraceOptions options) {
    Set<Call> calls = EnumSet.noneOf(Call.class);
    if (options.udp() && options.lifecycle()) {
      calls.addAll(EnumSet.of(Call.SEND_TO, Call.RECEIVE_FROM));
    }
    if (options.unixDomain()) { // who receives is told of, whoever sent
      calls.add(Call.RECEIVE_FROM);
    }
    return calls;
  }

  /** How many sockets could not be read. */
  long gone() {
    return reader.gone();
  }

  /** How many may not be borrowed, and are in no list. */
  long unlisted() {
    return reader.unlisted();
  }

  // ---- a call begins ----

  /** Whether the end of the call that a thread is stopped at matters. */
  boolean begin(Tracee tracee, Collection<Tracee> tracees) {
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
      if (call == null || !askedFor.contains(call) || !readArguments(tracee, arguments)) {
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
      return ends(tracee, tracees, call, (int) arguments[0], (int) arguments[1]);
    } else if ((call == Call.READ || call == Call.WRITE)
        && ProcFile.socketInode("/proc/" + tracee.thread() + "/fd/" + (int) arguments[0]) < 0) {
      return false;
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
      case 9 -> Call.SEND;
      case 10 -> Call.RECEIVE;
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
      case SEND_TO,
          SEND_MESSAGE,
          SEND_MESSAGES,
          RECEIVE_FROM,
          RECEIVE_MESSAGE,
          RECEIVE_MESSAGES,
          SEND,
          RECEIVE,
          READ,
          WRITE -> {
        if (result >= 0) {
          moved(tracee, call, result);
        }
      }
      case PTRACE -> traced(tracee, result);
      default -> {}
    }
  }

  private void accepted(Tracee tracee, int fd) {
    SocketState state = reader.read(tracee, fd, Direction.INCOMING, null, true, false);
    if (state != null) {
      Origin origin = origin(tracee);
      isFirstSeen(state.socket());
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
            !lives.isEmpty() || options.lifecycle() || isInProgress(error));
    if (state == null) {
      return;
    }
    if (isAskedAgain) {
      mayBeAnswered(state);
      return;
    }
    if (Addresses.family(given) == Addresses.AF_UNSPEC) { // asks to disconnect (connect(2))
      if (state.isConnection()) {
        lives.remove(state.socket().inode());
      }
      return;
    }
    if (!state.isConnection()) {
      if (!isRestarted(error)) { // or it runs again, from the beginning
        connectedOther(
            origin(tracee), error == 0 ? state.socket() : withRemote(state, given), error);
      }
      return;
    }
    boolean wasTold = refusals.forget(state.socket().inode(), Addresses.NO_IPV4);
    if (wasTold && error == ECONNABORTED) { // what inet_stream_connect says of it after that
      return;
    }
    if (error == 0 || isInProgress(error)) {
      began(tracee, call, state, withRemote(state, given), error != 0, after);
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
    if (error == 0) {
      isFirstSeen(socket);
    }
    if (error == 0 && socket instanceof InetSocket inet) {
      peers.isNew(inet.inode(), inet.remote());
      if (lives.get(inet.inode()) != null) { // it sends to somebody else from now on
        return;
      }
      follow(new Life(origin, socket, Direction.OUTGOING, false));
    }
  }

  private void began(
      Tracee tracee,
      CallInProgress call,
      SocketState state,
      Socket socket,
      boolean isInProgress,
      long after) {
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
      life.connects(call.began());
      if (state.state() == SocketState.CLOSE) { // on the same machine that takes no time
        life.hasFailed(call.began() + after, true);
      }
      tracee.pending.add(new PendingConnect(call.fd(), life));
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
    emit(now(life), life.socket(), new Step.Failed(error, life.failedAfter()), life.direction());
  }

  /** Looks what has become of the connects that a thread has begun, while it makes calls. */
  void look(Tracee tracee, Collection<Tracee> tracees) {
    if (tracee.pending.isEmpty()) {
      return;
    }
    long stopped = System.nanoTime();
    boolean hasWaited = tracee.isWaiting;
    tracee.isWaiting = false;
    int closing = -1;
    if (Ptrace.readBeginningCall(tracee.thread())) {
      Abi abi = Abi.of(Ptrace.architecture(), Ptrace.number());
      Call call = abi == null ? null : abi.call(Ptrace.number());
      tracee.isWaiting = call == Call.WAIT;
      closing = call == Call.CLOSE ? (int) Ptrace.argument(0) : -1;
    }
    Iterator<PendingConnect> all = tracee.pending.iterator();
    while (all.hasNext()) {
      PendingConnect connect = all.next();
      if (!goesOn(tracee, connect, stopped, hasWaited, connect.fd() == closing, tracees)) {
        all.remove();
      }
    }
  }

  private boolean goesOn(
      Tracee tracee,
      PendingConnect connect,
      long stopped,
      boolean hasWaited,
      boolean closes,
      Collection<Tracee> tracees) {
    Life life = connect.life();
    if (!life.isPending || lives.get(life.socket().inode()) != life || !connect.mayBeLookedAt()) {
      return false;
    }
    SocketState state = reader.read(tracee, connect.fd(), Direction.OUTGOING, null, false, true);
    if (state == null || state.socket().inode() != life.socket().inode()) {
      return false;
    }
    if (state.state() == SocketState.SYN_SENT) {
      life.isStillPending();
    } else if (state.state() == SocketState.CLOSE) {
      life.hasFailed(stopped, hasWaited);
      if (closes) {
        failsUnasked(tracee, connect.fd(), life, tracees);
      }
    } else {
      if (options.lifecycle()) { // else it is known until connect is asked again
        mayBeAnswered(state);
      }
      return false;
    }
    return true;
  }

  /**
   * A connect has failed, and the program closes the socket without asking why. The kernel says it
   * once: so it is asked only if nobody else has the socket.
   */
  private boolean failsUnasked(Tracee tracee, int fd, Life life, Collection<Tracee> tracees) {
    if (!life.isPending || Lives.holders(life.socket().inode(), tracees) != 1) {
      return false;
    }
    int error = reader.takeError(tracee, fd);
    if (error <= 0) {
      return false;
    }
    refused(life, error);
    return true;
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
      refusals.isNew(life.socket().inode(), Addresses.NO_IPV4);
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
    Socket socket = state.socket();
    if (socket instanceof UnixSocket unix) { // of one that listens the peer is itself
      if (!isFirstSeen(unix)) {
        return;
      }
      socket =
          new UnixSocket(
              unix.inode(), unix.family(), unix.type(), unix.path(), unix.isAbstract(), null);
    }
    emit(origin, socket, new Step.Listen((int) call.argument(1)), Direction.NONE);
    follow(new Life(origin, socket, Direction.NONE, false));
  }

  // ---- datagrams ----

  /** A call that moves data has ended. */
  private void moved(Tracee tracee, CallInProgress call, long result) {
    boolean isOutgoing =
        switch (call.call()) {
          case SEND_TO, SEND_MESSAGE, SEND_MESSAGES, SEND, WRITE -> true;
          default -> false;
        };
    Direction direction = isOutgoing ? Direction.OUTGOING : Direction.INCOMING;
    SocketState state = reader.read(tracee, call.fd(), direction, null, true, false);
    if (state == null) {
      return;
    }
    if (state.socket() instanceof UnixSocket unix) {
      unixDatagram(tracee, call, unix, isOutgoing);
      return;
    }
    if (state.isConnection() || !(state.socket() instanceof InetSocket inet)) {
      return;
    }
    // Looked at, to be received yet; or one of our own that came back.
    if (!isOutgoing && (flags(call) & (MSG_PEEK | MSG_ERRQUEUE)) != 0) {
      return;
    }
    // One that is connected receives from that peer alone.
    boolean mayName = isOutgoing || inet.remote().isUnspecified();
    if (call.call() != Call.SEND_MESSAGES && call.call() != Call.RECEIVE_MESSAGES) {
      datagram(tracee, state, mayName ? name(tracee, call) : 0, isOutgoing, result);
      return;
    }
    int size = call.is32Bit() ? 32 : 64; // struct mmsghdr: a struct msghdr and a length
    for (int i = 0; i < Math.min(result, UIO_MAXIOV); i++) {
      if (!memory.read(tracee.thread(), call.argument(1) + (long) i * size, size)) {
        return;
      }
      long bytes = Integer.toUnsignedLong(memory.bytes().getInt(call.is32Bit() ? 28 : 56));
      datagram(tracee, state, mayName ? pointer(call) : 0, isOutgoing, bytes);
    }
  }

  /** MSG_* of recv(2). */
  private static int flags(CallInProgress call) {
    return switch (call.call()) {
      case RECEIVE_FROM, RECEIVE, RECEIVE_MESSAGES -> (int) call.argument(3);
      case RECEIVE_MESSAGE -> (int) call.argument(2);
      default -> 0;
    };
  }

  /** Where the address of the peer lies, of several messages the first's; 0: nowhere. */
  private long name(Tracee tracee, CallInProgress call) {
    return switch (call.call()) {
      case SEND_TO, RECEIVE_FROM -> call.argument(4);
      case SEND_MESSAGE, RECEIVE_MESSAGE, SEND_MESSAGES, RECEIVE_MESSAGES ->
          memory.read(tracee.thread(), call.argument(1), 16) ? pointer(call) : 0;
      default -> 0;
    };
  }

  /** The first in the struct msghdr that was read last. */
  private long pointer(CallInProgress call) {
    return call.is32Bit()
        ? Integer.toUnsignedLong(memory.bytes().getInt(0))
        : memory.bytes().getLong(0);
  }

  /**
   * Of one datagram.
   *
   * @param name where its peer's address lies; 0: it is the one that the socket is connected to
   */
  private void datagram(
      Tracee tracee, SocketState state, long name, boolean isOutgoing, long bytes) {
    InetSocket inet = (InetSocket) state.socket();
    Endpoint remote = name == 0 ? inet.remote() : peer(tracee, name, inet);
    boolean isNew = remote.port() != 0 && peers.isNew(inet.inode(), remote);
    if (!isNew && !options.lifecycle()) {
      return;
    }
    Life life = lives.get(inet.inode());
    if (isNew || life == null) {
      Origin origin = origin(tracee);
      Socket socket = state.with(inet.local(), remote, inet.direction()).socket();
      if (isNew) {
        emit(origin, socket, new Step.Datagram(isOutgoing), inet.direction());
      }
      if (life == null) {
        life = new Life(origin, socket, inet.direction(), false);
        follow(life);
      }
    }
    life.count(isOutgoing, bytes);
    if (remote.port() != 0) {
      life.talksTo(remote);
    }
  }

  private Endpoint peer(Tracee tracee, long name, InetSocket socket) {
    ByteBuffer peer = address(tracee, name, 28); // struct sockaddr_in6
    if (peer.limit() == 0) {
      peer = address(tracee, name, 16);
    }
    int family = Addresses.family(peer);
    return family == Addresses.AF_INET || family == Addresses.AF_INET6
        ? Addresses.endpoint(peer, socket.family())
        : socket.remote();
  }

  /** The first that a socket sends to somebody, or receives under a name of its own. */
  private void unixDatagram(
      Tracee tracee, CallInProgress call, UnixSocket socket, boolean isOutgoing) {
    if (socket.type() != SocketState.SOCK_DGRAM) {
      return;
    }
    if (!isOutgoing) {
      boolean hasName = socket.isAbstract() || !socket.path().equals(new UntrustedText(""));
      if (hasName && isFirstSeen(socket)) {
        emit(origin(tracee), socket, new Step.Datagram(false), Direction.INCOMING);
      }
      return;
    }
    long name = name(tracee, call);
    int length =
        call.call() == Call.SEND_TO
            ? (int) call.argument(5)
            : memory.bytes().getInt(call.is32Bit() ? 4 : 8); // behind the pointer
    ByteBuffer address = name == 0 ? ByteBuffer.allocate(0) : address(tracee, name, length);
    if (address.limit() > 2 && isFirstSeen(socket)) {
      UnixSocket named =
          new UnixSocket(
              socket.inode(),
              socket.family(),
              socket.type(),
              Addresses.path(address, address.limit()),
              Addresses.isAbstract(address, address.limit()),
              socket.peer());
      emit(origin(tracee), named, new Step.Datagram(true), Direction.OUTGOING);
    }
  }

  /** Whether nothing was told of a Unix socket yet; others are always new. */
  private boolean isFirstSeen(Socket socket) {
    return !(socket instanceof UnixSocket) || peers.isNew(socket.inode(), Addresses.NO_IPV4);
  }

  // ---- ends ----

  /** A thread is about to close or shut down a descriptor; whether the end of that matters. */
  private boolean ends(Tracee tracee, Collection<Tracee> tracees, Call call, int fd, int how) {
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
    if (state.state() == SocketState.CLOSE && failsUnasked(tracee, fd, life, tracees)) {
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
  void exits(Tracee tracee, Collection<Tracee> tracees) {
    if (lives.isEmpty()) {
      return;
    }
    for (Map.Entry<Long, Integer> open : lives.openIn(tracee).entrySet()) {
      SocketState state = reader.read(tracee, open.getValue(), Direction.NONE, null, false, true);
      Life life = lives.get(open.getKey());
      if (state != null && life != null && state.socket().inode() == open.getKey()) {
        if (options.lifecycle()) {
          mayBeAnswered(state);
        }
        life.last = state;
        if (state.state() == SocketState.CLOSE && isLastOfItsProcess(tracee, tracees)) {
          failsUnasked(tracee, open.getValue(), life, tracees);
        }
      }
    }
  }

  private static boolean isLastOfItsProcess(Tracee tracee, Collection<Tracee> tracees) {
    for (Tracee other : tracees) {
      if (other != tracee && !other.isExiting && other.process() == tracee.process()) {
        return false;
      }
    }
    return true;
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
        !SocketState.makesConnections(life.socket().type())
            ? life.datagrams()
            : last == null || last.state() == SocketState.LISTEN
                ? Step.Traffic.NONE_KNOWN
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
