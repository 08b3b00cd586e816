// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.Step;
import org.jspecify.annotations.Nullable;

/** A socket whose answer or end is to be told. */
final class Life {
  private static final long SHORT = 1_000_000;

  private final Origin origin;
  private Socket socket;
  private final Direction direction;

  /** Its connect is in progress, as far as is known. */
  boolean isPending;

  /** How long after it began its connect failed; unknown if it has not, or nobody looked then. */
  private long failedAfter = Step.UNKNOWN;

  private boolean hasFailed;
  private long connectBegan;
  private long lastPending;

  // Of datagrams; those of connections are counted by the kernel.
  private long sent;
  private long received;
  private long datagramsSent;
  private long datagramsReceived;

  /** Who has closed first, as far as that was seen before the end. */
  @Nullable Ending ending;

  /** Its state before what may be its end. */
  @Nullable SocketState last;

  Life(Origin origin, Socket socket, Direction direction, boolean isPending) {
    this.origin = origin;
    this.socket = socket;
    this.direction = direction;
    this.isPending = isPending;
  }

  Origin origin() {
    return origin;
  }

  Socket socket() {
    return socket;
  }

  Direction direction() {
    return direction;
  }

  // ---- a connect in progress; times are those of System.nanoTime ----

  void connects(long began) {
    connectBegan = began;
    lastPending = System.nanoTime();
  }

  void isStillPending() {
    lastPending = System.nanoTime();
  }

  /**
   * It has failed since it was looked at last.
   *
   * @param now when its thread stopped
   * @param justNow whether that must have been now; else it is, if it was looked at just before
   */
  void hasFailed(long now, boolean justNow) {
    if (!hasFailed) {
      failedAfter = after(now, justNow);
    }
    hasFailed = true;
  }

  /** How long it took, if it has been decided since it was looked at last; unknown: who knows. */
  long after(long now, boolean justNow) {
    return justNow || now - lastPending <= SHORT ? now - connectBegan : Step.UNKNOWN;
  }

  long failedAfter() {
    return failedAfter;
  }

  // ---- datagrams ----

  void count(boolean isOutgoing, long bytes) {
    if (isOutgoing) {
      sent += bytes;
      datagramsSent++;
    } else {
      received += bytes;
      datagramsReceived++;
    }
  }

  /** The end tells of one peer, if there was but one. */
  void talksTo(Endpoint remote) {
    if (socket instanceof InetSocket inet && !inet.remote().equals(remote)) {
      socket =
          new InetSocket(
              inet.inode(),
              inet.family(),
              inet.type(),
              inet.protocol(),
              inet.local(),
              Addresses.none(inet.family()),
              inet.direction());
    }
  }

  Step.Traffic datagrams() {
    return new Step.Traffic(
        sent, received, datagramsSent, datagramsReceived, Step.UNKNOWN, Step.UNKNOWN);
  }

  /** How it ended, by its state before that. */
  Ending ending(boolean isConnection) {
    SocketState before = last;
    if (isPending) {
      return Ending.GIVEN_UP;
    }
    if (!isConnection || (before != null && before.state() == SocketState.LISTEN)) {
      return Ending.CLOSED;
    }
    if (before == null) { // it was not seen: its process was killed, or executed
      return ending == null ? Ending.FIN_BY_US : ending;
    }
    return switch (before.state()) {
      case SocketState.CLOSE_WAIT, SocketState.LAST_ACK -> Ending.FIN_BY_PEER;
      case SocketState.CLOSE -> ending == null ? Ending.RST_BY_PEER : ending;
      default -> ending != null ? ending : before.isCutOff() ? Ending.RST_BY_US : Ending.FIN_BY_US;
    };
  }
}
