// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A socket of another process, borrowed with pidfd_getfd(2). One at a time: it is to be given back
 * before that process goes on, which may close it and expects that to be the end of it.
 */
public final class ForeignSocket implements AutoCloseable {
  private static final NativeFunction PIDFD_OPEN = NativeFunction.libc("pidfd_open");
  private static final NativeFunction PIDFD_GETFD = NativeFunction.libc("pidfd_getfd");
  private static final NativeFunction GETSOCKOPT = NativeFunction.libc("getsockopt");
  private static final NativeFunction GETSOCKNAME = NativeFunction.libc("getsockname");
  private static final NativeFunction GETPEERNAME = NativeFunction.libc("getpeername");
  private static final NativeFunction FSTAT = NativeFunction.libc("fstat");
  // Variadic, see Terminal.
  private static final NativeFunction IOCTL = NativeFunction.libc("ioctl");
  private static final NativeFunction CLOSE = NativeFunction.libc("close");

  static final int PIDFD_THREAD = 0200; // O_EXCL, linux/pidfd.h; since 6.9
  static final int SOL_SOCKET = 1;
  static final int SO_TYPE = 3;
  static final int SO_ERROR = 4;
  static final int SO_LINGER = 13;
  static final int SO_PEERCRED = 17;
  static final int SO_PROTOCOL = 38;
  static final int SO_NETNS_COOKIE = 71;
  static final int IPPROTO_TCP = 6;
  static final int TCP_INFO = 11;
  static final int FIONREAD = 0x541b;
  static final int SIZE_OF_STAT = 144; // at most: x86-64; AArch64 has 128
  static final long STAT_INODE = 8;

  /** Enough for any socket address, struct sockaddr_storage. */
  public static final int SIZE_OF_ADDRESS = 128;

  /** Of struct tcp_info, as far as it is read. */
  public static final int SIZE_OF_TCP_INFO = 232;

  private static final MemorySegment ADDRESS = Arena.global().allocate(SIZE_OF_ADDRESS, 8);
  private static final ByteBuffer ADDRESS_BYTES =
      ADDRESS.asByteBuffer().order(ByteOrder.nativeOrder());
  private static final MemorySegment INFO = Arena.global().allocate(SIZE_OF_TCP_INFO, 8);
  private static final ByteBuffer INFO_BYTES = INFO.asByteBuffer().order(ByteOrder.nativeOrder());
  private static final MemorySegment LENGTH = Arena.global().allocate(ValueLayout.JAVA_INT);
  private static final MemorySegment VALUE = Arena.global().allocate(16, 8);
  private static final MemorySegment STAT = Arena.global().allocate(SIZE_OF_STAT, 8);

  private final int fd;

  private ForeignSocket(int fd) {
    this.fd = fd;
  }

  /**
   * Opens what sockets are borrowed through.
   *
   * @param thread any thread
   * @param process the ID of its process
   * @return a descriptor, to be closed with {@link #close(int)}
   * @throws SystemCallException if there is no such process any more
   */
  public static int open(int thread, int process) throws SystemCallException {
    int fd = (int) PIDFD_OPEN.call(thread, PIDFD_THREAD);
    if (fd < 0 && NativeFunction.errno() == Errno.EINVAL) {
      fd = (int) PIDFD_OPEN.call(process, 0);
    }
    if (fd < 0) {
      throw new SystemCallException("pidfd_open", NativeFunction.errno());
    }
    return fd;
  }

  /** Closes what {@link #open} opened. */
  public static void close(int pidfd) {
    CLOSE.call(pidfd);
  }

  /**
   * Borrows a descriptor.
   *
   * @throws SystemCallException EBADF if there is none of that number; EPERM or ENOSYS where
   *     nothing may be borrowed
   */
  public static ForeignSocket borrow(int pidfd, int number) throws SystemCallException {
    int fd = (int) PIDFD_GETFD.call(pidfd, number, 0);
    if (fd < 0) {
      throw new SystemCallException("pidfd_getfd", NativeFunction.errno());
    }
    return new ForeignSocket(fd);
  }

  /** SOCK_*. */
  public int type() {
    return option(SO_TYPE);
  }

  /** IPPROTO_*. */
  public int protocol() {
    return option(SO_PROTOCOL);
  }

  /** Why its connect failed, an errno; the kernel says so once and then forgets it. */
  public int takeError() {
    return option(SO_ERROR);
  }

  private int option(int name) {
    LENGTH.set(ValueLayout.JAVA_INT, 0, 4);
    return (int) GETSOCKOPT.call(fd, SOL_SOCKET, name, VALUE.address(), LENGTH.address(), 0) < 0
        ? -1
        : VALUE.get(ValueLayout.JAVA_INT, 0);
  }

  /** Who is at the other end of a Unix socket, as this process sees it; 0 if unknown. */
  public int peerProcess() {
    LENGTH.set(ValueLayout.JAVA_INT, 0, 12); // struct ucred
    VALUE.set(ValueLayout.JAVA_INT, 0, 0);
    GETSOCKOPT.call(fd, SOL_SOCKET, SO_PEERCRED, VALUE.address(), LENGTH.address(), 0);
    return VALUE.get(ValueLayout.JAVA_INT, 0);
  }

  /** Whether closing it resets its connection: something is unread, or SO_LINGER says so. */
  public boolean resetsAtClose() {
    LENGTH.set(ValueLayout.JAVA_INT, 0, 8); // struct linger { int l_onoff; int l_linger; }
    VALUE.set(ValueLayout.JAVA_LONG, 0, 0);
    GETSOCKOPT.call(fd, SOL_SOCKET, SO_LINGER, VALUE.address(), LENGTH.address(), 0);
    if (VALUE.get(ValueLayout.JAVA_LONG, 0) == 1) { // on, 0 seconds
      return true;
    }
    VALUE.set(ValueLayout.JAVA_INT, 0, 0);
    IOCTL.call(fd, FIONREAD, VALUE.address());
    return VALUE.get(ValueLayout.JAVA_INT, 0) > 0;
  }

  /** Its network namespace; 0 if this kernel does not say (before 5.14). */
  public long network() {
    LENGTH.set(ValueLayout.JAVA_INT, 0, 8);
    VALUE.set(ValueLayout.JAVA_LONG, 0, 0);
    GETSOCKOPT.call(fd, SOL_SOCKET, SO_NETNS_COOKIE, VALUE.address(), LENGTH.address(), 0);
    return VALUE.get(ValueLayout.JAVA_LONG, 0);
  }

  /** The number of its inode. */
  public long inode() {
    STAT.set(ValueLayout.JAVA_LONG, STAT_INODE, 0);
    FSTAT.call(fd, STAT.address());
    return STAT.get(ValueLayout.JAVA_LONG, STAT_INODE);
  }

  /**
   * The local address.
   *
   * @return valid until the next call; all zero if there is none
   */
  public ByteBuffer localAddress() {
    return address(GETSOCKNAME);
  }

  /** The same of the remote end. */
  public ByteBuffer remoteAddress() {
    return address(GETPEERNAME);
  }

  private ByteBuffer address(NativeFunction function) {
    ADDRESS.fill((byte) 0);
    LENGTH.set(ValueLayout.JAVA_INT, 0, SIZE_OF_ADDRESS);
    if ((int) function.call(fd, ADDRESS.address(), LENGTH.address()) < 0) {
      ADDRESS.fill((byte) 0);
      LENGTH.set(ValueLayout.JAVA_INT, 0, 0);
    }
    return ADDRESS_BYTES;
  }

  /** How long the address is that was returned last. */
  public int addressLength() {
    return Math.clamp(LENGTH.get(ValueLayout.JAVA_INT, 0), 0, SIZE_OF_ADDRESS);
  }

  /**
   * The struct tcp_info.
   *
   * @return valid until the next call; zero where the kernel has less, all zero if it is none of
   *     TCP
   */
  public ByteBuffer tcpInfo() {
    INFO.fill((byte) 0);
    LENGTH.set(ValueLayout.JAVA_INT, 0, SIZE_OF_TCP_INFO);
    GETSOCKOPT.call(fd, IPPROTO_TCP, TCP_INFO, INFO.address(), LENGTH.address(), 0);
    return INFO_BYTES;
  }

  @Override
  public void close() {
    CLOSE.call(fd);
  }
}
