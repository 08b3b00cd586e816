// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The time of day, to the nanosecond; java.time, which also has it, takes long to load. */
public final class WallClock {
  private static final NativeFunction CLOCK_GETTIME = NativeFunction.libc("clock_gettime");
  static final int CLOCK_REALTIME = 0;
  // struct timespec { time_t tv_sec; long tv_nsec; }
  static final int SIZE_OF_TIMESPEC = 16;
  private static final long NANOS = 1_000_000_000;

  private WallClock() {}

  /** Nanoseconds since the epoch. */
  public static long now() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(SIZE_OF_TIMESPEC, 8);
      CLOCK_GETTIME.call(CLOCK_REALTIME, time.address());
      return time.get(ValueLayout.JAVA_LONG, 0) * NANOS + time.get(ValueLayout.JAVA_LONG, 8);
    }
  }
}
