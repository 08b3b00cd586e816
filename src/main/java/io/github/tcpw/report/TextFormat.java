// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

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
import io.github.tcpw.linux.Inet6Text;
import io.github.tcpw.linux.LocalTime;
import java.nio.charset.StandardCharsets;

/**
 * Says an event in one line of text, as docs/output.md describes it.
 *
 * <p>Not thread-safe.
 */
public final class TextFormat {
  private static final long NANOS = 1_000_000_000;
  private static final int SOCK_DGRAM = 2;

  private final LocalTime time = new LocalTime("%Y/%m/%d %H:%M:%S");
  private final Inet6Text local6 = new Inet6Text();
  private final Inet6Text remote6 = new Inet6Text();
  private final StringBuilder line = new StringBuilder(256);

  /** The line, in UTF-8, with its newline. */
  public byte[] format(SocketEvent event) {
    line.setLength(0);
    Origin origin = event.origin();
    line.append(time.format(Math.floorDiv(origin.time(), NANOS)))
        .append(" tcpw: pid=")
        .append(origin.pid())
        .append(" comm=");
    Escape.append(line, origin.comm());
    line.append(" af=").append(Families.name(event.family())).append(" proto=");
    if (event instanceof InetEvent inet) {
      appendProtocol(inet.protocol());
      line.append(' ');
      append(inet.local(), local6);
      line.append(arrow(inet));
      append(inet.remote(), remote6);
    } else if (event instanceof UnixEvent unix) {
      line.append(Families.unixProtocol(unix.type())).append(" path=");
      appendPath(unix);
    } else if (event instanceof OtherEvent other) {
      appendProtocol(other.protocol());
    }
    if (event.error() != 0) {
      line.append(" error=").append(Errno.name(event.error()));
    }
    return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  // The kernel's own word, but read through a socket that may be gone meanwhile, or from a module.
  private void appendProtocol(String protocol) {
    Escape.append(line, new UntrustedText(protocol));
  }

  private static String arrow(InetEvent event) {
    if (event.type() == SOCK_DGRAM) {
      return " -- ";
    }
    return event.call() == SocketCall.CONNECT ? " -> " : " <- ";
  }

  private void append(Endpoint endpoint, Inet6Text inet6) {
    if (endpoint.address() instanceof IpAddress.V4 v4) {
      int bits = v4.bits();
      line.append(bits >>> 24)
          .append('.')
          .append(bits >> 16 & 0xff)
          .append('.')
          .append(bits >> 8 & 0xff)
          .append('.')
          .append(bits & 0xff);
    } else if (endpoint.address() instanceof IpAddress.V6 v6) {
      line.append('[').append(inet6.format(v6.high(), v6.low())).append(']');
    }
    line.append(':').append(endpoint.port());
  }

  /** A file whose name begins like an abstract one has that @ escaped. */
  private void appendPath(UnixEvent unix) {
    String path = unix.path().bytes();
    if (unix.isAbstract()) {
      line.append('@');
    } else if (path.startsWith("@")) {
      line.append("\\x40");
      path = path.substring(1);
    }
    Escape.append(line, new UntrustedText(path));
  }
}
