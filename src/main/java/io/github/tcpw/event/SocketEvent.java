// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * Something that happened to a socket of the traced processes.
 *
 * @param origin when, and who caused it; of a close: who had connected, accepted or first used it
 * @param socket which socket, as it was then
 * @param step what happened
 */
public record SocketEvent(Origin origin, Socket socket, Step step) {}
