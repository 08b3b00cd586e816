// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * A socket of AF_INET or AF_INET6.
 *
 * @param protocol the kernel's name of it: TCP, TCPv6, UDP, UDPv6, MPTCP, SCTP, ...
 */
public record InetEvent(
    Origin origin,
    SocketCall call,
    int family,
    int type,
    String protocol,
    Endpoint local,
    Endpoint remote,
    int error)
    implements SocketEvent {}
