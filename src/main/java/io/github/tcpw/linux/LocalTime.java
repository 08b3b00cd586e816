// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Formats points of time in the local time zone, by the C library: Java's own time zones would take
 * tens of milliseconds to load.
 */
public final class LocalTime {
  private static final NativeFunction LOCALTIME_R = NativeFunction.libc("localtime_r");
  private static final NativeFunction STRFTIME = NativeFunction.libc("strftime");
  static final int SIZE_OF_TM = 56;
  private static final int SIZE_OF_TEXT = 64;

  private final MemorySegment format;
  private final MemorySegment time = Arena.global().allocate(ValueLayout.JAVA_LONG);
  private final MemorySegment tm = Arena.global().allocate(SIZE_OF_TM, 8);
  private final MemorySegment text = Arena.global().allocate(SIZE_OF_TEXT);
  private long second = Long.MIN_VALUE;
  private String formatted = "";

  /** A format as strftime(3) has it, with a result of at most 63 bytes. */
  public LocalTime(String format) {
    this.format = CMemory.allocate(Arena.global(), format);
  }

  /** The text for a second since the epoch. */
  public String format(long epochSecond) {
    if (epochSecond != second) {
      time.set(ValueLayout.JAVA_LONG, 0, epochSecond);
      LOCALTIME_R.call(time.address(), tm.address());
      STRFTIME.call(text.address(), SIZE_OF_TEXT, format.address(), tm.address());
      formatted = text.getString(0);
      second = epochSecond;
    }
    return formatted;
  }
}
