// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Step;
import io.github.tcpw.linux.Ptrace;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;

/**
 * What becomes of connects that are in progress. No call tells that when it happens: a thread that
 * has begun one is looked at whenever it makes a call.
 */
final class PendingConnects {
  private final boolean tellsAnswers;
  private final CallReader memory;
  private final SocketReader reader;
  private final Lives lives;
  private final EventSink events;

  /** Sockets whose SO_ERROR has said that connect failed, by the peers that they have no more. */
  private final Peers refusals = new Peers();

  /**
   * None yet.
   *
   * @param tellsAnswers whether also connects that succeed are told of
   */
  PendingConnects(
      boolean tellsAnswers, CallReader memory, SocketReader reader, Lives lives, EventSink events) {
    this.tellsAnswers = tellsAnswers;
    this.memory = memory;
    this.reader = reader;
    this.lives = lives;
    this.events = events;
  }

  /** A connect is in progress from now on, but for one on the same machine, which takes no time. */
  void began(Tracee tracee, CallInProgress call, SocketState state, Life life, long after) {
    lives.put(life);
    life.connects(call.began());
    if (state.state() == SocketState.CLOSE) {
      life.hasFailed(call.began() + after, true);
    }
    tracee.pending.add(new PendingConnect(call.fd(), life));
  }

  /** A connect was answered; whether it was in progress or not. */
  void established(Life life, long after) {
    life.isPending = false;
    if (tellsAnswers) {
      events.emit(life, new Step.Established(after));
    } else {
      lives.remove(life.socket().inode());
    }
  }

  /** A program does something with a socket of which this is the state now. */
  void mayBeAnswered(SocketState state) {
    mayBeAnswered(state, Step.UNKNOWN);
  }

  private void mayBeAnswered(SocketState state, long seenAfter) {
    Life life = lives.get(state.socket().inode());
    if (life != null
        && life.isPending
        && state.state() != SocketState.SYN_SENT
        && state.state() != SocketState.CLOSE) {
      established(life, state.answer() == Step.UNKNOWN ? seenAfter : state.answer());
    }
  }

  /** A connect that was in progress has failed; when, nobody may know. */
  void failed(Life life, int error) {
    lives.remove(life.socket().inode());
    events.emit(life, new Step.Failed(error, life.failedAfter()));
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
      if (tellsAnswers) { // else it is known until connect is asked again
        mayBeAnswered(state, life.after(stopped, hasWaited));
      }
      return false;
    }
    return true;
  }

  /**
   * A connect has failed, and the program closes the socket without asking why. The kernel says it
   * once: so it is asked only if nobody else has the socket.
   *
   * @return whether it was told of
   */
  boolean failsUnasked(Tracee tracee, int fd, Life life, Collection<Tracee> tracees) {
    if (!life.isPending || Lives.holders(life.socket().inode(), tracees) != 1) {
      return false;
    }
    int error = reader.takeError(tracee, fd);
    if (error <= 0) {
      return false;
    }
    failed(life, error);
    return true;
  }

  /** The program has asked for SO_ERROR, and so the kernel has forgotten it. */
  void errorAsked(Tracee tracee, CallInProgress call) {
    SocketState state = reader.read(tracee, call.fd(), Direction.OUTGOING, null, true, true);
    Life life = state == null ? null : lives.get(state.socket().inode());
    if (state == null || life == null || !life.isPending) {
      return;
    }
    ByteBuffer answer = memory.bytes(tracee, call.argument(3), 4);
    if (answer == null) {
      return;
    }
    int error = answer.getInt(0);
    if (error > 0) {
      failed(life, error);
      refusals.isNew(life.socket().inode(), Addresses.NO_IPV4);
    } else {
      mayBeAnswered(state);
    }
  }

  /** Whether the program has asked why the last connect of a socket failed; that is forgotten. */
  boolean wasErrorAsked(long inode) {
    return refusals.forget(inode, Addresses.NO_IPV4);
  }
}
