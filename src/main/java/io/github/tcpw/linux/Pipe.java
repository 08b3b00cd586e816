// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A pipe to or from a child process, which inherits its end and no other (pipe(2)). */
public final class Pipe {
  private static final NativeFunction PIPE2 = NativeFunction.libc("pipe2");
  private static final NativeFunction DUP = NativeFunction.libc("dup");
  private static final NativeFunction READ = NativeFunction.libc("read");
  private static final NativeFunction WRITE = NativeFunction.libc("write");
  private static final NativeFunction CLOSE = NativeFunction.libc("close");

  private final int childsEnd;
  private final int ownEnd;

  private Pipe(boolean childReads) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(ValueLayout.JAVA_INT, 2);
      if ((int) PIPE2.call(fds.address(), Descriptor.O_CLOEXEC) < 0) {
        throw new SystemCallException("pipe2", NativeFunction.errno());
      }
      int closedOnExec = fds.get(ValueLayout.JAVA_INT, childReads ? 0 : 4);
      ownEnd = fds.get(ValueLayout.JAVA_INT, childReads ? 4 : 0);
      childsEnd = (int) DUP.call(closedOnExec);
      CLOSE.call(closedOnExec);
    }
  }

  /**
   * A new one that the child reads from.
   *
   * @throws SystemCallException if pipe2(2) fails
   */
  public static Pipe toChild() throws SystemCallException {
    return new Pipe(true);
  }

  /**
   * A new one that the child writes to.
   *
   * @throws SystemCallException if pipe2(2) fails
   */
  public static Pipe fromChild() throws SystemCallException {
    return new Pipe(false);
  }

  /** The descriptor that the child has. */
  public int childsEnd() {
    return childsEnd;
  }

  /** Closes this process's copy of it, once the child has its own. */
  public void closeChildsEnd() {
    CLOSE.call(childsEnd);
  }

  /** Writes bytes, as far as the child reads them; then it finds the end. */
  public void writeLast(byte[] bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = CMemory.allocate(arena, bytes);
      long start = 0;
      while (start < bytes.length) {
        long count = WRITE.call(ownEnd, copy.address() + start, bytes.length - start);
        if (count > 0) {
          start += count;
        } else if (NativeFunction.errno() != Errno.EINTR) { // EPIPE: it has ended
          break;
        }
      }
    }
    CLOSE.call(ownEnd);
  }

  /**
   * What the child writes until nobody has its end any more, or so many bytes are there; closes
   * this end.
   */
  public byte[] readLast(int most) {
    byte[] bytes;
    int length = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(most);
      while (length < most) {
        long count = READ.call(ownEnd, buffer.address() + length, most - length);
        if (count > 0) {
          length += (int) count;
        } else if (count == 0 || NativeFunction.errno() != Errno.EINTR) {
          break;
        }
      }
      bytes = CMemory.bytes(buffer.asSlice(0, length));
    }
    CLOSE.call(ownEnd);
    return bytes;
  }
}
