// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

/** Writes durations in milliseconds, with about three digits that count. */
final class Milliseconds {
  private static final long NANOS = 1_000_000;

  private Milliseconds() {}

  /**
   * Appends {@code 0.035ms}, {@code 0.21ms}, {@code 12.3ms} or {@code 1234ms}, rounded.
   *
   * @param nanos not negative
   */
  static void append(StringBuilder line, long nanos) {
    if (nanos < NANOS / 10) {
      append(line, nanos, 3, 1_000);
    } else if (nanos < 10 * NANOS) {
      append(line, nanos, 2, 100);
    } else if (nanos < 100 * NANOS) {
      append(line, nanos, 1, 10);
    } else {
      append(line, nanos, 0, 1);
    }
    line.append("ms");
  }

  /** With this many decimals; scale is their power of ten. */
  private static void append(StringBuilder line, long nanos, int decimals, int scale) {
    long unit = NANOS / scale;
    long rounded = nanos / unit + (nanos % unit >= unit / 2 ? 1 : 0);
    line.append(rounded / scale);
    if (decimals > 0) {
      line.append('.');
      Padded.append(line, rounded % scale, scale);
    }
  }
}
