// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * One end of an IP socket.
 *
 * @param port 0 to 65535; 0 if there is none
 */
public record Endpoint(IpAddress address, int port) {
  /** Whether there is no end: neither an address nor a port. */
  public boolean isUnspecified() {
    return port == 0 && address.isUnspecified();
  }
}
