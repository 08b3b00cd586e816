// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * A socket of any other family, or one of AF_VSOCK whose ends cannot be read.
 *
 * @param protocol the kernel's name of it: AF_VSOCK, TIPC, SMC, ...
 */
public record OtherSocket(long inode, int family, int type, String protocol) implements Socket {}
