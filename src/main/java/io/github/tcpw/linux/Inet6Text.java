// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Formats IPv6 addresses as inet_ntop(3) does: {@code ::1}, {@code ::ffff:1.2.3.4}.
 *
 * <p>It remembers the last one: a command's sockets mostly share an address, and inet_ntop takes
 * longer than everything else in a line.
 */
public final class Inet6Text {
  private static final NativeFunction NTOP = NativeFunction.libc("inet_ntop");
  static final int AF_INET6 = 10;
  static final int INET6_ADDRSTRLEN = 46;
  private static final ValueLayout.OfLong BIG_ENDIAN =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment address = Arena.global().allocate(16, 8);
  private final MemorySegment text = Arena.global().allocate(INET6_ADDRSTRLEN);

  private long lastHigh;
  private long lastLow;
  private String last = "::";

  /**
   * The text of an address, given as its first and its last eight bytes, most significant first.
   */
  public String format(long high, long low) {
    if (high != lastHigh || low != lastLow) {
      address.set(BIG_ENDIAN, 0, high);
      address.set(BIG_ENDIAN, 8, low);
      NTOP.call(AF_INET6, address.address(), text.address(), INET6_ADDRSTRLEN);
      last = text.getString(0);
      lastHigh = high;
      lastLow = low;
    }
    return last;
  }
}
