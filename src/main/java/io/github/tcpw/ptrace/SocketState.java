// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.Step;

/**
 * What a socket said of itself.
 *
 * @param protocol IPPROTO_*
 * @param state TCP_*; 0 if unknown
 * @param traffic of TCP
 * @param answer how long its connect took, if that can still be told: nothing was sent since
 * @param isCutOff whether closing it resets the connection: something is unread, or nothing is to
 *     linger (SO_LINGER)
 */
record SocketState(
    Socket socket, int protocol, int state, Step.Traffic traffic, long answer, boolean isCutOff) {
  static final int ESTABLISHED = 1;
  static final int SYN_SENT = 2;
  static final int CLOSE = 7;
  static final int CLOSE_WAIT = 8;
  static final int LAST_ACK = 9;
  static final int LISTEN = 10;

  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_RDM = 4;

  /** Connecting one of the others just sets where it sends to (connect(2)). */
  static boolean makesConnections(int type) {
    return type != SOCK_DGRAM && type != SOCK_RAW && type != SOCK_RDM;
  }

  boolean isConnection() {
    return socket instanceof InetSocket && makesConnections(socket.type());
  }

  /** The same with other ends, if it is an IP socket. */
  SocketState with(Endpoint local, Endpoint remote, Direction direction) {
    return socket instanceof InetSocket inet
        ? new SocketState(
            new InetSocket(
                inet.inode(),
                inet.family(),
                inet.type(),
                inet.protocol(),
                local,
                remote,
                direction),
            protocol,
            state,
            traffic,
            answer,
            isCutOff)
        : this;
  }
}
