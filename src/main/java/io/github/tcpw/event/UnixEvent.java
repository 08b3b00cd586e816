// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * A Unix domain socket.
 *
 * @param path where it connected to, or listens; empty if unnamed
 * @param isAbstract whether the path is a name in the abstract namespace (unix(7)), without its
 *     leading NUL, and not a file
 */
public record UnixEvent(
    Origin origin,
    SocketCall call,
    int family,
    int type,
    UntrustedText path,
    boolean isAbstract,
    int error)
    implements SocketEvent {}
