// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

/**
 * What to trace, and how.
 *
 * @param udp also UDP sockets
 * @param unixDomain also Unix domain sockets
 * @param bufferSize of the ring buffer in bytes: a power of two, at least a page
 */
public record TraceOptions(Engine engine, boolean udp, boolean unixDomain, int bufferSize) {}
