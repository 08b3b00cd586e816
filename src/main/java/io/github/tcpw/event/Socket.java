// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/** A socket, as far as the kernel tells. */
public sealed interface Socket permits InetSocket, UnixSocket, VsockSocket, OtherSocket {
  /** The number of its inode, as {@code ss -e} and {@code lsof} show it; 0: it has no file. */
  long inode();

  /** The address family, AF_* of {@code socket(2)}. */
  int family();

  /** The socket type, SOCK_* of {@code socket(2)}: 1 stream, 2 datagram, 5 sequenced packets. */
  int type();
}
