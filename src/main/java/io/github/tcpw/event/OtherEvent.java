// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * A socket of any other family.
 *
 * @param protocol the kernel's name of it: AF_VSOCK, TIPC, SMC, ...
 */
public record OtherEvent(
    Origin origin, SocketCall call, int family, int type, String protocol, int error)
    implements SocketEvent {}
