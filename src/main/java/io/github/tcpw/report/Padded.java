// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

/** Writes numbers with leading zeros. */
final class Padded {
  private Padded() {}

  /** Appends a number with as many digits as its limit, a power of ten, has zeros. */
  static void append(StringBuilder line, long number, long limit) {
    for (long digit = limit / 10; digit > 0; digit /= 10) {
      line.append((char) ('0' + number / digit % 10));
    }
  }
}
