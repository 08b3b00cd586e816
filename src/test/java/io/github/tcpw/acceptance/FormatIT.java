// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tcpw.report.EventSchema;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines for programs: JSON and CSV. */
class FormatIT {
  /**
   * Every kind of event. The socket whose descriptor is the first argument was inherited; what is
   * printed last is whether the kernel has MPTCP.
   */
  private static final String EVERYTHING =
      """
      import select, socket, sys
      inherited = socket.socket(fileno=int(sys.argv[1]))
      inherited.send(b"x")
      for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
          server = socket.socket(family)
          server.bind((address, 0))
          server.listen()
          client = socket.create_connection(server.getsockname()[:2])
          accepted = server.accept()[0]
          client.send(b"hello")
          accepted.recv(5)
          client.close()
          accepted.recv(1)
          accepted.close()
          port = server.getsockname()[1]
          server.close()
          refused = socket.socket(family)
          refused.connect_ex((address, port))
          refused = socket.socket(family)
          refused.setblocking(False)
          refused.connect_ex((address, port))
          select.select([], [refused], [])
          receiver, sender = socket.socket(family, 2), socket.socket(family, 2)
          receiver.bind((address, 0))
          sender.sendto(b"x", receiver.getsockname())
          receiver.recvfrom(1)
      server = socket.socket(socket.AF_UNIX)
      server.bind(b"\\0tcpw-format-%d" % port)
      server.listen()
      client = socket.socket(socket.AF_UNIX)
      client.connect(server.getsockname())
      server.accept()
      socket.socket(socket.AF_UNIX).connect_ex("/none")
      socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).connect((0, 0))
      try:
          server = socket.socket(type=socket.SOCK_STREAM, proto=262)
          server.bind(("127.0.0.1", 0))
          server.listen()
          client = socket.socket(type=socket.SOCK_STREAM, proto=262)
          client.connect(server.getsockname())
          server.accept()
          print("MPTCP")
      except OSError:
          print("none")
      """;

  @TempDir private Path directory;

  /** Runs it with a connection of its parent; on stderr are the lines alone. */
  private Run everything(String options) {
    return Tcpw.shell(
        """
        cat >%1$s/parent <<'END'
        import socket, subprocess, sys
        server = socket.create_server(("127.0.0.1", 0))
        client = socket.create_connection(server.getsockname())
        fd = client.fileno()
        raise SystemExit(subprocess.run(sys.argv[1:] + [str(fd)], pass_fds=[fd]).returncode)
        END
        cat >%1$s/script <<'END'
        %2$s
        END
        rm -f %1$s/lines
        python3 -IS %1$s/parent $tcpw -l -U -X -N -o %1$s/lines %3$s python3 -IS %1$s/script \
          2>%1$s/messages
        status=$?
        cat %1$s/lines >&2
        [ $status = 0 ] || cat %1$s/messages >&2
        exit $status
        """
            .formatted(directory, EVERYTHING, options));
  }

  @Test
  void everyLineOfJsonIsAsTheSchemaSays() {
    Run run = everything("-s --format json").exitsWith(0);
    List<JsonLine> events = JsonLine.parseAll(run.printed());
    assertThat(run.stderr().lines()).as("%s", run).hasSameSizeAs(events);
    assertThat(events)
        .allSatisfy(
            event -> assertThat(EventSchema.violations(event.text())).as("%s", event).isEmpty());
    assertThat(events.stream().map(JsonLine::event).distinct())
        .as("%s", run)
        .contains(
            "connect", "accept", "established", "failed", "listen", "datagram", "close", "summary");
    assertThat(events.stream().anyMatch(event -> event.event().equals("found")))
        .isNotEqualTo(Tcpw.isPtrace()); // where reading and writing does not stop
    assertThat(events.getLast().event()).isEqualTo("summary");
    if (run.stdout().equals("MPTCP\n") && mptcpIsTold(events) && !Tcpw.isPtrace()) {
      assertThat(events.stream().map(JsonLine::event)).contains("subflow");
    }
  }

  /** Without MPTCP's type information a connection of it is one of a family like any other. */
  private static boolean mptcpIsTold(List<JsonLine> events) {
    return events.stream()
        .anyMatch(event -> event.get("protocol").equals("MPTCP") && event.event().equals("close"));
  }

  @Tag("user-space")
  @Test
  void csvSaysTheSameAsJson() throws IOException {
    Run run = everything("--format csv").exitsWith(0);
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = CSVParser.parse(new StringReader(run.stderr()), format)) {
      List<CSVRecord> records = parser.getRecords();
      assertThat(run.stderr().split("\r\n", -1)).hasSize(records.size() + 2);
      assertThat(records).allMatch(CSVRecord::isConsistent);
      assertThat(records.stream().map(record -> record.get("event")).distinct())
          .contains("connect", "accept", "established", "failed", "listen", "datagram", "close");
      // The same command's events, in the same order, as far as they do not change with each run.
      List<JsonLine> events = JsonLine.parseAll(everything("--format json").exitsWith(0).stderr());
      List<String> connects =
          events.stream()
              .filter(event -> event.event().equals("connect"))
              .map(FormatIT::what)
              .toList();
      assertThat(
              records.stream()
                  .filter(record -> record.get("event").equals("connect"))
                  .map(FormatIT::what))
          .as("%s", run)
          .containsExactlyElementsOf(connects);
    }
  }

  private static String what(JsonLine event) {
    return event.get("family")
        + event.get("protocol")
        + event.get("remote.address")
        + event.get("error");
  }

  private static String what(CSVRecord event) {
    return event.get("family")
        + event.get("protocol")
        + event.get("remote_address")
        + event.get("error");
  }

  /** As the documentation has it: jq, or what does the same where there is none. */
  @Tag("user-space")
  @Test
  void programsReadTheFile() {
    Run run =
        Tcpw.shell(
            """
            f=%s/events.jsonl
            $tcpw --format json -o $f python3 -IS -c 'import socket
            server = socket.create_server(("127.0.0.1", 0))
            for _ in range(3): socket.create_connection(server.getsockname())
            with socket.socket() as refused:
                refused.bind(("127.0.0.1", 0))
                socket.socket().connect_ex(refused.getsockname())
            ' 2>/dev/null
            if command -v jq >/dev/null; then
              jq -r 'select(.event == "connect" and .error == null) | .remote.address' $f
              jq -s '[.[].remote.port > 1024] | all' $f
            else
              python3 -IS -c 'import json, sys
            lines = [json.loads(line) for line in open(sys.argv[1])]
            for event in lines:
                if event["event"] == "connect" and event["error"] is None:
                    print(event["remote"]["address"])
            print(str(all(event["remote"]["port"] > 1024 for event in lines)).lower())' $f
            fi
            """
                .formatted(directory));
    assertThat(run.stdout()).as("%s", run).isEqualTo("127.0.0.1\n".repeat(3) + "true\n");
  }

  @Tag("user-space")
  @Test
  void numbersAndTimesAreWhatTheySayTheyAre() {
    Run run =
        Tcpw.python(
            List.of("-l", "--format", "json"),
            """
            import socket
            server = socket.create_server(("127.0.0.1", 0))
            for _ in range(50):
                socket.create_connection(server.getsockname())
                server.accept()
            """);
    List<JsonLine> events = JsonLine.parseAll(run.exitsWith(0).printed());
    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(event.text())
                    .containsPattern("\"pid\":\\d+,")
                    .containsPattern("\"inode\":\\d+,")
                    .containsPattern("\"port\":\\d+}")
                    .doesNotContainPattern("\"(v|pid|inode|port|[a-z_]+_ns|bytes_[a-z]+)\":\""));
    // In UTC; text of the same length sorts as the times do.
    List<String> times =
        events.stream()
            .filter(event -> event.event().equals("connect"))
            .map(event -> event.get("time"))
            .toList();
    assertThat(times).hasSize(50).isSorted();
    assertThat(times)
        .allMatch(time -> time.matches("\\d{4}(-\\d\\d){2}T\\d\\d(:\\d\\d){2}\\.\\d{9}Z"));
  }

  private static final String HOSTILE =
      """
      import ctypes, socket
      ctypes.CDLL(None).prctl(15, b"%s")  # PR_SET_NAME
      for path in (b"/\\x1b[2J\\r\\n{\\"v\\":1}\\x9b\\xc2\\x9b", b"=1,\\"2\\"\\\\,\\xe2\\x80\\xae\\xc3\\xa9"):
          socket.socket(socket.AF_UNIX).connect_ex(path)
      """;

  private static final List<String> HOSTILE_PATHS =
      List.of(
          "/\u001b[2J\r\n{\"v\":1}\u009b\u00c2\u009b", "=1,\"2\"\\,\u00e2\u0080\u00ae\u00c3\u00a9");

  @Tag("user-space")
  @Test
  void hostileNamesStayOneHarmlessLineOfJson() {
    String name = "\\x1b]0;\\\"\\\\\\xff\\n x";
    Run run = Tcpw.python(List.of("-X", "--format", "json"), HOSTILE.formatted(name));
    isHarmless(run.printed());
    List<JsonLine> events = JsonLine.parseAll(run.printed());
    assertThat(events).as("%s", run).hasSize(2);
    assertThat(run.printed().lines()).hasSize(2);
    assertThat(events)
        .allSatisfy(event -> assertThat(EventSchema.violations(event.text())).isEmpty());
    assertThat(events.stream().map(event -> unescaped(event.get("path"))))
        .containsExactlyElementsOf(HOSTILE_PATHS);
    assertThat(unescaped(events.getFirst().get("comm"))).isEqualTo("\u001b]0;\"\\\u00ff\n x");
  }

  @Tag("user-space")
  @Test
  void hostileNamesStayOneHarmlessRecordOfCsv() throws IOException {
    Run run = Tcpw.python(List.of("-X", "--format", "csv"), HOSTILE.formatted("=2\\\",,\\r\\n"));
    isHarmless(run.printed().replace("\r\n", "\n"));
    assertThat(run.printed().lines()).as("%s", run).hasSize(3);
    String text =
        new String(run.printed().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
      List<CSVRecord> records = parser.getRecords();
      assertThat(records.stream().map(record -> unescaped(record.get("path"))))
          .containsExactlyElementsOf(HOSTILE_PATHS);
      assertThat(records)
          .allMatch(record -> unescaped(record.get("comm")).equals("=2\",,\r\n"))
          .allMatch(record -> record.get("comm").startsWith("\\x3d"))
          .noneMatch(record -> record.get("path").startsWith("="));
    }
  }

  /** No control characters, no invalid UTF-8, nothing that reorders. */
  private static void isHarmless(String bytes) {
    byte[] raw = bytes.getBytes(StandardCharsets.ISO_8859_1);
    String text = new String(raw, StandardCharsets.UTF_8);
    assertThat(text.getBytes(StandardCharsets.UTF_8)).isEqualTo(raw);
    assertThat(text.replace("\n", "")).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}]");
  }

  /** What docs/output.md says of undoing it; bytes are chars. */
  private static String unescaped(String word) {
    StringBuilder text = new StringBuilder();
    Matcher matcher = Pattern.compile("\\\\x([0-9a-f]{2})").matcher(word);
    int end = 0;
    while (matcher.find()) {
      text.append(bytes(word.substring(end, matcher.start())))
          .append((char) Integer.parseInt(matcher.group(1), 16));
      end = matcher.end();
    }
    return text.append(bytes(word.substring(end))).toString();
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Tag("user-space")
  @Test
  void csvHasAHeaderEvenWithoutEvents() {
    Run run = Tcpw.run("--format", "csv", "true").exitsWith(0);
    assertThat(run.printed()).startsWith("v,event,time,pid,comm,").endsWith(",retransmits\r\n");
  }

  @Test
  void subflowsAreSaidWhereTheKernelHasMptcp() {
    Tcpw.needsBpf("subflows are the kernel's own, no call makes them");
    Run run = everything("--format json").exitsWith(0);
    assumeTrue(run.stdout().equals("MPTCP\n"), "this kernel has no MPTCP");
    List<JsonLine> events = JsonLine.parseAll(run.printed());
    assumeTrue(mptcpIsTold(events), "this kernel tells nothing of MPTCP");
    assertThat(
            events.stream()
                .filter(event -> event.event().equals("subflow"))
                .map(event -> event.get("protocol") + " " + event.get("direction")))
        .as("%s", run)
        .containsExactlyInAnyOrder("TCP out", "TCP in");
  }
}
