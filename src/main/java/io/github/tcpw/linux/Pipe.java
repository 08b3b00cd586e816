// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A pipe to a child process: the reading end is inherited, the writing end is not (pipe(2)). */
public final class Pipe {
  private static final NativeFunction PIPE2 = NativeFunction.libc("pipe2");
  private static final NativeFunction DUP = NativeFunction.libc("dup");
  private static final NativeFunction WRITE = NativeFunction.libc("write");
  private static final NativeFunction CLOSE = NativeFunction.libc("close");

  private final int reader;
  private final int writer;

  /**
   * A new one.
   *
   * @throws SystemCallException if pipe2(2) fails
   */
  public Pipe() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(ValueLayout.JAVA_INT, 2);
      if ((int) PIPE2.call(fds.address(), Descriptor.O_CLOEXEC) < 0) {
        throw new SystemCallException("pipe2", NativeFunction.errno());
      }
      int closedOnExec = fds.get(ValueLayout.JAVA_INT, 0);
      writer = fds.get(ValueLayout.JAVA_INT, 4);
      reader = (int) DUP.call(closedOnExec);
      CLOSE.call(closedOnExec);
    }
  }

  /** The descriptor that the child reads from. */
  public int reader() {
    return reader;
  }

  /** Closes this process's copy of it, once the child has its own. */
  public void closeReader() {
    CLOSE.call(reader);
  }

  /** Writes bytes, no more than 4,096, which fit in an empty pipe; then the child finds its end. */
  public void writeLast(byte[] bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      WRITE.call(writer, copy.address(), bytes.length);
    }
    CLOSE.call(writer);
  }
}
