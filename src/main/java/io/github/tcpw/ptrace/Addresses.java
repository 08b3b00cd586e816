// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.event.VsockSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the addresses of the socket API: struct sockaddr_in and its like. */
final class Addresses {
  static final int AF_UNSPEC = 0;
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_NETLINK = 16;
  static final int AF_ALG = 38;
  static final int AF_VSOCK = 40;

  static final Endpoint NO_IPV4 = new Endpoint(new IpAddress.V4(0), 0);
  static final Endpoint NO_IPV6 = new Endpoint(new IpAddress.V6(0, 0), 0);

  private static final long MAPPED = 0xffff_0000_0000L; // RFC 4291, 2.5.5.2
  private static final int UNIX_PATH_MAX = 108;

  private Addresses() {}

  /** The end that is none, for a socket of this family. */
  static Endpoint none(int family) {
    return family == AF_INET6 ? NO_IPV6 : NO_IPV4;
  }

  /** The address family. */
  static int family(ByteBuffer address) {
    return address.limit() < 2 ? -1 : Short.toUnsignedInt(address.getShort(0));
  }

  /**
   * The end that an address names.
   *
   * @param family the socket's own, which may be IPv6 where the address is of IPv4
   */
  static Endpoint endpoint(ByteBuffer address, int family) {
    int given = family(address);
    if (given == AF_INET && address.limit() >= 8) {
      int bits = bigEndian(address).getInt(4);
      return new Endpoint(
          family == AF_INET6
              ? new IpAddress.V6(0, MAPPED | Integer.toUnsignedLong(bits))
              : new IpAddress.V4(bits),
          port(address));
    }
    if (given == AF_INET6 && family == AF_INET) { // EAFNOSUPPORT
      return address.limit() >= 8 ? new Endpoint(NO_IPV4.address(), port(address)) : NO_IPV4;
    }
    if (given == AF_INET6 && address.limit() >= 24) {
      ByteBuffer bytes = bigEndian(address);
      return new Endpoint(new IpAddress.V6(bytes.getLong(8), bytes.getLong(16)), port(address));
    }
    return none(family);
  }

  private static int port(ByteBuffer address) {
    return Short.toUnsignedInt(bigEndian(address).getShort(2));
  }

  private static ByteBuffer bigEndian(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
  }

  /** Whether a struct sockaddr_un of this length names an abstract socket. */
  static boolean isAbstract(ByteBuffer address, int length) {
    return length > 2 && address.limit() > 2 && address.get(2) == 0;
  }

  /** The path or, without its NUL, the abstract name in a struct sockaddr_un. */
  static UntrustedText path(ByteBuffer address, int length) {
    int size = Math.min(Math.min(length, address.limit()) - 2, UNIX_PATH_MAX);
    if (size <= 0) {
      return new UntrustedText("");
    }
    byte[] path = new byte[size];
    address.get(2, path);
    int start = isAbstract(address, length) ? 1 : 0;
    int end = size;
    if (start == 0) {
      end = 0;
      while (end < size && path[end] != 0) {
        end++;
      }
    }
    return new UntrustedText(new String(path, start, end - start, StandardCharsets.ISO_8859_1));
  }

  /** The end in a struct sockaddr_vm. */
  static VsockSocket.End vsockEnd(ByteBuffer address) {
    return family(address) == AF_VSOCK && address.limit() >= 12
        ? new VsockSocket.End(
            Integer.toUnsignedLong(address.getInt(8)), Integer.toUnsignedLong(address.getInt(4)))
        : new VsockSocket.End(VsockSocket.End.ANY, VsockSocket.End.ANY);
  }
}
