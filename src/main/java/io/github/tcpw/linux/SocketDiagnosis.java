// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel about the sockets of this process's network namespace (sock_diag(7)), whoever has
 * them. Not thread-safe.
 */
public final class SocketDiagnosis {
  private static final NativeFunction SOCKET = NativeFunction.libc("socket");
  private static final NativeFunction CONNECT = NativeFunction.libc("connect");
  private static final NativeFunction SEND = NativeFunction.libc("send");
  private static final NativeFunction RECV = NativeFunction.libc("recv");

  static final int AF_NETLINK = 16;
  static final int SOCK_RAW_CLOEXEC = 3 | 02000000;
  static final int NETLINK_SOCK_DIAG = 4;
  static final int SIZE_OF_SOCKADDR_NL = 12;

  // struct nlmsghdr { u32 len; u16 type; u16 flags; u32 seq; u32 pid; }, linux/netlink.h
  static final int SIZE_OF_HEADER = 16;
  static final int NLM_F_REQUEST = 1;
  static final int NLM_F_DUMP = 0x300;
  static final int NLMSG_ERROR = 2;
  static final int NLMSG_DONE = 3;
  static final int SOCK_DIAG_BY_FAMILY = 20; // linux/sock_diag.h

  // struct nlattr { u16 len; u16 type; }
  static final int SIZE_OF_ATTRIBUTE = 4;

  private static final int SIZE_OF_BUFFER = 32768; // as the kernel makes its answers at most

  private final int fd;
  private final MemorySegment memory = Arena.global().allocate(SIZE_OF_BUFFER, 8);
  private final ByteBuffer bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());

  private SocketDiagnosis(int fd) {
    this.fd = fd;
  }

  /** Begins; null where the kernel or the container has no such thing. */
  public static @Nullable SocketDiagnosis open() {
    int fd = (int) SOCKET.call(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0) {
      return null;
    }
    SocketDiagnosis diagnosis = new SocketDiagnosis(fd);
    // Nobody but the kernel, whose address has no port, is to answer.
    diagnosis.memory.asSlice(0, SIZE_OF_SOCKADDR_NL).fill((byte) 0);
    diagnosis.bytes.putShort(0, (short) AF_NETLINK);
    if ((int) CONNECT.call(fd, diagnosis.memory.address(), SIZE_OF_SOCKADDR_NL) < 0) {
      Descriptor.close(fd);
      return null;
    }
    return diagnosis;
  }

  /**
   * Asks about one socket that the request names.
   *
   * @param request a struct inet_diag_req_v2 or unix_diag_req
   * @return the struct inet_diag_msg or unix_diag_msg, with its attributes behind it; null if there
   *     is none
   */
  public @Nullable ByteBuffer get(ByteBuffer request) {
    return ask(request, NLM_F_REQUEST, -1, 0);
  }

  /**
   * The same about all that the request matches, of which the one with this inode is wanted.
   *
   * @param offset of the inode in the answer, an int
   */
  public @Nullable ByteBuffer find(ByteBuffer request, int offset, long inode) {
    return ask(request, NLM_F_REQUEST | NLM_F_DUMP, offset, (int) inode);
  }

  private @Nullable ByteBuffer ask(ByteBuffer request, int flags, int offset, int inode) {
    int length = SIZE_OF_HEADER + request.limit();
    bytes
        .putInt(0, length)
        .putShort(4, (short) SOCK_DIAG_BY_FAMILY)
        .putShort(6, (short) flags)
        .putLong(8, 0)
        .put(SIZE_OF_HEADER, request, 0, request.limit());
    if (SEND.call(fd, memory.address(), length, 0) != length) {
      return null;
    }
    ByteBuffer found = null;
    boolean isWhole = (flags & NLM_F_DUMP) == 0;
    while (true) {
      int received = (int) RECV.call(fd, memory.address(), SIZE_OF_BUFFER, 0);
      if (received < 0 && NativeFunction.errno() == Errno.EINTR) {
        continue;
      }
      if (received < SIZE_OF_HEADER) {
        return found;
      }
      int size;
      for (int at = 0; at + SIZE_OF_HEADER <= received; at += (size + 3) & -4) {
        size = bytes.getInt(at);
        int type = bytes.getShort(at + 4);
        if (size < SIZE_OF_HEADER || size > received - at) {
          return found;
        }
        if (type == NLMSG_ERROR || type == NLMSG_DONE) {
          return found;
        }
        if (found == null
            && (offset < 0
                || (size >= SIZE_OF_HEADER + offset + 4
                    && bytes.getInt(at + SIZE_OF_HEADER + offset) == inode))) {
          byte[] answer = new byte[size - SIZE_OF_HEADER];
          bytes.get(at + SIZE_OF_HEADER, answer);
          found = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
        }
      }
      if (isWhole) {
        return found;
      }
    }
  }

  /**
   * An attribute of an answer.
   *
   * @param start where the attributes begin
   * @return null if the kernel did not say
   */
  public static @Nullable ByteBuffer attribute(ByteBuffer answer, int start, int type) {
    int size;
    for (int at = start; at + SIZE_OF_ATTRIBUTE <= answer.limit(); at += (size + 3) & -4) {
      size = Short.toUnsignedInt(answer.getShort(at));
      if (size < SIZE_OF_ATTRIBUTE || size > answer.limit() - at) {
        return null;
      }
      if (answer.getShort(at + 2) == type) {
        return answer
            .slice(at + SIZE_OF_ATTRIBUTE, size - SIZE_OF_ATTRIBUTE)
            .order(ByteOrder.nativeOrder());
      }
    }
    return null;
  }
}
