// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

/** Whole numbers in decimal digits, with no sign. */
final class Decimal {
  /** What is no number, or too large, is parsed to this. */
  static final int NONE = -1;

  private Decimal() {}

  /** The number, if it is one from 0 to largest, else {@link #NONE}. */
  static long parse(String text, long largest) {
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return NONE;
      }
      number = number * 10 + (c - '0');
      if (number > largest) {
        return NONE;
      }
    }
    return text.isEmpty() ? NONE : number;
  }
}
