// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static io.github.tcpw.report.Events.REMOTE;
import static io.github.tcpw.report.Events.close;
import static io.github.tcpw.report.Events.connected;
import static io.github.tcpw.report.Events.event;
import static io.github.tcpw.report.Events.ipv4;
import static io.github.tcpw.report.Events.tcp;
import static io.github.tcpw.report.Events.unix;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Step;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryTableTest {
  private final Summary summary = new Summary();

  @Test
  void columnsAreAligned() {
    connect("curl", 2);
    summary.add(event("curl", tcp(Direction.OUTGOING), close(1_200, 3_600_000)));
    summary.add(event("nc", unix("/run/x.sock"), new Step.Connect(2, Step.UNKNOWN)));
    summary.add(
        event(
            "python3",
            tcp(Direction.INCOMING, ipv4(10, 0, 0, 1, 8080), ipv4(10, 0, 0, 7, 50001)),
            new Step.Accept()));
    assertThat(String.join("\n", lines(80)))
        .isEqualTo(
            """
            process endpoint              conns failed    p50    p95 sent received
            curl    -> 142.251.10.101:443     2      0 12.3ms 12.3ms 1.2K     3.4M
            nc      -- /run/x.sock            1      1      -      -    -        -
            python3 <- 10.0.0.7 (:8080)       1      0      -      -    -        -
            (total)                           4      1 12.3ms 12.3ms 1.2K     3.4M""");
  }

  @Test
  void oneRowNeedsNoTotal() {
    connect("curl", 1);
    assertThat(lines(80)).hasSize(2);
  }

  @Test
  void longNamesAreShortened() {
    connect("curl", 1);
    summary.add(event("a-long-comm-name", unix("/var/lib/service/control.sock"), connected()));
    List<String> lines = lines(64);
    assertThat(lines.get(1)).startsWith("a-...me -- /va...l.sock  ");
    assertThat(lines.get(2)).startsWith("curl    -> 142...01:443  ");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 40, 52, 60, 70, 80, 100, 200})
  void neverWiderThanTheTerminal(int width) {
    connect("curl", 3);
    connect(bytes("日本語日本語"), 2);
    summary.add(event("\u001b[2J\n\n\n", unix(bytes("/ü/😀/" + "x".repeat(90))), connected()));
    summary.add(event(tcp(Direction.OUTGOING), close(Long.MAX_VALUE, 1023)));
    assertThat(lines(width))
        .allSatisfy(line -> assertThat(Columns.count(line)).isLessThanOrEqualTo(width));
    if (width >= 60) {
      assertThat(lines(width).stream().map(Columns::count).distinct()).hasSize(1);
    }
  }

  @Test
  void whatIsBeyondTheMaximumIsLast() {
    Summary small = new Summary(1);
    small.add(event(tcp(Direction.OUTGOING), connected()));
    small.add(event(unix("/x"), connected()));
    assertThat(SummaryTable.lines(small.rows(), 80))
        .satisfiesExactly(
            header -> {},
            row -> assertThat(row).startsWith("curl "),
            row -> assertThat(row).startsWith("(other) "),
            row -> assertThat(row).startsWith("(total) "));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, -",
    "0, 0",
    "1023, 1023",
    "1024, 1.0K",
    "1229, 1.2K",
    "10188, 9.9K",
    "10189, 10K",
    "348160, 340K",
    "1048063, 1023K",
    "1048064, 1.0M",
    "3565158, 3.4M",
    "9223372036854775807, 8.0E"
  })
  void sizesAreShort(long bytes, String text) {
    assertThat(SummaryTable.size(bytes)).isEqualTo(text);
  }

  private void connect(String comm, int times) {
    for (int i = 0; i < times; i++) {
      summary.add(
          event(
              comm,
              tcp(Direction.OUTGOING, ipv4(10, 0, 0, 1, i), REMOTE),
              new Step.Connect(0, 12_300_000)));
    }
  }

  private List<String> lines(int width) {
    return SummaryTable.lines(summary.rows(), width);
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
