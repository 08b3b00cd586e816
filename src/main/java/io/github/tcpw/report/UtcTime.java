// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Writes points of time as RFC 3339 has them, in UTC, always to the nanosecond.
 *
 * <p>It remembers the last second: events come many at a time.
 */
final class UtcTime {
  private static final long NANOS = 1_000_000_000;

  private long second = Long.MIN_VALUE;
  private String prefix = "";

  /** {@code 2026-11-23T14:42:15.000000001Z} of nanoseconds since the epoch. */
  String format(long time) {
    long epochSecond = Math.floorDiv(time, NANOS);
    if (epochSecond != second) {
      prefix = toTheSecond(epochSecond);
      second = epochSecond;
    }
    StringBuilder text = new StringBuilder(30).append(prefix);
    Padded.append(text, Math.floorMod(time, NANOS), NANOS);
    return text.append('Z').toString();
  }

  private static String toTheSecond(long epochSecond) {
    LocalDateTime utc = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(20);
    Padded.append(text, utc.getYear(), 10_000);
    Padded.append(text.append('-'), utc.getMonthValue(), 100);
    Padded.append(text.append('-'), utc.getDayOfMonth(), 100);
    Padded.append(text.append('T'), utc.getHour(), 100);
    Padded.append(text.append(':'), utc.getMinute(), 100);
    Padded.append(text.append(':'), utc.getSecond(), 100);
    return text.append('.').toString();
  }
}
