// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.event.VsockSocket;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.LocalTime;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says an event in one line of text, as docs/output.md describes it.
 *
 * <p>Not thread-safe.
 */
public final class TextFormat implements Format {
  private static final long NANOS = 1_000_000_000;
  private static final int SOCK_DGRAM = 2;
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private final boolean lifecycle;
  private final boolean colour;
  private final TimeStyle style;
  private final @Nullable LocalTime wall; // null if the style is another
  private final IpText localIp = new IpText();
  private final IpText remoteIp = new IpText();
  private final StringBuilder line = new StringBuilder(256);

  /** What RELATIVE and DELTA count from; of DELTA, the line before. */
  private long since;

  private boolean isFirst = true;

  /**
   * A format.
   *
   * @param lifecycle whether each line says which step of a socket's life it is
   * @param colour whether failures are red
   * @param start when tracing began, in nanoseconds since the epoch
   */
  public TextFormat(boolean lifecycle, TimeStyle time, boolean colour, long start) {
    this.lifecycle = lifecycle;
    this.colour = colour;
    style = time;
    wall = time == TimeStyle.WALL ? new LocalTime("%Y/%m/%d %H:%M:%S") : null;
    since = start;
  }

  @Override
  public byte[] header() {
    return new byte[0];
  }

  /** The line, in UTF-8, with its newline. */
  @Override
  public byte[] format(SocketEvent event) {
    line.setLength(0);
    Origin origin = event.origin();
    Socket socket = event.socket();
    Step step = event.step();
    appendTime(origin.time());
    line.append("tcpw: pid=").append(origin.pid()).append(" comm=");
    Escape.append(line, origin.comm());
    line.append(" af=").append(Families.name(socket.family())).append(" proto=");
    if (socket instanceof InetSocket inet) {
      appendInet(inet, step);
    } else if (socket instanceof UnixSocket unix) {
      appendUnix(unix);
    } else if (socket instanceof VsockSocket vsock) {
      appendVsock(vsock, step);
    } else if (socket instanceof OtherSocket other) {
      appendProtocol(other.protocol());
    }
    if (lifecycle) {
      line.append(" event=").append(Steps.name(step));
    }
    appendStep(step);
    return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A table. */
  @Override
  public List<byte[]> summary(List<SummaryRow> rows, int width) {
    List<byte[]> lines = new ArrayList<>();
    for (String row : SummaryTable.lines(rows, width)) {
      lines.add((row + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return lines;
  }

  private void appendTime(long time) {
    if (wall != null) {
      line.append(wall.format(Math.floorDiv(time, NANOS))).append(' ');
    } else if (style == TimeStyle.RELATIVE) {
      appendSeconds(time - since);
    } else if (style == TimeStyle.DELTA) {
      appendSeconds(isFirst ? 0 : time - since);
      since = time;
      isFirst = false;
    }
  }

  private void appendSeconds(long nanos) {
    if (nanos < 0) { // found before tracing began; or from another processor
      line.append('-');
    }
    long micros = Math.abs(nanos / 1_000);
    line.append(micros / 1_000_000).append('.');
    Padded.append(line, micros % 1_000_000, 1_000_000);
    line.append(' ');
  }

  // The kernel's own word, but read through a socket that may be gone meanwhile, or from a module.
  private void appendProtocol(String protocol) {
    Escape.append(line, new UntrustedText(protocol));
  }

  private void appendInet(InetSocket socket, Step step) {
    appendProtocol(socket.protocol());
    line.append(' ');
    localIp.append(line, socket.local());
    if (hasRemote(step) || !socket.remote().isUnspecified()) {
      appendArrow(socket.type(), socket.direction(), step);
      remoteIp.append(line, socket.remote());
    }
  }

  private void appendVsock(VsockSocket socket, Step step) {
    line.append(Families.VSOCK_PROTOCOL).append(' ');
    VsockText.append(line, socket.local());
    if (hasRemote(step) || !socket.remote().isUnspecified()) {
      appendArrow(socket.type(), socket.direction(), step);
      VsockText.append(line, socket.remote());
    }
  }

  /** Whether the step is one between two ends, even if one of them is not known. */
  private static boolean hasRemote(Step step) {
    return step instanceof Step.Connect
        || step instanceof Step.Accept
        || step instanceof Step.Failed;
  }

  private void appendArrow(int type, Direction direction, Step step) {
    if (type != SOCK_DGRAM) {
      line.append(' ').append(arrow(direction)).append(' ');
    } else if (lifecycle && step instanceof Step.Datagram datagram) {
      line.append(datagram.isOutgoing() ? " -> " : " <- ");
    } else {
      line.append(" -- ");
    }
  }

  /** The arrow between the local and the remote end. */
  static String arrow(Direction direction) {
    if (direction == Direction.OUTGOING) {
      return "->";
    }
    return direction == Direction.INCOMING ? "<-" : "--";
  }

  private void appendUnix(UnixSocket socket) {
    line.append(Families.unixProtocol(socket.type())).append(" path=");
    UnixText.appendPath(line, socket);
    UnixSocket.Peer peer = socket.peer();
    if (lifecycle && peer != null) {
      line.append(" peer=").append(peer.pid()).append('/');
      Escape.append(line, peer.comm());
    }
  }

  private void appendStep(Step step) {
    if (step instanceof Step.Connect connect) {
      appendError(connect.error());
      if (lifecycle || connect.error() != 0) {
        appendDuration(" after=", connect.after());
      }
    } else if (step instanceof Step.Failed failed) {
      appendError(failed.error());
      appendDuration(" after=", failed.after());
    } else if (step instanceof Step.Found found) {
      if (found.state() != 0) {
        line.append(" state=").append(Steps.stateName(found.state()));
      }
    } else if (lifecycle) {
      appendLifecycleStep(step);
    }
  }

  private void appendLifecycleStep(Step step) {
    if (step instanceof Step.Established established) {
      appendDuration(" after=", established.after());
    } else if (step instanceof Step.Listen listen) {
      line.append(" backlog=").append(listen.backlog());
    } else if (step instanceof Step.Close close) {
      appendEnding(close.ending());
      appendDuration(" duration=", close.duration());
      Step.Traffic traffic = close.traffic();
      appendCount(" sent=", traffic.sent());
      appendCount(" received=", traffic.received());
      appendCount(" datagrams-sent=", traffic.datagramsSent());
      appendCount(" datagrams-received=", traffic.datagramsReceived());
      appendDuration(" rtt=", traffic.roundTrip());
      appendCount(" retransmits=", traffic.retransmits());
    }
  }

  private void appendError(int error) {
    if (error != 0) {
      line.append(' ');
      appendWord("error=", Errno.name(error), true);
    }
  }

  private void appendEnding(Ending ending) {
    line.append(' ');
    boolean isFailure =
        ending == Ending.RST_BY_US || ending == Ending.RST_BY_PEER || ending == Ending.TIMEOUT;
    appendWord("ended=", ending.word(), isFailure);
  }

  private void appendWord(String key, String word, boolean isFailure) {
    if (colour && isFailure) {
      line.append(RED).append(key).append(word).append(PLAIN);
    } else {
      line.append(key).append(word);
    }
  }

  private void appendDuration(String key, long nanos) {
    if (nanos >= 0) {
      line.append(key);
      Milliseconds.append(line, nanos);
    }
  }

  private void appendCount(String key, long count) {
    if (count >= 0) {
      line.append(key).append(count);
    }
  }
}
