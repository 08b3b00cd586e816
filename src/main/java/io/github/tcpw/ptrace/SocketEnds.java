// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Step;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How sockets end: closed, shut down, or with the last process that has them. What is to be told of
 * them is read before that.
 */
final class SocketEnds {
  private final boolean tellsEnds;
  private final SocketReader reader;
  private final Lives lives;
  private final EventSink events;
  private final PendingConnects pending;

  /**
   * None yet.
   *
   * @param tellsEnds whether ends are told of, or only connects that are never answered
   */
  SocketEnds(
      boolean tellsEnds,
      SocketReader reader,
      Lives lives,
      EventSink events,
      PendingConnects pending) {
    this.tellsEnds = tellsEnds;
    this.reader = reader;
    this.lives = lives;
    this.events = events;
    this.pending = pending;
  }

  /** A thread is about to shut a descriptor down. */
  void shutsDown(Tracee tracee, int fd, int how) {
    SocketState state = read(tracee, fd);
    Life life = lifeOf(state);
    if (state == null || life == null) {
      return;
    }
    pending.mayBeAnswered(state);
    if (life.ending == null && how >= 1) { // SHUT_WR, SHUT_RDWR
      life.ending = state.state() == SocketState.CLOSE_WAIT ? Ending.FIN_BY_PEER : Ending.FIN_BY_US;
    }
  }

  /**
   * A thread is about to close a descriptor.
   *
   * @return the inode of its socket; negative: its end does not matter
   */
  long closes(Tracee tracee, int fd, Collection<Tracee> tracees) {
    SocketState state = read(tracee, fd);
    Life life = lifeOf(state);
    if (state == null || life == null) {
      return -1;
    }
    pending.mayBeAnswered(state);
    if (state.state() == SocketState.CLOSE && pending.failsUnasked(tracee, fd, life, tracees)) {
      return -1;
    }
    life.last = state;
    return state.socket().inode();
  }

  /** A socket as it is now; null: no end matters, or it is none. */
  private @Nullable SocketState read(Tracee tracee, int fd) {
    return lives.isEmpty() ? null : reader.read(tracee, fd, Direction.NONE, null, false, true);
  }

  private @Nullable Life lifeOf(@Nullable SocketState state) {
    return state == null ? null : lives.get(state.socket().inode());
  }

  /** A thread has closed a descriptor; if it was the last one of a socket, that is its end. */
  void closed(long inode, Collection<Tracee> tracees) {
    Life life = lives.get(inode);
    if (life != null) {
      if (Lives.isHeld(inode, tracees)) {
        life.last = null;
      } else {
        ended(life);
      }
    }
  }

  /** A thread is about to dissolve a connection: connect(2) with AF_UNSPEC. */
  void dissolves(Tracee tracee, int fd) {
    SocketState state = read(tracee, fd);
    Life life = lifeOf(state);
    if (life != null) {
      life.last = state;
    }
  }

  /** It has, which resets the connection; the socket may be used again. */
  void dissolved(long inode) {
    Life life = lives.remove(inode);
    if (life != null && life.last != null && !life.isPending && tellsEnds) {
      int before = life.last.state();
      boolean wasConnected = before != SocketState.CLOSE && before != SocketState.LISTEN;
      tell(life, wasConnected ? Ending.RST_BY_US : life.ending(true));
    }
  }

  /** A thread, which is stopped, is about to be traced no longer; what it has open stays so. */
  void leaves(Tracee tracee) {
    if (!tellsEnds || lives.isEmpty()) {
      return;
    }
    for (Map.Entry<Long, Integer> open : lives.openIn(tracee).entrySet()) {
      SocketState state = read(tracee, open.getValue());
      Life life = lives.remove(open.getKey());
      if (life != null) {
        life.last = state;
        tell(life, Ending.STILL_OPEN);
      }
    }
  }

  /** A thread is about to end, with all its descriptors. */
  void exits(Tracee tracee, Collection<Tracee> tracees) {
    if (lives.isEmpty()) {
      return;
    }
    for (Map.Entry<Long, Integer> open : lives.openIn(tracee).entrySet()) {
      SocketState state = read(tracee, open.getValue());
      Life life = lives.get(open.getKey());
      if (state != null && life != null && state.socket().inode() == open.getKey()) {
        if (tellsEnds) {
          pending.mayBeAnswered(state);
        }
        life.last = state;
        if (state.state() == SocketState.CLOSE && isLastOfItsProcess(tracee, tracees)) {
          pending.failsUnasked(tracee, open.getValue(), life, tracees);
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
    if (!lives.isEmpty() && tellsEnds) {
      for (Life life : lives.notHeld(process, tracees)) {
        ended(life);
      }
    }
  }

  /** Nothing is traced any more: what is open is open somewhere else. */
  void end() {
    if (tellsEnds) {
      for (Life life : lives.all()) {
        tell(life, Ending.STILL_OPEN);
      }
    }
  }

  private void ended(Life life) {
    lives.remove(life.socket().inode());
    tell(life, life.ending(SocketState.makesConnections(life.socket().type())));
  }

  private void tell(Life life, Ending ending) {
    SocketState last = life.last;
    Step.Traffic traffic =
        !SocketState.makesConnections(life.socket().type())
            ? life.datagrams()
            : last == null || last.state() == SocketState.LISTEN
                ? Step.Traffic.NONE_KNOWN
                : last.traffic();
    Origin now = events.now(life);
    events.emit(
        now,
        life.socket(),
        new Step.Close(ending, now.time() - life.origin().time(), traffic),
        life.direction());
  }
}
