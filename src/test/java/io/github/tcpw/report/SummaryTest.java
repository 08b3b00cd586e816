// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static io.github.tcpw.report.Events.LOCAL;
import static io.github.tcpw.report.Events.NONE;
import static io.github.tcpw.report.Events.NO_TRAFFIC;
import static io.github.tcpw.report.Events.REMOTE;
import static io.github.tcpw.report.Events.SOCK_STREAM;
import static io.github.tcpw.report.Events.close;
import static io.github.tcpw.report.Events.connected;
import static io.github.tcpw.report.Events.end;
import static io.github.tcpw.report.Events.event;
import static io.github.tcpw.report.Events.ipv4;
import static io.github.tcpw.report.Events.ipv6;
import static io.github.tcpw.report.Events.tcp;
import static io.github.tcpw.report.Events.tcp6;
import static io.github.tcpw.report.Events.udp;
import static io.github.tcpw.report.Events.unix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private final Summary summary = new Summary();

  @Test
  void nothingHappened() {
    assertThat(summary.rows()).isEmpty();
  }

  @Test
  void connectsAreToldApartByTheRemoteEnd() {
    add(event(tcp(Direction.OUTGOING, ipv4(127, 0, 0, 1, 1), REMOTE), connected()));
    add(event(tcp(Direction.OUTGOING, ipv4(127, 0, 0, 1, 2), REMOTE), connected()));
    add(event(tcp(Direction.OUTGOING, LOCAL, ipv4(127, 0, 0, 1, 80)), connected()));
    assertThat(endpoints())
        .containsExactly("2 curl OUTGOING 142.251.10.101:443", "1 curl OUTGOING 127.0.0.1:80");
  }

  /** The filter has let its connect, which was in progress, not pass. */
  @Test
  void aFailureWhoseBeginningIsNotShownIsAConnectionToo() {
    add(event(tcp(Direction.OUTGOING), new Step.Failed(111, 20)));
    add(event(tcp(Direction.OUTGOING), new Step.Connect(111, 20)));
    assertThat(endpoints()).containsExactly("2 curl OUTGOING 142.251.10.101:443");
    assertThat(summary.rows().getFirst().failed()).isEqualTo(2);
  }

  @Test
  void acceptedOnesAreToldApartByTheLocalPort() {
    add(
        event(
            tcp(Direction.INCOMING, ipv4(10, 0, 0, 1, 8080), ipv4(10, 0, 0, 7, 50001)),
            new Step.Accept()));
    add(
        event(
            tcp(Direction.INCOMING, ipv4(10, 0, 0, 1, 8080), ipv4(10, 0, 0, 7, 50002)),
            new Step.Accept()));
    add(event(tcp6(Direction.INCOMING, ipv6(0, 1, 8080), ipv6(0, 1, 50002)), new Step.Accept()));
    assertThat(endpoints())
        .containsExactly("2 curl INCOMING 10.0.0.7 (:8080)", "1 curl INCOMING [::1] (:8080)");
  }

  @Test
  void processesAreToldApart() {
    add(event("b", tcp(Direction.OUTGOING), connected()));
    add(event("a", tcp(Direction.OUTGOING), connected()));
    assertThat(endpoints())
        .containsExactly("1 a OUTGOING 142.251.10.101:443", "1 b OUTGOING 142.251.10.101:443");
  }

  @Test
  void otherSocketsHaveAnEndpointToo() {
    add(event(udp(REMOTE), new Step.Datagram(true)));
    add(event(unix("@x"), connected()));
    add(event(unix(SOCK_STREAM, "x y", true), connected()));
    add(event(unix(""), new Step.Accept()));
    add(event(Events.vsock(Direction.OUTGOING, end(2, 1024), end(3, 22)), connected()));
    add(event(Events.vsock(Direction.INCOMING, end(2, 22), end(3, 1025)), new Step.Accept()));
    add(event(new OtherSocket(0, 30, SOCK_STREAM, "TIPC"), connected()));
    assertThat(endpoints())
        .containsExactly(
            "1 curl NONE (unnamed)",
            "1 curl NONE 142.251.10.101:443",
            "1 curl INCOMING 3 (:22)",
            "1 curl OUTGOING 3:22",
            "1 curl NONE @x\\x20y",
            "1 curl NONE TIPC",
            "1 curl NONE \\x40x");
  }

  @Test
  void whatListensHasNoRow() {
    add(event(tcp(Direction.NONE, LOCAL, NONE), new Step.Listen(128)));
    add(event(tcp(Direction.NONE, LOCAL, NONE), new Step.Found(10)));
    add(event(unix("/x"), new Step.Found(10)));
    add(
        event(
            tcp(Direction.NONE, LOCAL, NONE),
            new Step.Close(Ending.CLOSED, 1, new Step.Traffic(0, 0, -1, -1, -1, -1))));
    add(event(unix("/x"), new Step.Close(Ending.CLOSED, 1, NO_TRAFFIC)));
    assertThat(summary.rows()).isEmpty();
  }

  @Test
  void foundConnectionCountsAndSubflowDoesNot() {
    add(event(tcp(Direction.NONE), new Step.Found(1)));
    add(event(tcp(Direction.NONE), new Step.Subflow()));
    assertThat(endpoints()).containsExactly("1 curl NONE 142.251.10.101:443");
  }

  @Test
  void failedConnectCountsOnce() {
    add(event(tcp(Direction.OUTGOING), new Step.Connect(111, 20)));
    add(event(tcp(Direction.OUTGOING), connected()));
    add(event(tcp(Direction.OUTGOING), new Step.Failed(111, 20)));
    add(event(tcp(Direction.OUTGOING), connected()));
    SummaryRow row = onlyRow();
    assertThat(row.connections()).isEqualTo(3);
    assertThat(row.failed()).isEqualTo(2);
    assertThat(row.latency(50)).as("of successful ones").isEqualTo(Step.UNKNOWN);
  }

  @Test
  void connectWithoutARouteKeepsWhatIsKnown() {
    add(event(tcp(Direction.OUTGOING, NONE, REMOTE), new Step.Connect(101, Step.UNKNOWN)));
    assertThat(endpoints()).containsExactly("1 curl OUTGOING 142.251.10.101:443");
  }

  @Test
  void latencyOfAConnectCountsWhereNothingElseTellsIt() {
    add(event(tcp(Direction.OUTGOING), new Step.Connect(0, 10)));
    add(event(tcp(Direction.OUTGOING), new Step.Connect(0, 20)));
    assertThat(onlyRow().latency(50)).isEqualTo(10);
    assertThat(onlyRow().latency(95)).isEqualTo(20);
  }

  @Test
  void latencyIsNotCountedTwice() {
    for (int latency : new int[] {10, 20, 30}) {
      add(event(tcp(Direction.OUTGOING), new Step.Connect(0, latency)));
      add(event(tcp(Direction.OUTGOING), new Step.Established(latency)));
    }
    add(event(tcp(Direction.OUTGOING), connected()));
    add(event(tcp(Direction.OUTGOING), new Step.Established(31)));
    SummaryRow row = onlyRow();
    assertThat(row.connections()).isEqualTo(4);
    assertThat(row.latency(25)).isEqualTo(10);
    assertThat(row.latency(50)).isEqualTo(20);
    assertThat(row.latency(75)).isEqualTo(30);
    assertThat(row.latency(76)).isEqualTo(31);
  }

  @Test
  void trafficAddsUp() {
    add(event(tcp(Direction.OUTGOING), connected()));
    assertThat(onlyRow().sent()).isEqualTo(Step.UNKNOWN);
    add(event(tcp(Direction.OUTGOING), close(78, 1256)));
    add(event(tcp(Direction.OUTGOING), close(Step.UNKNOWN, 4)));
    assertThat(onlyRow().sent()).isEqualTo(78);
    assertThat(onlyRow().received()).isEqualTo(1260);
    assertThat(onlyRow().connections()).isEqualTo(1);
  }

  @Test
  void datagramsToAnybodyHaveARowForTheirTraffic() {
    add(event(udp(NONE), close(100, 200)));
    assertThat(endpoints()).containsExactly("0 curl NONE *");
  }

  @Test
  void rowsBeyondTheMaximumAreSummedUp() {
    Summary small = new Summary(2);
    for (int i = 1; i <= 5; i++) {
      SocketEvent connect =
          event(
              tcp(Direction.OUTGOING, LOCAL, ipv4(10, 0, 0, i, 80)),
              new Step.Connect(0, 1000L * i));
      small.add(connect);
      small.add(event(connect.socket(), close(1, 2)));
    }
    List<SummaryRow> rows = small.rows();
    assertThat(rows).hasSize(3);
    SummaryRow other = rows.getLast();
    assertThat(other.comm()).isNull();
    assertThat(other.endpoint()).isNull();
    assertThat(other.connections()).isEqualTo(3);
    assertThat(other.sent()).isEqualTo(3);
    assertThat(other.latency(50)).isCloseTo(4000, withinPercentage(3));
  }

  private void add(SocketEvent event) {
    summary.add(event);
  }

  private SummaryRow onlyRow() {
    assertThat(summary.rows()).hasSize(1);
    return summary.rows().getFirst();
  }

  private List<String> endpoints() {
    return summary.rows().stream()
        .map(
            row ->
                row.connections() + " " + row.comm() + " " + row.direction() + " " + row.endpoint())
        .toList();
  }
}
