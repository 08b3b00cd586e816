// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * A socket of AF_INET or AF_INET6.
 *
 * @param protocol the kernel's name of it: TCP, TCPv6, UDP, UDPv6, MPTCP, SCTP, ...
 * @param local address and port 0 if it has none yet
 * @param remote address and port 0 if it has none, as a socket that listens
 */
public record InetSocket(
    long inode,
    int family,
    int type,
    String protocol,
    Endpoint local,
    Endpoint remote,
    Direction direction)
    implements Socket {}
