// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetEvent;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.OtherEvent;
import io.github.tcpw.event.SocketCall;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.UnixEvent;
import io.github.tcpw.event.UntrustedText;
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
  static final int PID = 8;
  static final int RESULT = 12;
  static final int KIND = 16;
  static final int FAMILY = 18;
  static final int TYPE = 20;
  static final int COMM = 24;
  static final int COMM_SIZE = 16;
  static final int PROTO = 40;
  static final int PROTO_SIZE = 32;
  static final int SIZE_OF_EVENT = 72;
  // struct inet_event
  static final int LOCAL = 72;
  static final int REMOTE = 88;
  static final int LOCAL_PORT = 104;
  static final int REMOTE_PORT = 106;
  static final int SIZE_OF_INET_EVENT = 112;
  // struct unix_event
  static final int PATH_LENGTH = 72;
  static final int PATH = 74;
  static final int PATH_SIZE = 108;
  static final int SIZE_OF_UNIX_EVENT = 184;

  static final int EVENT_CONNECT = 1;
  static final int EVENT_ACCEPT = 2;

  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

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
    if (length < SIZE_OF_EVENT) {
      return null;
    }
    @Nullable SocketCall call = call(bytes.getShort(offset + KIND));
    if (call == null) {
      return null;
    }
    Origin origin =
        new Origin(
            clock.wallClock(bytes.getLong(offset + TIME)),
            bytes.getInt(offset + PID),
            new UntrustedText(string(bytes, offset + COMM, COMM_SIZE)));
    int family = Short.toUnsignedInt(bytes.getShort(offset + FAMILY));
    int type = Short.toUnsignedInt(bytes.getShort(offset + TYPE));
    int error = error(bytes.getInt(offset + RESULT));
    if (family == AF_INET || family == AF_INET6) {
      return length < SIZE_OF_INET_EVENT
          ? null
          : new InetEvent(
              origin,
              call,
              family,
              type,
              string(bytes, offset + PROTO, PROTO_SIZE),
              endpoint(bytes, family, offset + LOCAL, offset + LOCAL_PORT),
              endpoint(bytes, family, offset + REMOTE, offset + REMOTE_PORT),
              error);
    }
    if (family == AF_UNIX) {
      return length < SIZE_OF_UNIX_EVENT
          ? null
          : unixEvent(bytes, offset, origin, call, type, error);
    }
    return new OtherEvent(
        origin, call, family, type, string(bytes, offset + PROTO, PROTO_SIZE), error);
  }

  private static @Nullable SocketCall call(int kind) {
    if (kind == EVENT_CONNECT) {
      return SocketCall.CONNECT;
    }
    return kind == EVENT_ACCEPT ? SocketCall.ACCEPT : null;
  }

  private static int error(int result) {
    return result >= 0 || result == -Errno.EINPROGRESS ? 0 : -result;
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

  private UnixEvent unixEvent(
      ByteBuffer bytes, int offset, Origin origin, SocketCall call, int type, int error) {
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
    return new UnixEvent(origin, call, AF_UNIX, type, new UntrustedText(path), isAbstract, error);
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
