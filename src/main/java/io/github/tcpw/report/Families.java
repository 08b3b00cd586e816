// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

/** The names of address families and socket types (include/linux/socket.h, net.h). */
final class Families {
  /** The kernel's name of the protocol of AF_VSOCK (vsock_proto). */
  static final String VSOCK_PROTOCOL = "AF_VSOCK";

  private Families() {}

  /** {@code AF_INET}; {@code AF_99} for one without a name here. */
  static String name(int family) {
    return switch (family) {
      case 1 -> "AF_UNIX";
      case 2 -> "AF_INET";
      case 4 -> "AF_IPX";
      case 5 -> "AF_APPLETALK";
      case 9 -> "AF_X25";
      case 10 -> "AF_INET6";
      case 16 -> "AF_NETLINK";
      case 17 -> "AF_PACKET";
      case 21 -> "AF_RDS";
      case 24 -> "AF_PPPOX";
      case 26 -> "AF_LLC";
      case 29 -> "AF_CAN";
      case 30 -> "AF_TIPC";
      case 31 -> "AF_BLUETOOTH";
      case 33 -> "AF_RXRPC";
      case 35 -> "AF_PHONET";
      case 37 -> "AF_CAIF";
      case 38 -> "AF_ALG";
      case 39 -> "AF_NFC";
      case 40 -> "AF_VSOCK";
      case 41 -> "AF_KCM";
      case 42 -> "AF_QIPCRTR";
      case 43 -> "AF_SMC";
      case 44 -> "AF_XDP";
      case 45 -> "AF_MCTP";
      default -> "AF_" + family;
    };
  }

  /** The protocol of a Unix socket; older kernels name all of them just UNIX. */
  static String unixProtocol(int type) {
    return switch (type) {
      case 1 -> "UNIX-STREAM";
      case 2 -> "UNIX-DGRAM";
      case 5 -> "UNIX-SEQPACKET";
      default -> "UNIX";
    };
  }

  /** {@code stream} for SOCK_STREAM; a number for a type without a name here. */
  static String typeName(int type) {
    return switch (type) {
      case 1 -> "stream";
      case 2 -> "dgram";
      case 5 -> "seqpacket";
      default -> Integer.toString(type);
    };
  }
}
