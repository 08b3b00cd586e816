// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Small files of /proc, and what its links point to. Not thread-safe.
 *
 * <p>open is declared variadic; {@link Terminal} says why it may be called so.
 */
public final class ProcFile {
  private static final NativeFunction OPEN = NativeFunction.libc("open");
  private static final NativeFunction READ = NativeFunction.libc("read");
  private static final NativeFunction PREAD = NativeFunction.libc("pread");
  private static final NativeFunction READLINK = NativeFunction.libc("readlink");
  private static final NativeFunction CLOSE = NativeFunction.libc("close");
  private static final int O_CLOEXEC = 02000000;
  private static final int SIZE = 4096;
  private static final String SOCKET = "socket:["; // and the inode's number (proc_pid_fd(5))
  private static final MemorySegment PATH = Arena.global().allocate(256);
  private static final MemorySegment BUFFER = Arena.global().allocate(SIZE);

  private ProcFile() {}

  /** The beginning of a file, one char a byte, empty if it cannot be read. */
  public static String read(String path) {
    PATH.setString(0, path, StandardCharsets.ISO_8859_1);
    int fd = (int) OPEN.call(PATH.address(), O_CLOEXEC);
    if (fd < 0) {
      return "";
    }
    long length = READ.call(fd, BUFFER.address(), SIZE);
    CLOSE.call(fd);
    return string(length);
  }

  /**
   * Opens a file to read it more than once.
   *
   * @return its descriptor, to be closed with {@link #close}; negative if it cannot be opened
   */
  public static int open(String path) {
    PATH.setString(0, path, StandardCharsets.ISO_8859_1);
    return (int) OPEN.call(PATH.address(), O_CLOEXEC);
  }

  /** What an open file begins with now; empty if it cannot be read. */
  public static String read(int fd) {
    return string(PREAD.call(fd, BUFFER.address(), SIZE, 0));
  }

  /** Closes what {@link #open} opened. */
  public static void close(int fd) {
    CLOSE.call(fd);
  }

  /** Where a link points to; empty if there is none. */
  public static String readLink(String path) {
    PATH.setString(0, path, StandardCharsets.ISO_8859_1);
    return string(READLINK.call(PATH.address(), BUFFER.address(), SIZE));
  }

  /** The inode of the socket that a link in /proc/PID/fd stands for; -1 if it is none. */
  public static long socketInode(String path) {
    String link = readLink(path);
    return link.startsWith(SOCKET)
        ? Long.parseLong(link, SOCKET.length(), link.length() - 1, 10)
        : -1;
  }

  /**
   * What the kernel calls the protocol of the socket that a link in /proc/PID/fd stands for (struct
   * proto); empty if it is none.
   */
  public static String socketProtocol(String path) {
    PATH.setString(0, path, StandardCharsets.ISO_8859_1);
    long length =
        SocketAttribute.GETXATTR.call(
            PATH.address(), SocketAttribute.PROTOCOL.address(), BUFFER.address(), SIZE);
    return string(length - 1); // without its NUL
  }

  private static final class SocketAttribute {
    static final NativeFunction GETXATTR = NativeFunction.libc("getxattr");
    // sockfs_xattr_handler of net/socket.c
    static final MemorySegment PROTOCOL = CMemory.allocate(Arena.global(), "system.sockprotoname");
  }

  private static String string(long length) {
    if (length <= 0) {
      return "";
    }
    return new String(CMemory.bytes(BUFFER.asSlice(0, length)), StandardCharsets.ISO_8859_1);
  }
}
