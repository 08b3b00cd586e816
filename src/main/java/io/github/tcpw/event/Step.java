// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * A step in the life of a socket.
 *
 * <p>Times are in nanoseconds; {@link #UNKNOWN} stands for what the kernel does not tell.
 */
public sealed interface Step {
  /** No time, count or size that there is. */
  long UNKNOWN = -1;

  /**
   * connect(2) ended; or, on a non-blocking socket, began.
   *
   * @param error why it failed, an errno; 0 if it did not, or is still in progress
   * @param after from the first packet to the answer; unknown if it is still in progress, failed
   *     before any packet was sent, or none is sent
   */
  record Connect(int error, long after) implements Step {}

  /**
   * A connect was answered.
   *
   * @param after from the first packet to the answer
   */
  record Established(long after) implements Step {}

  /**
   * A connect that was in progress failed.
   *
   * @param error why, an errno
   * @param after from the first packet to the failure
   */
  record Failed(int error, long after) implements Step {}

  /** accept(2) returned the socket. */
  record Accept() implements Step {}

  /**
   * The socket listens from now on.
   *
   * @param backlog how many connections may wait to be accepted (listen(2))
   */
  record Listen(int backlog) implements Step {}

  /**
   * The first datagram between an unconnected socket and this peer.
   *
   * @param isOutgoing whether it was sent, and not received
   */
  record Datagram(boolean isOutgoing) implements Step {}

  /**
   * A socket that was there before is used for the first time, or listed: one that was inherited,
   * or that another process passed on (SCM_RIGHTS, unix(7)).
   *
   * @param state TCP_* of the kernel's include/net/tcp_states.h, which all families share; 0 if
   *     unknown
   */
  record Found(int state) implements Step {}

  /** A TCP connection that is one path of an MPTCP connection was established. */
  record Subflow() implements Step {}

  /**
   * The end.
   *
   * @param duration since it was connected, accepted, found, or listened, or its first datagram
   */
  record Close(Ending ending, long duration, Traffic traffic) implements Step {}

  /**
   * What went through, in bytes of payload.
   *
   * @param datagramsSent unknown for streams
   * @param datagramsReceived unknown for streams
   * @param roundTrip the smoothed round-trip time when it ended
   * @param retransmits how many segments were sent again
   */
  record Traffic(
      long sent,
      long received,
      long datagramsSent,
      long datagramsReceived,
      long roundTrip,
      long retransmits) {
    /** Of a socket whose traffic nobody counts. */
    public static final Traffic NONE_KNOWN =
        new Traffic(
            Step.UNKNOWN, Step.UNKNOWN, Step.UNKNOWN, Step.UNKNOWN, Step.UNKNOWN, Step.UNKNOWN);
  }
}
