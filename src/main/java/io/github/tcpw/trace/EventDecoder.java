// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.event.VsockSocket;
import io.github.tcpw.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Turns the records of the ring buffer (src/main/bpf/event.h) into events.
 *
 * <p>It trusts no length or value in a record: what makes no sense is refused, never thrown at.
 */
public final class EventDecoder {
  // struct event; EventLayoutTest holds these numbers against the compiler's
  static final int TIME = 0;
  static final int AFTER = 8;
  static final int INODE = 16;
  static final int PID = 24;
  static final int RESULT = 28;
  static final int KIND = 32;
  static final int FAMILY = 34;
  static final int TYPE = 36;
  static final int DIRECTION = 40;
  static final int ENDING = 41;
  static final int COMM = 48;
  static final int COMM_SIZE = 16;
  static final int PROTO = 64;
  static final int PROTO_SIZE = 32;
  static final int SIZE_OF_EVENT = 96;
  // struct inet_event
  static final int LOCAL = 96;
  static final int REMOTE = 112;
  static final int LOCAL_PORT = 128;
  static final int REMOTE_PORT = 130;
  static final int SIZE_OF_INET_EVENT = 136;
  // struct close_event
  static final int SENT = 136;
  static final int RECEIVED = 144;
  static final int DATAGRAMS_SENT = 152;
  static final int DATAGRAMS_RECEIVED = 160;
  static final int ROUND_TRIP = 168;
  static final int RETRANSMITS = 176;
  static final int SIZE_OF_CLOSE_EVENT = 184;
  // struct unix_event
  static final int PEER_PID = 96;
  static final int PEER_COMM = 100;
  static final int PATH_LENGTH = 116;
  static final int PATH = 118;
  static final int PATH_SIZE = 108;
  static final int SIZE_OF_UNIX_EVENT = 232;
  // struct vsock_event
  static final int LOCAL_CID = 96;
  static final int LOCAL_VSOCK_PORT = 100;
  static final int REMOTE_CID = 104;
  static final int REMOTE_VSOCK_PORT = 108;
  static final int SIZE_OF_VSOCK_EVENT = 112;

  static final int EVENT_CONNECT = 1;
  static final int EVENT_ACCEPT = 2;
  static final int EVENT_ESTABLISHED = 3;
  static final int EVENT_FAILED = 4;
  static final int EVENT_LISTEN = 5;
  static final int EVENT_DATAGRAM = 6;
  static final int EVENT_FOUND = 7;
  static final int EVENT_SUBFLOW = 8;
  static final int EVENT_CLOSE = 9;

  static final int DIRECTION_OUTGOING = 1;
  static final int DIRECTION_INCOMING = 2;

  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_VSOCK = 40;

  private static final int MAX_ERRNO = 4095; // include/linux/err.h

  private static final Step ACCEPT = new Step.Accept();
  private static final Step SUBFLOW = new Step.Subflow();
  private static final Ending[] ENDINGS = Ending.values();

  private final EventClock clock;
  private final byte[] scratch = new byte[PATH_SIZE];

  /** A decoder of events whose times the clock understands. */
  public EventDecoder(EventClock clock) {
    this.clock = clock;
  }

  /**
   * Decodes one record.
   *
   * @param bytes the memory it lies in, in native byte order
   * @param offset where it begins
   * @param length its length in bytes
   * @return null if it is none that this version of tcpw knows
   */
  public @Nullable SocketEvent decode(ByteBuffer bytes, int offset, int length) {
    if (length < SIZE_OF_EVENT || bytes.getInt(offset + PID) < 0) {
      return null;
    }
    @Nullable Step step = step(bytes, offset, length);
    @Nullable Socket socket = socket(bytes, offset, length);
    if (step == null || socket == null) {
      return null;
    }
    Origin origin =
        new Origin(
            clock.wallClock(bytes.getLong(offset + TIME)),
            bytes.getInt(offset + PID),
            new UntrustedText(string(bytes, offset + COMM, COMM_SIZE)));
    return new SocketEvent(origin, socket, step);
  }

  private static @Nullable Step step(ByteBuffer bytes, int offset, int length) {
    int kind = bytes.getShort(offset + KIND);
    int result = bytes.getInt(offset + RESULT);
    long after = bytes.getLong(offset + AFTER);
    if (!makesSense(kind, result)) {
      return null;
    }
    return switch (kind) {
      case EVENT_CONNECT -> new Step.Connect(error(result), after);
      case EVENT_ACCEPT -> ACCEPT;
      case EVENT_ESTABLISHED -> new Step.Established(after);
      case EVENT_FAILED -> new Step.Failed(error(result), after);
      case EVENT_LISTEN -> new Step.Listen(result);
      case EVENT_DATAGRAM -> new Step.Datagram(result != 0);
      case EVENT_FOUND -> new Step.Found(result);
      case EVENT_SUBFLOW -> SUBFLOW;
      case EVENT_CLOSE -> {
        int ending = bytes.get(offset + ENDING);
        yield ending < 0 || ending >= ENDINGS.length
            ? null
            : new Step.Close(ENDINGS[ending], after, traffic(bytes, offset, length));
      }
      default -> null;
    };
  }

  private static boolean makesSense(int kind, int result) {
    return switch (kind) {
      case EVENT_CONNECT, EVENT_FAILED -> result >= -MAX_ERRNO;
      case EVENT_FOUND -> result >= 0;
      default -> true; // listen(2) takes any backlog
    };
  }

  private static int error(int result) {
    return result >= 0 || result == -Errno.EINPROGRESS ? 0 : -result;
  }

  private static Step.Traffic traffic(ByteBuffer bytes, int offset, int length) {
    int family = bytes.getShort(offset + FAMILY);
    return (family != AF_INET && family != AF_INET6) || length < SIZE_OF_CLOSE_EVENT
        ? Step.Traffic.NONE_KNOWN
        : new Step.Traffic(
            bytes.getLong(offset + SENT),
            bytes.getLong(offset + RECEIVED),
            bytes.getLong(offset + DATAGRAMS_SENT),
            bytes.getLong(offset + DATAGRAMS_RECEIVED),
            bytes.getLong(offset + ROUND_TRIP),
            bytes.getLong(offset + RETRANSMITS));
  }

  private @Nullable Socket socket(ByteBuffer bytes, int offset, int length) {
    long inode = bytes.getLong(offset + INODE);
    int family = Short.toUnsignedInt(bytes.getShort(offset + FAMILY));
    int type = Short.toUnsignedInt(bytes.getShort(offset + TYPE));
    if (family == AF_INET || family == AF_INET6) {
      return length < SIZE_OF_INET_EVENT
          ? null
          : new InetSocket(
              inode,
              family,
              type,
              string(bytes, offset + PROTO, PROTO_SIZE),
              endpoint(bytes, family, offset + LOCAL, offset + LOCAL_PORT),
              endpoint(bytes, family, offset + REMOTE, offset + REMOTE_PORT),
              direction(bytes, offset));
    }
    if (family == AF_UNIX) {
      return length < SIZE_OF_UNIX_EVENT ? null : unixSocket(bytes, offset, inode, type);
    }
    if (family == AF_VSOCK && length >= SIZE_OF_VSOCK_EVENT) {
      return new VsockSocket(
          inode,
          family,
          type,
          vsockEnd(bytes, offset + LOCAL_CID, offset + LOCAL_VSOCK_PORT),
          vsockEnd(bytes, offset + REMOTE_CID, offset + REMOTE_VSOCK_PORT),
          direction(bytes, offset));
    }
    return new OtherSocket(inode, family, type, string(bytes, offset + PROTO, PROTO_SIZE));
  }

  private static Direction direction(ByteBuffer bytes, int offset) {
    return switch (bytes.get(offset + DIRECTION)) {
      case DIRECTION_OUTGOING -> Direction.OUTGOING;
      case DIRECTION_INCOMING -> Direction.INCOMING;
      default -> Direction.NONE;
    };
  }

  private static VsockSocket.End vsockEnd(ByteBuffer bytes, int cid, int port) {
    return new VsockSocket.End(
        Integer.toUnsignedLong(bytes.getInt(cid)), Integer.toUnsignedLong(bytes.getInt(port)));
  }

  private static Endpoint endpoint(ByteBuffer bytes, int family, int address, int port) {
    return new Endpoint(
        family == AF_INET
            ? new IpAddress.V4(bigEndian(bytes, address))
            : new IpAddress.V6(
                (long) bigEndian(bytes, address) << 32
                    | Integer.toUnsignedLong(bigEndian(bytes, address + 4)),
                (long) bigEndian(bytes, address + 8) << 32
                    | Integer.toUnsignedLong(bigEndian(bytes, address + 12))),
        Short.toUnsignedInt(bytes.getShort(port)));
  }

  private static int bigEndian(ByteBuffer bytes, int offset) {
    return bytes.get(offset) << 24
        | (bytes.get(offset + 1) & 0xff) << 16
        | (bytes.get(offset + 2) & 0xff) << 8
        | (bytes.get(offset + 3) & 0xff);
  }

  private UnixSocket unixSocket(ByteBuffer bytes, int offset, long inode, int type) {
    int given = Short.toUnsignedInt(bytes.getShort(offset + PATH_LENGTH));
    int length = Math.min(given, PATH_SIZE);
    boolean isAbstract = length > 0 && bytes.get(offset + PATH) == 0;
    // An abstract name is all bytes after its NUL (unix(7)), a path ends at the first NUL.
    String path;
    if (isAbstract) {
      bytes.get(offset + PATH + 1, scratch, 0, length - 1);
      path = new String(scratch, 0, length - 1, StandardCharsets.ISO_8859_1);
    } else {
      path = string(bytes, offset + PATH, length);
    }
    int peer = bytes.getInt(offset + PEER_PID);
    return new UnixSocket(
        inode,
        AF_UNIX,
        type,
        new UntrustedText(path),
        isAbstract,
        peer <= 0
            ? null
            : new UnixSocket.Peer(
                peer, new UntrustedText(string(bytes, offset + PEER_COMM, COMM_SIZE))));
  }

  private String string(ByteBuffer bytes, int offset, int size) {
    bytes.get(offset, scratch, 0, size);
    int length = 0;
    while (length < size && scratch[length] != 0) {
      length++;
    }
    return new String(scratch, 0, length, StandardCharsets.ISO_8859_1);
  }
}
