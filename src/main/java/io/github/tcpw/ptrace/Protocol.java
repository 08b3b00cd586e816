// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import org.jspecify.annotations.Nullable;

/**
 * A protocol of sockets.
 *
 * @param name what the kernel calls it (struct proto)
 * @param list the file of /proc/PID/net that has its sockets; null: there is none, or not with
 *     inodes
 * @param family AF_*
 * @param type SOCK_*
 * @param number IPPROTO_*; 0 outside of AF_INET and AF_INET6
 */
record Protocol(String name, @Nullable String list, int family, int type, int number) {
  // linux/in.h
  static final int IPPROTO_TCP = 6;
  static final int IPPROTO_UDP = 17;
  private static final int IPPROTO_SCTP = 132;
  static final int IPPROTO_UDPLITE = 136;
  private static final int IPPROTO_MPTCP = 262;

  private static final Protocol[] ALL = {
    stream("TCP", "tcp", Addresses.AF_INET, IPPROTO_TCP),
    stream("TCPv6", "tcp6", Addresses.AF_INET6, IPPROTO_TCP),
    datagrams("UDP", "udp", Addresses.AF_INET, IPPROTO_UDP),
    datagrams("UDPv6", "udp6", Addresses.AF_INET6, IPPROTO_UDP),
    datagrams("UDP-Lite", "udplite", Addresses.AF_INET, IPPROTO_UDPLITE),
    datagrams("UDPLITEv6", "udplite6", Addresses.AF_INET6, IPPROTO_UDPLITE),
    stream("UNIX-STREAM", "unix", Addresses.AF_UNIX, 0),
    datagrams("UNIX", "unix", Addresses.AF_UNIX, 0), // or any, which the list says
    stream("MPTCP", null, Addresses.AF_INET, IPPROTO_MPTCP),
    stream("MPTCPv6", null, Addresses.AF_INET6, IPPROTO_MPTCP),
    stream("SCTP", null, Addresses.AF_INET, IPPROTO_SCTP),
    stream("SCTPv6", null, Addresses.AF_INET6, IPPROTO_SCTP),
    stream("AF_VSOCK", null, Addresses.AF_VSOCK, 0),
  };

  private static Protocol stream(String name, @Nullable String list, int family, int number) {
    return new Protocol(name, list, family, SocketState.SOCK_STREAM, number);
  }

  private static Protocol datagrams(String name, @Nullable String list, int family, int number) {
    return new Protocol(name, list, family, SocketState.SOCK_DGRAM, number);
  }

  /** The one that the kernel calls so; null: none that is known. */
  static @Nullable Protocol named(String name) {
    for (Protocol protocol : ALL) {
      if (protocol.name.equals(name)) {
        return protocol;
      }
    }
    return null;
  }

  /**
   * What the kernel calls one of AF_INET or AF_INET6; its number, if it is none that is known.
   *
   * @param number IPPROTO_*
   */
  static String nameOf(int number, int family) {
    for (Protocol protocol : ALL) {
      if (protocol.number == number && protocol.family == family) {
        return protocol.name;
      }
    }
    return Integer.toString(number);
  }
}
