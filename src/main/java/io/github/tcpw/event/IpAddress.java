// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/** An IP address. (java.net.InetAddress turns IPv4-mapped addresses into IPv4 ones.) */
public sealed interface IpAddress {
  /** Whether it is 0.0.0.0 or ::, which stands for none or any. */
  boolean isUnspecified();

  /**
   * An IPv4 address.
   *
   * @param bits most significant byte first: 127.0.0.1 is 0x7f000001
   */
  record V4(int bits) implements IpAddress {
    @Override
    public boolean isUnspecified() {
      return bits == 0;
    }
  }

  /**
   * An IPv6 address.
   *
   * @param high the first eight bytes, most significant first
   * @param low the last eight bytes
   */
  record V6(long high, long low) implements IpAddress {
    @Override
    public boolean isUnspecified() {
      return high == 0 && low == 0;
    }
  }
}
