// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static io.github.tcpw.report.Events.TIME;
import static io.github.tcpw.report.Events.close;
import static io.github.tcpw.report.Events.connected;
import static io.github.tcpw.report.Events.event;
import static io.github.tcpw.report.Events.tcp;
import static io.github.tcpw.report.Events.unix;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.linux.Descriptor;
import io.github.tcpw.linux.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final List<SocketEvent> EVENTS =
      List.of(
          event(tcp(Direction.NONE), new Step.Found(1)),
          event(tcp(Direction.NONE), new Step.Listen(1)),
          event(tcp(Direction.OUTGOING), connected()),
          event(tcp(Direction.OUTGOING), new Step.Established(1_000_000)),
          event(tcp(Direction.OUTGOING), new Step.Failed(111, 1_000_000)),
          event(tcp(Direction.INCOMING), new Step.Accept()),
          event(tcp(Direction.OUTGOING), new Step.Subflow()),
          event(unix("/x"), new Step.Datagram(true)),
          event(tcp(Direction.OUTGOING), close(78, 1256)));

  @TempDir private Path directory;

  @Test
  void onlyBeginningsAndFailuresAreShown() throws Exception {
    assertThat(lines(OutputFormat.TEXT, false, false, false))
        .hasSize(5)
        .noneMatch(line -> line.contains("event="));
  }

  @Test
  void lifecycleShowsEverything() throws Exception {
    assertThat(lines(OutputFormat.TEXT, true, false, false))
        .hasSameSizeAs(EVENTS)
        .allMatch(line -> line.contains(" event="));
  }

  @Test
  void quietShowsNothing() throws Exception {
    for (OutputFormat format : OutputFormat.values()) {
      assertThat(lines(format, true, true, false)).isEmpty();
    }
  }

  @Test
  void summaryCountsWhatIsNotShown() throws Exception {
    List<String> lines = lines(OutputFormat.TEXT, false, true, true);
    assertThat(lines).first().asString().startsWith("process ");
    assertThat(lines)
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("curl    -> 142.251.10.101:443")
                    .containsPattern(" 1 +1 1.0[01]ms 1.0[01]ms +78 +1.2K$"));
  }

  @Test
  void summaryComesAfterTheEvents() throws Exception {
    assertThat(lines(OutputFormat.TEXT, false, false, true).get(5)).startsWith("process ");
    assertThat(lines(OutputFormat.JSON, false, false, true))
        .hasSize(6)
        .allSatisfy(line -> assertThat(EventSchema.violations(line)).isEmpty())
        .last()
        .asString()
        .startsWith("{\"v\":1,\"event\":\"summary\",");
  }

  @Test
  void csvHasAHeader() throws Exception {
    List<String> lines = lines(OutputFormat.CSV, false, false, false);
    assertThat(lines).hasSize(6).first().asString().startsWith("v,event,time,");
  }

  @Test
  void summaryHasNoPlaceInCsv() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lines(OutputFormat.CSV, false, false, true));
  }

  @Test
  void timeAndColourAreTheTexts() throws Exception {
    Path file = directory.resolve("red");
    ReportOptions options =
        new ReportOptions(OutputFormat.TEXT, TimeStyle.RELATIVE, false, false, false);
    try (Descriptor output = Descriptor.append(file.toString())) {
      Report report = new Report(options, output, true, 80, TIME - 1_000_000);
      report.show(event(tcp(Direction.OUTGOING), new Step.Failed(111, 1_000_000)));
      report.end();
    }
    assertThat(Files.readString(file))
        .startsWith("0.001000 tcpw: ")
        .contains("\u001b[31merror=ECONNREFUSED\u001b[0m");
  }

  @Test
  void linesThatAreLostAreCounted() throws Exception {
    ReportOptions options =
        new ReportOptions(OutputFormat.TEXT, TimeStyle.WALL, false, false, true);
    try (Descriptor full = Descriptor.append("/dev/full")) {
      Report report = new Report(options, full, false, 80, TIME);
      report.show(EVENTS.getFirst());
      report.end();
      assertThat(report.lines().unwritten()).isEqualTo(3); // event, header, row
      assertThat(requireNonNull(report.lines().failure()).errno()).isEqualTo(Errno.ENOSPC);
    }
  }

  private List<String> lines(OutputFormat format, boolean lifecycle, boolean quiet, boolean summary)
      throws Exception {
    Path file = Files.createTempFile(directory, "lines", "");
    ReportOptions options = new ReportOptions(format, TimeStyle.WALL, lifecycle, quiet, summary);
    try (Descriptor output = Descriptor.append(file.toString())) {
      Report report = new Report(options, output, false, 80, TIME);
      for (SocketEvent event : EVENTS) {
        report.show(event);
      }
      report.end();
    }
    return Files.readAllLines(file);
  }
}
