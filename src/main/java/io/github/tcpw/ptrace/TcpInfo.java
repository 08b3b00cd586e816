// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Step;
import java.nio.ByteBuffer;

/**
 * What TCP says of a connection: struct tcp_info of linux/tcp.h, zero where this kernel has less.
 *
 * @param bytes of {@link io.github.tcpw.linux.ForeignSocket#SIZE_OF_TCP_INFO}
 */
record TcpInfo(ByteBuffer bytes) {
  private static final int STATE = 0;
  private static final int RTT = 68;
  private static final int TOTAL_RETRANS = 100;
  private static final int BYTES_RECEIVED = 128;
  private static final int NOTSENT_BYTES = 144;
  private static final int DATA_SEGS_OUT = 156;
  private static final int BYTES_SENT = 200;
  private static final int BYTES_RETRANS = 208;

  /** TCP_*. */
  int state() {
    return bytes.get(STATE);
  }

  /** How long its connect took, if that can still be told: nothing was sent since. */
  long answer() {
    return bytes.getInt(TOTAL_RETRANS) == 0 && bytes.getInt(DATA_SEGS_OUT) == 0
        ? roundTrip() // so far that of the handshake
        : Step.UNKNOWN;
  }

  Step.Traffic traffic() {
    long sent =
        bytes.getLong(BYTES_SENT) - bytes.getLong(BYTES_RETRANS) + bytes.getInt(NOTSENT_BYTES);
    long received = bytes.getLong(BYTES_RECEIVED);
    // The kernel counts the peer's FIN as a byte.
    if (received > 0 && state() >= SocketState.CLOSE && state() != SocketState.LISTEN) {
      received--;
    }
    return new Step.Traffic(
        sent,
        received,
        Step.UNKNOWN,
        Step.UNKNOWN,
        roundTrip(),
        Integer.toUnsignedLong(bytes.getInt(TOTAL_RETRANS)));
  }

  private long roundTrip() {
    long nanoseconds = Integer.toUnsignedLong(bytes.getInt(RTT)) * 1000;
    return nanoseconds == 0 ? Step.UNKNOWN : nanoseconds;
  }
}
