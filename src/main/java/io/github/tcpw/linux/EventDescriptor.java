// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A descriptor by which one thread wakes another that polls (eventfd(2)). */
public final class EventDescriptor {
  private static final NativeFunction EVENTFD = NativeFunction.libc("eventfd");
  private static final NativeFunction READ = NativeFunction.libc("read");
  private static final NativeFunction WRITE = NativeFunction.libc("write");
  static final int EFD_CLOEXEC = 02000000;
  static final int EFD_NONBLOCK = 04000;

  private final MemorySegment one = Arena.global().allocate(ValueLayout.JAVA_LONG);
  private final MemorySegment count = Arena.global().allocate(ValueLayout.JAVA_LONG);
  private final int fd;

  /**
   * A new one, which is not readable.
   *
   * @throws SystemCallException if eventfd(2) fails
   */
  public EventDescriptor() throws SystemCallException {
    one.set(ValueLayout.JAVA_LONG, 0, 1);
    fd = (int) EVENTFD.call(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) {
      throw new SystemCallException("eventfd", NativeFunction.errno());
    }
  }

  /** The descriptor. */
  public int fd() {
    return fd;
  }

  /** Makes it readable. */
  public void wake() {
    WRITE.call(fd, one.address(), 8);
  }

  /** Makes it readable no longer. */
  public void reset() {
    READ.call(fd, count.address(), 8);
  }
}
