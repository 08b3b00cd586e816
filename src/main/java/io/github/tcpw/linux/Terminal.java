// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What is known of a terminal. */
public final class Terminal {
  private static final NativeFunction ISATTY = NativeFunction.libc("isatty");

  /** How wide the screen is taken to be where nobody knows. */
  static final int DEFAULT_WIDTH = 80;

  static final long TIOCGWINSZ = 0x5413;
  // struct winsize { unsigned short ws_row; unsigned short ws_col; ... } (ioctl_tty(2))
  static final int SIZE_OF_WINSIZE = 8;
  static final int COLUMNS = 2;

  private Terminal() {}

  /** Whether the descriptor is a terminal. */
  public static boolean isTerminal(int fd) {
    return (int) ISATTY.call(fd) == 1;
  }

  /** How many columns the terminal has; 80 if it does not say, or is none. */
  public static int width(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(SIZE_OF_WINSIZE, 2);
      if ((int) SizeFunction.IOCTL.call(fd, TIOCGWINSZ, size.address()) < 0) {
        return DEFAULT_WIDTH;
      }
      int columns = Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, COLUMNS));
      return columns == 0 ? DEFAULT_WIDTH : columns;
    }
  }

  /**
   * ioctl(2) is declared variadic, and is called here as if it were not. On x86-64 and AArch64
   * Linux that is the same: glibc's ioctl reads exactly one argument after the two named ones, and
   * an integer or a pointer lies in the same register either way. What differs is al, in which the
   * caller of a variadic x86-64 function says how many vector registers hold arguments: the linker
   * sets it to 0 in every call, and a larger one would only have more of them saved.
   */
  private static final class SizeFunction {
    static final NativeFunction IOCTL = NativeFunction.libc("ioctl");
  }
}
