// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import java.util.List;

/**
 * What to trace, and how.
 *
 * @param udp also UDP sockets
 * @param unixDomain also Unix domain sockets
 * @param netlink also netlink sockets
 * @param lifecycle every step of a socket's life, not only how it began
 * @param pids processes that are running already, with their descendants, and no command; at most
 *     {@link #MAX_PIDS}
 * @param all every process of the machine
 * @param bufferSize of the ring buffer in bytes: a power of two, at least a page
 */
public record TraceOptions(
    Engine engine,
    boolean udp,
    boolean unixDomain,
    boolean netlink,
    boolean lifecycle,
    List<Integer> pids,
    boolean all,
    Filter filter,
    int bufferSize) {
  /** How many processes the kernel's side has room for. */
  public static final int MAX_PIDS = 32;

  /** Whether the smaller of the two BPF objects will do (TCPW_PLAIN in src/main/bpf/tcpw.bpf.c). */
  boolean isPlain() {
    return !udp
        && !unixDomain
        && !netlink
        && !lifecycle
        && pids.isEmpty()
        && !all
        && filter.isEmpty();
  }
}
