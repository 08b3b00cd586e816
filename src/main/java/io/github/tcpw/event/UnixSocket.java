// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

import org.jspecify.annotations.Nullable;

/**
 * A Unix domain socket.
 *
 * @param path where it connected to, or listens; empty if unnamed
 * @param isAbstract whether the path is a name in the abstract namespace (unix(7)), without its
 *     leading NUL, and not a file
 * @param peer who is at the other end: of a stream, who connected or listened (SO_PEERCRED,
 *     unix(7)); null if the kernel does not know
 */
public record UnixSocket(
    long inode, int family, int type, UntrustedText path, boolean isAbstract, @Nullable Peer peer)
    implements Socket {

  /**
   * The process at the other end.
   *
   * @param pid as seen in tcpw's own pid namespace
   * @param comm the name of its first thread; empty if it has ended
   */
  public record Peer(int pid, UntrustedText comm) {}
}
