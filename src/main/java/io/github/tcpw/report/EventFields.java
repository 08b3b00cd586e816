// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.event.VsockSocket;
import io.github.tcpw.linux.Errno;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An event as named fields: what JSON and CSV are made of (docs/tcpw-events.schema.json).
 *
 * <p>All events of a kind have the same fields in the same order.
 *
 * <p>Not thread-safe.
 */
final class EventFields {
  /** Of what the fields are called and mean; a new field does not change it. */
  static final int VERSION = 1;

  private final IpText localIp = new IpText();
  private final IpText remoteIp = new IpText();
  private final UtcTime time = new UtcTime();

  /** Hands over all fields of the event. */
  void write(SocketEvent event, FieldWriter fields) throws IOException {
    fields.number("v", VERSION);
    fields.text("event", Steps.name(event.step()));
    fields.text("time", time.format(event.origin().time()));
    fields.number("pid", event.origin().pid());
    fields.text("comm", escaped(event.origin().comm()));
    writeSocket(event.socket(), fields);
    writeStep(event.step(), fields);
  }

  private void writeSocket(Socket socket, FieldWriter fields) throws IOException {
    fields.text("family", Families.name(socket.family()));
    fields.text("type", Families.typeName(socket.type()));
    fields.text("protocol", protocol(socket));
    fields.number("inode", socket.inode() == 0 ? Step.UNKNOWN : socket.inode());
    if (socket instanceof InetSocket inet) {
      fields.text("direction", direction(inet.direction()));
      writeEnd("local", inet.local(), localIp, fields);
      writeEnd("remote", inet.remote(), remoteIp, fields);
    } else if (socket instanceof VsockSocket vsock) {
      fields.text("direction", direction(vsock.direction()));
      writeEnd("local", vsock.local(), fields);
      writeEnd("remote", vsock.remote(), fields);
    } else {
      fields.text("direction", null);
      fields.none("local");
      fields.none("remote");
    }
    writeUnix(socket instanceof UnixSocket unix ? unix : null, fields);
  }

  private static void writeUnix(@Nullable UnixSocket unix, FieldWriter fields) throws IOException {
    if (unix == null) {
      fields.text("path", null);
      fields.flag("abstract", null);
      fields.none("peer");
      return;
    }
    boolean isNamed = unix.isAbstract() || !unix.path().bytes().isEmpty();
    fields.text("path", isNamed ? escaped(unix.path()) : null);
    fields.flag("abstract", unix.isAbstract());
    UnixSocket.Peer peer = unix.peer();
    if (peer == null) {
      fields.none("peer");
    } else {
      fields.begin("peer");
      fields.number("pid", peer.pid());
      fields.text("comm", escaped(peer.comm()));
      fields.end();
    }
  }

  private static void writeEnd(String name, Endpoint end, IpText ip, FieldWriter fields)
      throws IOException {
    if (end.isUnspecified()) {
      fields.none(name);
      return;
    }
    StringBuilder address = new StringBuilder();
    ip.append(address, end.address());
    fields.begin(name);
    fields.text("address", address.toString());
    fields.number("port", end.port());
    fields.end();
  }

  private static void writeEnd(String name, VsockSocket.End end, FieldWriter fields)
      throws IOException {
    if (end.isUnspecified()) {
      fields.none(name);
      return;
    }
    fields.begin(name);
    fields.number("cid", end.cid() == VsockSocket.End.ANY ? Step.UNKNOWN : end.cid());
    fields.number("port", end.port() == VsockSocket.End.ANY ? Step.UNKNOWN : end.port());
    fields.end();
  }

  private static void writeStep(Step step, FieldWriter fields) throws IOException {
    if (step instanceof Step.Connect connect) {
      fields.text("error", error(connect.error()));
      fields.number("after_ns", connect.after());
    } else if (step instanceof Step.Established established) {
      fields.number("after_ns", established.after());
    } else if (step instanceof Step.Failed failed) {
      fields.text("error", error(failed.error()));
      fields.number("after_ns", failed.after());
    } else if (step instanceof Step.Listen listen) {
      fields.number("backlog", listen.backlog());
    } else if (step instanceof Step.Datagram datagram) {
      fields.flag("outgoing", datagram.isOutgoing());
    } else if (step instanceof Step.Found found) {
      fields.text("state", found.state() == 0 ? null : Steps.stateName(found.state()));
    } else if (step instanceof Step.Close close) {
      writeClose(close, fields);
    }
  }

  private static void writeClose(Step.Close close, FieldWriter fields) throws IOException {
    fields.text("ended", close.ending().word());
    fields.number("duration_ns", close.duration());
    Step.Traffic traffic = close.traffic();
    fields.number("bytes_sent", traffic.sent());
    fields.number("bytes_received", traffic.received());
    fields.number("datagrams_sent", traffic.datagramsSent());
    fields.number("datagrams_received", traffic.datagramsReceived());
    fields.number("rtt_ns", traffic.roundTrip());
    fields.number("retransmits", traffic.retransmits());
  }

  private static String protocol(Socket socket) {
    if (socket instanceof InetSocket inet) {
      return escaped(new UntrustedText(inet.protocol()));
    } else if (socket instanceof OtherSocket other) {
      return escaped(new UntrustedText(other.protocol()));
    } else if (socket instanceof UnixSocket) {
      return Families.unixProtocol(socket.type());
    }
    return Families.VSOCK_PROTOCOL;
  }

  /** {@code out} or {@code in}; null if there is none. */
  static @Nullable String direction(Direction direction) {
    if (direction == Direction.NONE) {
      return null;
    }
    return direction == Direction.OUTGOING ? "out" : "in";
  }

  private static @Nullable String error(int error) {
    return error == 0 ? null : Errno.name(error);
  }

  private static String escaped(UntrustedText text) {
    return Escape.word(text.bytes());
  }
}
