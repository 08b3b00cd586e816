// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;

/** What a server calls: listen(2) and accept(2). */
final class Servers {
  private final CallReader memory;
  private final SocketReader reader;
  private final Lives lives;
  private final Peers peers;
  private final EventSink events;

  Servers(CallReader memory, SocketReader reader, Lives lives, Peers peers, EventSink events) {
    this.memory = memory;
    this.reader = reader;
    this.lives = lives;
    this.peers = peers;
    this.events = events;
  }

  /** listen has succeeded. */
  void listened(Tracee tracee, CallInProgress call) {
    SocketState state = reader.read(tracee, call.fd(), Direction.NONE, null, true, false);
    if (state == null || lives.get(state.socket().inode()) != null) { // to change the backlog
      return;
    }
    Origin origin = events.origin(tracee);
    Socket socket = state.socket();
    if (socket instanceof UnixSocket unix) { // of one that listens the peer is itself
      if (!peers.isNew(unix)) {
        return;
      }
      socket =
          new UnixSocket(
              unix.inode(), unix.family(), unix.type(), unix.path(), unix.isAbstract(), null);
    }
    events.emit(origin, socket, new Step.Listen((int) call.argument(1)), Direction.NONE);
    lives.follow(new Life(origin, socket, Direction.NONE, false));
  }

  /** accept has returned a descriptor. */
  void accepted(Tracee tracee, CallInProgress call, int fd) {
    SocketState state = reader.read(tracee, fd, Direction.INCOMING, null, true, false);
    if (state != null) {
      if (state.socket() instanceof InetSocket inet && inet.remote().isUnspecified()) {
        // The connection has ended already: only accept still says who that was (inet_getname).
        Endpoint peer = memory.endpoint(tracee, call.argument(1), inet.family());
        if (peer != null) {
          state = state.with(inet.local(), peer, Direction.INCOMING);
        }
      }
      Origin origin = events.origin(tracee);
      peers.isNew(state.socket()); // a Unix socket has its line by this
      events.emit(origin, state.socket(), new Step.Accept(), Direction.INCOMING);
      lives.follow(new Life(origin, state.socket(), Direction.INCOMING, false));
    }
  }
}
