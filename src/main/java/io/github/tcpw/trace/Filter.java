// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.SocketCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of the traced sockets are shown; evaluated in the kernel.
 *
 * @param ports at least one of them is the local or the remote port; empty: any. At most {@link
 *     #MAX_PORTS}
 * @param networks the remote address is in at least one of them; empty: any. At most {@link
 *     #MAX_NETWORKS}
 * @param failed only connects that fail
 * @param only only sockets that were connected, or accepted; null: both
 */
public record Filter(
    List<Integer> ports, List<Network> networks, boolean failed, @Nullable SocketCall only) {
  /** How many ports the kernel's side has room for. */
  public static final int MAX_PORTS = 8;

  /** How many networks the kernel's side has room for. */
  public static final int MAX_NETWORKS = 8;

  /** Lets everything pass. */
  public static final Filter NONE = new Filter(List.of(), List.of(), false, null);

  /**
   * The addresses that begin with the same bits.
   *
   * @param prefixLength how many bits: 0 to 32, or 128 for IPv6
   */
  public record Network(IpAddress address, int prefixLength) {}

  /** Whether everything passes. Not by comparing: the equals of a record takes 6 ms to link. */
  public boolean isEmpty() {
    return ports.isEmpty() && networks.isEmpty() && !failed && only == null;
  }
}
