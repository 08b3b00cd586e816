// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said at the end: a row for each process and remote endpoint. */
@Tag("user-space")
class SummaryIT {
  /**
   * Five connections that carry 1000 bytes there and 10 back, two that are refused, at once and
   * later. Prints the two ports.
   */
  private static final String WORKLOAD =
      """
      import select, socket
      def take(s, size):
          while size: size -= len(s.recv(size))
      server = socket.create_server(("127.0.0.1", 0))
      for _ in range(5):
          client = socket.create_connection(server.getsockname())
          accepted = server.accept()[0]
          client.sendall(bytes(1000))
          take(accepted, 1000)
          accepted.sendall(bytes(10))
          take(client, 10)
          client.close()
          accepted.recv(1)
          accepted.close()
      with socket.socket() as closed:
          closed.bind(("127.0.0.1", 0))
          for blocks in (True, False):
              refused = socket.socket()
              refused.setblocking(blocks)
              refused.connect_ex(closed.getsockname())
              select.select([], [refused], [])
          print(server.getsockname()[1], closed.getsockname()[1])
      """;

  private static final Pattern ROW =
      Pattern.compile(
          "(\\S+) +(.*?) +(\\d+) +(\\d+) +(-|[0-9.]+ms) +(-|[0-9.]+ms) +(-|[0-9.]+[KM]?)"
              + " +(-|[0-9.]+[KM]?)");

  /** A row without its latencies; fails if it is none. */
  private static String row(String line) {
    Matcher row = ROW.matcher(line);
    assertThat(row.matches()).as(line).isTrue();
    return String.join(
        "|", row.group(1), row.group(2), row.group(3), row.group(4), row.group(7), row.group(8));
  }

  @Test
  void theTableCountsConnectionsFailuresAndBytes() {
    Run run = Tcpw.python(List.of("-q"), WORKLOAD).exitsWith(0);
    String[] ports = run.stdout().strip().split(" ");
    List<String> lines = run.printed().lines().toList();
    assertThat(lines.getFirst()).matches("process endpoint +conns failed +p50 +p95 +sent received");
    assertThat(lines.stream().skip(1).map(SummaryIT::row))
        .as("%s", run)
        .containsExactlyInAnyOrder(
            "python3|-> 127.0.0.1:" + ports[0] + "|5|0|4.9K|50",
            "python3|<- 127.0.0.1 (:" + ports[0] + ")|5|0|50|4.9K",
            "python3|-> 127.0.0.1:" + ports[1] + "|2|2|-|-",
            "(total)||12|2|4.9K|4.9K");
    assertThat(lines.getLast()).startsWith("(total) ");
    assertThat(lines.stream().map(String::length).distinct()).as("%s", run).hasSize(1);
    assertThat(lines.getFirst().length()).isLessThanOrEqualTo(80);
  }

  @Test
  void jsonHasTheExactNumbers() {
    long start = System.nanoTime();
    Run run = Tcpw.python(List.of("-q", "--format", "json"), WORKLOAD).exitsWith(0);
    long elapsed = System.nanoTime() - start;
    assertThat(run.printed().lines()).hasSize(1);
    JsonLine summary = JsonLine.parseAll(run.printed()).getFirst();
    assertThat(summary.event()).isEqualTo("summary");
    for (int i = 0; i < 3; i++) {
      String row = "rows[" + i + "].";
      boolean connects = summary.get(row + "direction").equals("out");
      boolean fails = summary.number(row + "failed") > 0;
      assertThat(summary.number(row + "connections")).isEqualTo(fails ? 2 : 5);
      if (connects && !fails) {
        assertThat(summary.number(row + "bytes_sent")).isEqualTo(5000);
        assertThat(summary.number(row + "bytes_received")).isEqualTo(50);
        long p50 = summary.number(row + "latency_p50_ns");
        long p95 = summary.number(row + "latency_p95_ns");
        assertThat(p50).isPositive().isLessThanOrEqualTo(p95);
        assertThat(p95).isLessThan(elapsed);
      } else if (!fails) {
        assertThat(summary.number(row + "bytes_sent")).isEqualTo(50);
        assertThat(summary.number(row + "bytes_received")).isEqualTo(5000);
      }
    }
    assertThat(summary.get("rows[3].comm")).isEmpty();
  }

  /** The latencies are those that the lines say. */
  @Test
  void latenciesAreThoseOfTheConnections() {
    Run run = Tcpw.python(List.of("-l", "-s", "--format", "json"), WORKLOAD).exitsWith(0);
    List<JsonLine> events = JsonLine.parseAll(run.printed());
    List<Long> latencies =
        events.stream()
            .filter(event -> event.event().equals("established"))
            .map(event -> event.number("after_ns"))
            .sorted()
            .toList();
    assertThat(latencies).as("%s", run).hasSize(5);
    JsonLine summary = events.getLast();
    String row = summary.get("rows[0].direction").equals("out") ? "rows[0]." : "rows[1].";
    assertThat(summary.number(row + "latency_p50_ns"))
        .isBetween(latencies.get(2) * 98 / 100, latencies.get(2) * 102 / 100);
    assertThat(summary.number(row + "latency_p95_ns"))
        .isBetween(latencies.get(4) * 98 / 100, latencies.get(4) * 102 / 100);
  }

  @Test
  void summaryAddsNoLinesOfTheLifecycle() {
    Run run = Tcpw.python(List.of("--summary"), WORKLOAD).exitsWith(0);
    assertThat(run.printed().lines().filter(line -> line.contains(" tcpw: pid=")))
        .as("%s", run)
        .hasSize(5 + 5 + 2 + 1)
        .noneMatch(line -> line.contains("event="));
    assertThat(run.printed().lines().filter(line -> ROW.matcher(line).matches())).hasSize(4);
  }

  @Test
  void whatIsFilteredIsNotCounted() {
    Run run = Tcpw.python(List.of("-q", "--accept-only"), WORKLOAD).exitsWith(0);
    assertThat(run.printed().lines().skip(1).map(SummaryIT::row).toList())
        .as("%s", run)
        .hasSize(1)
        .allMatch(row -> row.endsWith("|5|0|50|4.9K"));
    Run failed = Tcpw.python(List.of("-q", "--failed"), WORKLOAD).exitsWith(0);
    assertThat(failed.printed().lines().skip(1).map(SummaryIT::row).toList())
        .as("%s", failed)
        .hasSize(1)
        .allMatch(row -> row.endsWith("|2|2|-|-"));
  }

  @Test
  void nothingButTheSummaryIsPrintedQuietly() {
    Run run = Tcpw.run("-q", "true").exitsWith(0);
    assertThat(run.printed()).isEqualTo("process endpoint conns failed p50 p95 sent received\n");
  }
}
