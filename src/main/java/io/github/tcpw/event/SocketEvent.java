// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/** A socket that the command, or a descendant of it, connected or accepted. */
public sealed interface SocketEvent permits InetEvent, UnixEvent, OtherEvent {
  /** What all events have. */
  Origin origin();

  /** Which call it was. */
  SocketCall call();

  /** The address family, AF_* of {@code socket(2)}. */
  int family();

  /** The socket type, SOCK_* of {@code socket(2)}: 1 stream, 2 datagram, 5 sequenced packets. */
  int type();

  /** Why the call failed, an errno; 0 if it did not, or is still in progress. */
  int error();
}
