// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.event.VsockSocket;
import java.time.LocalDateTime;
import java.time.ZoneId;

/** Events to be said. */
final class Events {
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_VSOCK = 40;
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_SEQPACKET = 5;
  static final int ECONNREFUSED = 111;

  /** 2026-11-23 14:42:15, local time, in nanoseconds. */
  static final long TIME =
      LocalDateTime.of(2026, 11, 23, 14, 42, 15).atZone(ZoneId.systemDefault()).toEpochSecond()
          * 1_000_000_000;

  static final Endpoint LOCAL = ipv4(192, 168, 241, 133, 46182);
  static final Endpoint REMOTE = ipv4(142, 251, 10, 101, 443);
  static final Endpoint NONE = ipv4(0, 0, 0, 0, 0);
  static final Step.Traffic NO_TRAFFIC = new Step.Traffic(-1, -1, -1, -1, -1, -1);

  private Events() {}

  static SocketEvent event(Socket socket, Step step) {
    return event("curl", socket, step);
  }

  static SocketEvent event(String comm, Socket socket, Step step) {
    return at(TIME, comm, socket, step);
  }

  static SocketEvent at(long time, Socket socket, Step step) {
    return at(time, "curl", socket, step);
  }

  private static SocketEvent at(long time, String comm, Socket socket, Step step) {
    return new SocketEvent(new Origin(time, 97849, new UntrustedText(comm)), socket, step);
  }

  static Step connected() {
    return new Step.Connect(0, Step.UNKNOWN);
  }

  static Step close(long sent, long received) {
    return new Step.Close(
        Ending.FIN_BY_US, 1_234_000_000, new Step.Traffic(sent, received, -1, -1, 50_000, 0));
  }

  static InetSocket tcp(Direction direction) {
    return tcp(direction, LOCAL, REMOTE);
  }

  static InetSocket tcp(Direction direction, Endpoint local, Endpoint remote) {
    return new InetSocket(4711, AF_INET, SOCK_STREAM, "TCP", local, remote, direction);
  }

  static InetSocket tcp6(Direction direction, Endpoint local, Endpoint remote) {
    return new InetSocket(4711, AF_INET6, SOCK_STREAM, "TCPv6", local, remote, direction);
  }

  static InetSocket udp(Endpoint remote) {
    return new InetSocket(4712, AF_INET, SOCK_DGRAM, "UDP", LOCAL, remote, Direction.NONE);
  }

  static UnixSocket unix(String path) {
    return unix(SOCK_STREAM, path, false);
  }

  static UnixSocket unix(int type, String path, boolean isAbstract) {
    return new UnixSocket(0, AF_UNIX, type, new UntrustedText(path), isAbstract, null);
  }

  static UnixSocket unix(String path, int pid, String comm) {
    return new UnixSocket(
        0,
        AF_UNIX,
        SOCK_STREAM,
        new UntrustedText(path),
        false,
        new UnixSocket.Peer(pid, new UntrustedText(comm)));
  }

  static VsockSocket vsock(Direction direction, VsockSocket.End local, VsockSocket.End remote) {
    return new VsockSocket(4713, AF_VSOCK, SOCK_STREAM, local, remote, direction);
  }

  static VsockSocket.End end(long cid, long port) {
    return new VsockSocket.End(cid, port);
  }

  static Endpoint ipv4(int a, int b, int c, int d, int port) {
    return new Endpoint(new IpAddress.V4(a << 24 | b << 16 | c << 8 | d), port);
  }

  static Endpoint ipv6(long high, long low, int port) {
    return new Endpoint(new IpAddress.V6(high, low), port);
  }
}
