// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.linux.ForeignSocket;
import io.github.tcpw.linux.ProcFile;
import io.github.tcpw.linux.SocketDiagnosis;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Sockets as the kernel's socket diagnosis tells of them, found by their inode: for where no
 * descriptor may be borrowed. It is of tcpw's own network namespace alone; to enter another one
 * takes privilege (setns(2)).
 */
final class DiagnosedSockets {
  // struct inet_diag_req_v2, linux/inet_diag.h
  static final int SIZE_OF_INET_REQUEST = 56;
  static final int REQUEST_EXTENSIONS = 2;
  static final int REQUEST_STATES = 4;
  static final int REQUEST_ID = 8;
  static final int SIZE_OF_ID = 48;
  static final int INET_DIAG_INFO = 2;

  // struct inet_diag_msg
  static final int SIZE_OF_INET_ANSWER = 72;
  static final int INET_STATE = 1;
  static final int INET_ID = 4; // struct inet_diag_sockid
  static final int INET_LOCAL_PORT = 4;
  static final int INET_REMOTE_PORT = 6;
  static final int INET_LOCAL_ADDRESS = 8;
  static final int INET_REMOTE_ADDRESS = 24;
  static final int INET_RECEIVE_QUEUE = 56;
  static final int INET_INODE = 68;

  // struct unix_diag_req, struct unix_diag_msg, linux/unix_diag.h
  static final int SIZE_OF_UNIX_REQUEST = 24;
  static final int UNIX_REQUEST_STATES = 4;
  static final int UNIX_REQUEST_INODE = 8;
  static final int UNIX_REQUEST_SHOW = 12;
  static final int UNIX_REQUEST_COOKIE = 16;
  static final int UDIAG_SHOW_NAME = 1;
  static final int SIZE_OF_UNIX_ANSWER = 16;
  static final int UNIX_TYPE = 1;
  static final int UNIX_DIAG_NAME = 0;

  private @Nullable SocketDiagnosis diagnosis;
  private String network = "";
  private boolean isOpened;

  /** Reads a socket; null if this does not tell of it. */
  @Nullable SocketState read(
      Tracee tracee,
      Protocol protocol,
      long inode,
      Direction direction,
      @Nullable ByteBuffer given,
      boolean withState) {
    SocketDiagnosis asked = diagnosis();
    if (asked == null || !isInOurNetwork(tracee)) {
      return null;
    }
    if (protocol.family() == Addresses.AF_UNIX) {
      return unix(asked, inode, given);
    }
    return switch (protocol.number()) {
      case Protocol.IPPROTO_TCP, Protocol.IPPROTO_UDP, Protocol.IPPROTO_UDPLITE -> {
        ByteBuffer answer = find(asked, protocol, inode);
        yield answer == null ? null : inet(asked, answer, protocol, inode, direction, withState);
      }
      default -> null;
    };
  }

  private boolean isInOurNetwork(Tracee tracee) {
    return !network.isEmpty()
        && network.equals(ProcFile.readLink("/proc/" + tracee.thread() + "/ns/net"));
  }

  private @Nullable SocketDiagnosis diagnosis() {
    if (!isOpened) {
      isOpened = true;
      network = ProcFile.readLink("/proc/self/ns/net");
      diagnosis = SocketDiagnosis.open();
    }
    return diagnosis;
  }

  private static ByteBuffer request(int size, int family, int protocol) {
    return ByteBuffer.allocate(size)
        .order(ByteOrder.nativeOrder())
        .put(0, (byte) family)
        .put(1, (byte) protocol);
  }

  /** The kernel does not look for inodes: it tells of all sockets. */
  private static @Nullable ByteBuffer find(SocketDiagnosis asked, Protocol protocol, long inode) {
    ByteBuffer request = request(SIZE_OF_INET_REQUEST, protocol.family(), protocol.number());
    request.putInt(REQUEST_STATES, -1);
    ByteBuffer answer = asked.find(request, INET_INODE, inode);
    return answer == null || answer.limit() < SIZE_OF_INET_ANSWER ? null : answer;
  }

  private static SocketState inet(
      SocketDiagnosis asked,
      ByteBuffer answer,
      Protocol protocol,
      long inode,
      Direction direction,
      boolean withState) {
    InetSocket socket =
        new InetSocket(
            inode,
            protocol.family(),
            protocol.type(),
            protocol.name(),
            end(answer, protocol.family(), INET_LOCAL_PORT, INET_LOCAL_ADDRESS),
            end(answer, protocol.family(), INET_REMOTE_PORT, INET_REMOTE_ADDRESS),
            direction);
    boolean isTcp = protocol.number() == Protocol.IPPROTO_TCP;
    int state = isTcp ? answer.get(INET_STATE) : 0;
    TcpInfo info = isTcp && withState ? info(asked, answer, protocol) : null;
    return new SocketState(
        socket,
        protocol.number(),
        state,
        info == null ? Step.Traffic.NONE_KNOWN : info.traffic(),
        info == null ? Step.UNKNOWN : info.answer(),
        isTcp && state != SocketState.LISTEN && answer.getInt(INET_RECEIVE_QUEUE) != 0);
  }

  /** Asked for of this one alone: of all it would be much. */
  private static @Nullable TcpInfo info(
      SocketDiagnosis asked, ByteBuffer answer, Protocol protocol) {
    ByteBuffer request = request(SIZE_OF_INET_REQUEST, protocol.family(), protocol.number());
    request.put(REQUEST_EXTENSIONS, (byte) (1 << (INET_DIAG_INFO - 1)));
    request.putInt(REQUEST_STATES, -1);
    request.put(REQUEST_ID, answer, INET_ID, SIZE_OF_ID);
    ByteBuffer whole = asked.get(request);
    ByteBuffer info =
        whole == null
            ? null
            : SocketDiagnosis.attribute(whole, SIZE_OF_INET_ANSWER, INET_DIAG_INFO);
    if (info == null) {
      return null;
    }
    byte[] bytes = new byte[ForeignSocket.SIZE_OF_TCP_INFO];
    info.get(0, bytes, 0, Math.min(bytes.length, info.limit()));
    return new TcpInfo(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
  }

  private static Endpoint end(ByteBuffer answer, int family, int port, int address) {
    // As a struct sockaddr_in or sockaddr_in6 has them.
    ByteBuffer bytes = ByteBuffer.allocate(28).order(ByteOrder.nativeOrder());
    bytes.putShort(0, (short) family).put(2, answer, port, 2);
    if (family == Addresses.AF_INET) {
      bytes.put(4, answer, address, 4);
    } else {
      bytes.put(8, answer, address, 16);
    }
    return Addresses.endpoint(bytes, family);
  }

  private static @Nullable SocketState unix(
      SocketDiagnosis asked, long inode, @Nullable ByteBuffer given) {
    ByteBuffer request = request(SIZE_OF_UNIX_REQUEST, Addresses.AF_UNIX, 0);
    request
        .putInt(UNIX_REQUEST_STATES, -1)
        .putInt(UNIX_REQUEST_INODE, (int) inode)
        .putInt(UNIX_REQUEST_SHOW, UDIAG_SHOW_NAME)
        .putLong(UNIX_REQUEST_COOKIE, -1); // any
    ByteBuffer answer = asked.get(request);
    if (answer == null || answer.limit() < SIZE_OF_UNIX_ANSWER) {
      return null;
    }
    ByteBuffer address = given == null ? name(answer) : given;
    return new SocketState(
        new UnixSocket(
            inode,
            Addresses.AF_UNIX,
            answer.get(UNIX_TYPE),
            Addresses.path(address, address.limit()),
            Addresses.isAbstract(address, address.limit()),
            null),
        0,
        0,
        Step.Traffic.NONE_KNOWN,
        Step.UNKNOWN,
        false);
  }

  /** As a struct sockaddr_un. */
  private static ByteBuffer name(ByteBuffer answer) {
    ByteBuffer name = SocketDiagnosis.attribute(answer, SIZE_OF_UNIX_ANSWER, UNIX_DIAG_NAME);
    byte[] bytes = new byte[2 + (name == null ? 0 : name.limit())];
    if (name != null) {
      name.get(0, bytes, 2, bytes.length - 2);
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }
}
