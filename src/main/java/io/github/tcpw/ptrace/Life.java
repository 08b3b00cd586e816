// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Socket;
import org.jspecify.annotations.Nullable;

/** A socket whose answer or end is to be told. */
final class Life {
  private final Origin origin;
  private final Socket socket;
  private final Direction direction;

  /** Its connect is in progress, as far as is known. */
  boolean isPending;

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
