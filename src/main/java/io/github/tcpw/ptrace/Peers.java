// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.UnixSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whom sockets have exchanged datagrams with. A socket that talks to more peers at once than there
 * is room for tells of the oldest again.
 */
final class Peers {
  private static final int MOST = 16384;

  private record Peer(long inode, Endpoint remote) {}

  private final Map<Peer, Boolean> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Peer, Boolean> eldest) {
          return size() > MOST;
        }
      };

  /** Whether nothing was told of a Unix socket yet; others are always new. */
  boolean isNew(Socket socket) {
    return !(socket instanceof UnixSocket) || isNew(socket.inode(), Addresses.NO_IPV4);
  }

  /** Whether this is the first that is seen of them. */
  boolean isNew(long inode, Endpoint remote) {
    return known.put(new Peer(inode, remote), true) == null;
  }

  /** Forgets them; whether they were known. */
  boolean forget(long inode, Endpoint remote) {
    // Hashing a record the first time takes 7 ms, and most runs know nobody.
    return !known.isEmpty() && known.remove(new Peer(inode, remote)) != null;
  }
}
