// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/** Which side of a connection a socket is. */
public enum Direction {
  /** It connected. */
  OUTGOING,
  /** It was accepted. */
  INCOMING,
  /** It sends datagrams, listens, or is not known to have done either. */
  NONE
}
