// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.report.Escape;
import org.jspecify.annotations.Nullable;

/** The size of the ring buffer, as the option --buffer has it. */
final class BufferSize {
  private static final int DEFAULT = 1 << 20;

  /** Five steps of a connection to be said, where two were. */
  private static final int DEFAULT_WITH_LIFECYCLE = 4 << 20;

  private static final int SMALLEST = 4096; // a page, unless the kernel has larger ones (BpfMap)
  private static final int LARGEST = 1 << 30;

  private BufferSize() {}

  /**
   * Parses a number of bytes with an optional suffix.
   *
   * @param text null: the default
   * @param lifecycle whether every step of a socket's life goes through it
   * @return a power of two
   */
  static int parse(@Nullable String text, boolean lifecycle) throws UsageException {
    if (text == null) {
      return lifecycle ? DEFAULT_WITH_LIFECYCLE : DEFAULT;
    }
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    int shift =
        switch (text.substring(digits)) {
          case "" -> 0;
          case "K", "KiB" -> 10;
          case "M", "MiB" -> 20;
          case "G", "GiB" -> 30;
          default -> -1;
        };
    if (shift < 0 || digits == 0 || digits > 10) {
      throw new UsageException(
          "no buffer size: " + Escape.word(text) + "; give bytes, or a size such as 4MiB");
    }
    long number = Long.parseLong(text.substring(0, digits));
    if (number == 0 || number > (long) LARGEST >> shift) {
      throw new UsageException(
          "buffer size " + Escape.word(text) + " is not between 1 byte and 1GiB");
    }
    long size = Math.max(number << shift, SMALLEST);
    long powerOfTwo = Long.highestOneBit(size);
    return (int) (powerOfTwo == size ? size : powerOfTwo << 1);
  }
}
