// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.linux.Inet6Text;

/**
 * Writes IP addresses, IPv6 in the form of RFC 5952.
 *
 * <p>It remembers the last IPv6 address, so each end of a line has one of its own.
 */
final class IpText {
  private final Inet6Text inet6 = new Inet6Text();

  /** Appends {@code 127.0.0.1:80} or {@code [::1]:80}. */
  void append(StringBuilder line, Endpoint endpoint) {
    appendBracketed(line, endpoint.address());
    line.append(':').append(endpoint.port());
  }

  /** Appends {@code 127.0.0.1} or {@code [::1]}. */
  void appendBracketed(StringBuilder line, IpAddress address) {
    if (address instanceof IpAddress.V6) {
      line.append('[');
      append(line, address);
      line.append(']');
    } else {
      append(line, address);
    }
  }

  /** Appends {@code 127.0.0.1} or {@code ::1}. */
  void append(StringBuilder line, IpAddress address) {
    if (address instanceof IpAddress.V4 v4) {
      int bits = v4.bits();
      line.append(bits >>> 24)
          .append('.')
          .append(bits >> 16 & 0xff)
          .append('.')
          .append(bits >> 8 & 0xff)
          .append('.')
          .append(bits & 0xff);
    } else if (address instanceof IpAddress.V6 v6) {
      line.append(inet6.format(v6.high(), v6.low()));
    }
  }
}
