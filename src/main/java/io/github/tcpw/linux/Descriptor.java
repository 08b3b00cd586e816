// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** An open file descriptor to write to. */
public final class Descriptor implements AutoCloseable {
  /** Standard error. Closing it is left to the end of the process. */
  public static final Descriptor STDERR = new Descriptor(2);

  /** Standard output. Closing it is left to the end of the process. */
  public static final Descriptor STDOUT = new Descriptor(1);

  private static final NativeFunction WRITE = NativeFunction.libc("write");
  private static final int BUFFER_SIZE = 4096;
  private static final MemorySegment BUFFER = Arena.global().allocate(BUFFER_SIZE);
  private static final ByteBuffer BYTES = BUFFER.asByteBuffer();

  // fcntl.h, the same on x86-64 and AArch64
  static final int O_WRONLY = 1;
  static final int O_CREAT = 0100;
  static final int O_APPEND = 02000;
  static final int O_CLOEXEC = 02000000;

  private final int fd;

  Descriptor(int fd) {
    this.fd = fd;
  }

  /**
   * Opens a file to append to; a new one is readable and writable by its owner alone.
   *
   * @param path one char a byte, as in {@link CMemory}
   * @throws SystemCallException if open(2) fails
   */
  public static Descriptor append(String path) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      int fd =
          (int)
              OpenFunction.OPEN.call(
                  CMemory.allocate(arena, path).address(),
                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                  0600);
      if (fd < 0) {
        throw new SystemCallException("open", NativeFunction.errno());
      }
      return new Descriptor(fd);
    }
  }

  // Variadic, see Terminal.
  private static final class OpenFunction {
    static final NativeFunction OPEN = NativeFunction.libc("open");
  }

  /**
   * Opens a directory, until the process ends.
   *
   * @param path one char a byte, as in {@link CMemory}
   * @return its descriptor
   * @throws SystemCallException if opendir(3) fails
   */
  public static int directory(String path) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      long directory = NativeFunction.libc("opendir").call(CMemory.allocate(arena, path).address());
      if (directory == 0) {
        throw new SystemCallException("opendir", NativeFunction.errno());
      }
      return (int) NativeFunction.libc("dirfd").call(directory);
    }
  }

  /** Whether it is a terminal. */
  public boolean isTerminal() {
    return Terminal.isTerminal(fd);
  }

  /** How many columns the terminal has; 80 if it does not say, or is none. */
  public int width() {
    return Terminal.width(fd);
  }

  /**
   * Writes all bytes: in one write(2) where the file takes them at once, waiting for room where it
   * is a full non-blocking pipe.
   *
   * @throws SystemCallException if write(2) fails
   */
  public void write(byte[] bytes) throws SystemCallException {
    int start = 0;
    while (start < bytes.length) {
      int length = Math.min(bytes.length - start, BUFFER_SIZE);
      BYTES.put(0, bytes, start, length);
      long written = WRITE.call(fd, BUFFER.address(), length);
      if (written >= 0) {
        start += (int) written;
      } else if (NativeFunction.errno() == Errno.EAGAIN) {
        Poll.untilWritable(fd);
      } else if (NativeFunction.errno() != Errno.EINTR) {
        throw new SystemCallException("write", NativeFunction.errno());
      }
    }
  }

  @Override
  public void close() {
    if (fd > 2) {
      close(fd);
    }
  }

  /** Closes a descriptor by its number. */
  public static void close(int fd) {
    CloseFunction.CLOSE.call(fd);
  }

  /** Has a number stand for what another descriptor is, and no more for what it was. */
  public static void replace(int fd, int by) {
    CloseFunction.DUP2.call(by, fd);
  }

  private static final class CloseFunction {
    static final NativeFunction CLOSE = NativeFunction.libc("close");
    static final NativeFunction DUP2 = NativeFunction.libc("dup2");
  }
}
