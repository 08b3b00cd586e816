// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.Step;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.Route;
import java.nio.ByteBuffer;

/** What connect(2) returned: it has succeeded, failed, or goes on ({@link PendingConnects}). */
final class Connects {
  // errno(3), include/linux/errno.h
  private static final int ECONNABORTED = 103;
  private static final int ECONNRESET = 104;
  private static final int EISCONN = 106;
  private static final int ETIMEDOUT = 110;
  private static final int ECONNREFUSED = 111;
  private static final int EALREADY = 114;
  private static final int ERESTARTSYS = 512;
  private static final int ERESTART_RESTARTBLOCK = 516;

  private final boolean tellsAnswers;
  private final SocketReader reader;
  private final Lives lives;
  private final Peers peers;
  private final EventSink events;
  private final PendingConnects pending;
  private final SocketEnds ends;

  /**
   * None yet.
   *
   * @param tellsAnswers whether answers are told of as events of their own
   */
  Connects(
      boolean tellsAnswers,
      SocketReader reader,
      Lives lives,
      Peers peers,
      EventSink events,
      PendingConnects pending,
      SocketEnds ends) {
    this.tellsAnswers = tellsAnswers;
    this.reader = reader;
    this.lives = lives;
    this.peers = peers;
    this.events = events;
    this.pending = pending;
    this.ends = ends;
  }

  /** The kernel goes on connecting behind the caller's back (inet_stream_connect). */
  private static boolean isInProgress(int error) {
    return error == Errno.EINPROGRESS || error == Errno.EINTR || isRestarted(error);
  }

  private static boolean isRestarted(int error) {
    return error >= ERESTARTSYS && error <= ERESTART_RESTARTBLOCK;
  }

  /**
   * connect has returned.
   *
   * @param error an errno; 0: it succeeded
   */
  void connected(Tracee tracee, CallInProgress call, int error) {
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
            !lives.isEmpty() || tellsAnswers || isInProgress(error));
    if (state == null) {
      return;
    }
    if (isAskedAgain) {
      pending.mayBeAnswered(state);
      return;
    }
    if (Addresses.family(given) == Addresses.AF_UNSPEC) { // asks to disconnect (connect(2))
      if (state.isConnection() && error == 0) {
        ends.dissolved(state.socket().inode());
      }
      return;
    }
    if (!state.isConnection()) {
      if (!isRestarted(error)) { // or it runs again, from the beginning
        connectedOther(
            events.origin(tracee), error == 0 ? state.socket() : withRemote(state, given), error);
      }
      return;
    }
    boolean wasTold = pending.wasErrorAsked(state.socket().inode());
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

  /** One that no handshake follows. */
  private void connectedOther(Origin origin, Socket socket, int error) {
    events.emit(origin, socket, new Step.Connect(error, Step.UNKNOWN), Direction.OUTGOING);
    if (error == 0) {
      peers.isNew(socket); // a Unix socket has its line by this
    }
    if (error == 0 && socket instanceof InetSocket inet) {
      peers.isNew(inet.inode(), inet.remote());
      if (lives.get(inet.inode()) != null) { // it sends to somebody else from now on
        return;
      }
      lives.follow(new Life(origin, socket, Direction.OUTGOING, false));
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
        pending.mayBeAnswered(state);
      }
      return;
    }
    Origin origin = events.origin(tracee);
    long answer =
        isInProgress ? Step.UNKNOWN : state.answer() == Step.UNKNOWN ? after : state.answer();
    events.emit(
        origin,
        socket,
        new Step.Connect(0, tellsAnswers ? Step.UNKNOWN : answer),
        Direction.OUTGOING);
    Life life = new Life(origin, socket, Direction.OUTGOING, isInProgress);
    if (isInProgress) {
      pending.began(tracee, call, state, life, after);
    } else {
      lives.follow(life);
      pending.established(life, answer);
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
      pending.failed(earlier, error);
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
    events.emit(
        events.origin(tracee),
        state.with(local, Addresses.endpoint(given, inet.family()), Direction.OUTGOING).socket(),
        new Step.Connect(error, wasSent ? after : Step.UNKNOWN),
        Direction.OUTGOING);
  }

  private static boolean isTo(Socket socket, ByteBuffer given) {
    return socket instanceof InetSocket inet
        && inet.remote().equals(Addresses.endpoint(given, inet.family()));
  }
}
