// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.event.VsockSocket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts events for each process and remote endpoint, at most 10,000 of these; what is beyond is
 * counted together.
 *
 * <p>Sockets that connected, and those of datagrams, are told apart by their remote address and
 * port, accepted ones by the remote address and the local port, Unix sockets by their path.
 *
 * <p>Traffic and most latencies are known only if the events of the whole lifecycle come here, also
 * where they are not shown.
 */
final class Summary {
  private static final int MAXIMUM = 10_000;
  private static final int SOCK_DGRAM = 2;

  private final int maximum;
  private final Map<String, SummaryRow> rows = new HashMap<>();
  private final SummaryRow other = new SummaryRow(null, Direction.NONE, null);
  private final IpText ip = new IpText();
  private boolean hasOther;

  Summary() {
    this(MAXIMUM);
  }

  Summary(int maximum) {
    this.maximum = maximum;
  }

  /** Counts an event. */
  void add(SocketEvent event) {
    Step step = event.step();
    if (isCounted(step)) {
      String endpoint = endpoint(event.socket(), step);
      if (endpoint != null) {
        String comm = Escape.word(event.origin().comm().bytes());
        row(comm, direction(event.socket()), endpoint).add(step);
      }
    }
  }

  private static boolean isCounted(Step step) {
    if (step instanceof Step.Found found) {
      return found.state() != Steps.LISTEN;
    } else if (step instanceof Step.Close close) {
      return close.traffic().sent() >= 0 || close.traffic().received() >= 0;
    }
    return !(step instanceof Step.Listen || step instanceof Step.Subflow);
  }

  private SummaryRow row(String comm, Direction direction, String endpoint) {
    String key = comm + ' ' + TextFormat.arrow(direction) + ' ' + endpoint;
    SummaryRow row = rows.get(key);
    if (row == null) {
      if (rows.size() >= maximum) {
        hasOther = true;
        return other;
      }
      row = new SummaryRow(comm, direction, endpoint);
      rows.put(key, row);
    }
    return row;
  }

  private static Direction direction(Socket socket) {
    if (socket.type() == SOCK_DGRAM) {
      return Direction.NONE;
    } else if (socket instanceof InetSocket inet) {
      return inet.direction();
    } else if (socket instanceof VsockSocket vsock) {
      return vsock.direction();
    }
    return Direction.NONE;
  }

  /** The other end, escaped; null if there is none, as of a socket that listens. */
  private @Nullable String endpoint(Socket socket, Step step) {
    StringBuilder text = new StringBuilder();
    boolean isIncoming = direction(socket) == Direction.INCOMING;
    if (socket instanceof InetSocket inet) {
      if (inet.remote().isUnspecified() && !isConnect(step)) {
        return noRemote(inet.type());
      } else if (isIncoming) {
        ip.appendBracketed(text, inet.remote().address());
        text.append(" (:").append(inet.local().port()).append(')');
      } else {
        ip.append(text, inet.remote());
      }
    } else if (socket instanceof VsockSocket vsock) {
      if (vsock.remote().isUnspecified() && !isConnect(step)) {
        return noRemote(vsock.type());
      } else if (isIncoming) {
        VsockText.appendNumber(text, vsock.remote().cid());
        VsockText.appendNumber(text.append(" (:"), vsock.local().port());
        text.append(')');
      } else {
        VsockText.append(text, vsock.remote());
      }
    } else if (socket instanceof UnixSocket unix) {
      UnixText.appendPath(text, unix);
      if (text.isEmpty()) {
        text.append("(unnamed)");
      }
    } else if (socket instanceof OtherSocket it) {
      Escape.append(text, new UntrustedText(it.protocol()));
    }
    return text.toString();
  }

  private static boolean isConnect(Step step) {
    return step instanceof Step.Connect || step instanceof Step.Failed;
  }

  /** Datagrams of a socket that talked to anybody; other sockets without a peer have no traffic. */
  private static @Nullable String noRemote(int type) {
    return type == SOCK_DGRAM ? "*" : null;
  }

  /** The most connections first, then by name; last what is beyond the maximum, if any is. */
  List<SummaryRow> rows() {
    List<SummaryRow> sorted = new ArrayList<>(rows.values());
    sorted.sort(
        Comparator.comparingLong(SummaryRow::connections)
            .reversed()
            .thenComparing(row -> String.valueOf(row.comm()))
            .thenComparing(row -> String.valueOf(row.endpoint()))
            .thenComparing(SummaryRow::direction));
    if (hasOther) {
      sorted.add(other);
    }
    return sorted;
  }
}
