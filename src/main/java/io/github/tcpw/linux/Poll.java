// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A set of descriptors to wait for (ppoll(2), which knows less than milliseconds). */
public final class Poll {
  private static final NativeFunction PPOLL = NativeFunction.libc("ppoll");
  // struct pollfd { int fd; short events; short revents; }
  static final long SIZE = 8;
  static final long EVENTS = 4;
  static final long REVENTS = 6;
  static final short POLLIN = 1;
  static final short POLLOUT = 4;
  // struct timespec { time_t tv_sec; long tv_nsec; }
  static final long SIZE_OF_TIMESPEC = 16;
  static final long TV_NSEC = 8;
  private static final long NANOSECONDS_A_SECOND = 1_000_000_000;
  private static final long NULL = 0;

  private final MemorySegment set;
  private final MemorySegment limit = Arena.global().allocate(SIZE_OF_TIMESPEC, 8);
  private final int count;

  /** Waits for any of these descriptors to become readable. */
  public Poll(int... fds) {
    set = Arena.global().allocate(SIZE * fds.length, 8);
    count = fds.length;
    for (int i = 0; i < count; i++) {
      set.set(ValueLayout.JAVA_INT, SIZE * i, fds[i]);
      set.set(ValueLayout.JAVA_SHORT, SIZE * i + EVENTS, POLLIN);
    }
  }

  /**
   * Waits until a descriptor is readable or a signal was caught.
   *
   * @throws SystemCallException if ppoll(2) fails for another reason
   */
  public void await() throws SystemCallException {
    call(NULL);
  }

  /**
   * Waits as {@link #await()} does, but no longer than this.
   *
   * @throws SystemCallException if ppoll(2) fails
   */
  public void await(long nanoseconds) throws SystemCallException {
    limit.set(ValueLayout.JAVA_LONG, 0, nanoseconds / NANOSECONDS_A_SECOND);
    limit.set(ValueLayout.JAVA_LONG, TV_NSEC, nanoseconds % NANOSECONDS_A_SECOND);
    call(limit.address());
  }

  private void call(long timeout) throws SystemCallException {
    int ready = (int) PPOLL.call(set.address(), count, timeout, NULL);
    if (ready < 0) {
      if (NativeFunction.errno() != Errno.EINTR) {
        throw new SystemCallException("ppoll", NativeFunction.errno());
      }
      for (int i = 0; i < count; i++) { // ppoll(2) left the old answers
        set.set(ValueLayout.JAVA_SHORT, SIZE * i + REVENTS, (short) 0);
      }
    }
  }

  /** Whether the descriptor at this place was readable, or at its end, when await returned. */
  public boolean isReady(int index) {
    return set.get(ValueLayout.JAVA_SHORT, SIZE * index + REVENTS) != 0;
  }

  /** No longer waits for the descriptor at this place; ppoll(2) passes over negative ones. */
  public void ignore(int index) {
    set.set(ValueLayout.JAVA_INT, SIZE * index, -1);
    set.set(ValueLayout.JAVA_SHORT, SIZE * index + REVENTS, (short) 0);
  }

  /** Waits until a descriptor takes more bytes, or never will. */
  static void untilWritable(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(SIZE, 8);
      one.set(ValueLayout.JAVA_INT, 0, fd);
      one.set(ValueLayout.JAVA_SHORT, EVENTS, POLLOUT);
      PPOLL.call(one.address(), 1, NULL, NULL);
    }
  }
}
