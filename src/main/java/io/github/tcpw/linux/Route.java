// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Which local address the kernel chooses to talk to another: asked without sending anything. */
public final class Route {
  private static final NativeFunction SOCKET = NativeFunction.libc("socket");
  private static final NativeFunction CONNECT = NativeFunction.libc("connect");
  private static final NativeFunction GETSOCKNAME = NativeFunction.libc("getsockname");
  private static final NativeFunction GETSOCKOPT = NativeFunction.libc("getsockopt");
  private static final NativeFunction CLOSE = NativeFunction.libc("close");
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 02000000;

  private Route() {}

  /**
   * Asks.
   *
   * @param family of the socket
   * @param address a struct sockaddr
   * @param network what {@link ForeignSocket#network} says of the socket that asks
   * @return the local struct sockaddr; null if that network is not this process's, or has no way
   *     there
   */
  public static @Nullable ByteBuffer localAddress(int family, ByteBuffer address, long network) {
    int fd = (int) SOCKET.call(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment own = arena.allocate(ValueLayout.JAVA_LONG);
      length.set(ValueLayout.JAVA_INT, 0, 8);
      GETSOCKOPT.call(
          fd,
          ForeignSocket.SOL_SOCKET,
          ForeignSocket.SO_NETNS_COOKIE,
          own.address(),
          length.address(),
          0);
      if (own.get(ValueLayout.JAVA_LONG, 0) != network) {
        return null;
      }
      MemorySegment bytes = arena.allocate(ForeignSocket.SIZE_OF_ADDRESS, 8);
      MemorySegment.copy(
          MemorySegment.ofBuffer(address.duplicate().rewind()), 0, bytes, 0, address.limit());
      if ((int) CONNECT.call(fd, bytes.address(), address.limit()) < 0) {
        return null;
      }
      length.set(ValueLayout.JAVA_INT, 0, ForeignSocket.SIZE_OF_ADDRESS);
      GETSOCKNAME.call(fd, bytes.address(), length.address());
      return ByteBuffer.wrap(bytes.toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.nativeOrder());
    } finally {
      CLOSE.call(fd);
    }
  }
}
