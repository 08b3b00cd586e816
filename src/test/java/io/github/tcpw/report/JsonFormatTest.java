// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static io.github.tcpw.report.Events.LOCAL;
import static io.github.tcpw.report.Events.NONE;
import static io.github.tcpw.report.Events.NO_TRAFFIC;
import static io.github.tcpw.report.Events.REMOTE;
import static io.github.tcpw.report.Events.SOCK_SEQPACKET;
import static io.github.tcpw.report.Events.SOCK_STREAM;
import static io.github.tcpw.report.Events.at;
import static io.github.tcpw.report.Events.close;
import static io.github.tcpw.report.Events.connected;
import static io.github.tcpw.report.Events.end;
import static io.github.tcpw.report.Events.event;
import static io.github.tcpw.report.Events.ipv6;
import static io.github.tcpw.report.Events.tcp;
import static io.github.tcpw.report.Events.tcp6;
import static io.github.tcpw.report.Events.udp;
import static io.github.tcpw.report.Events.unix;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.VsockSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The objects of docs/output.md, each held against the schema. */
class JsonFormatTest {
  private static final long TIME = 1_795_444_935_012_345_678L;
  private static final long ANY = VsockSocket.End.ANY;

  private final JsonFormat format = new JsonFormat();

  @Test
  void everyStepHasItsKeys() {
    assertStep(new Step.Connect(0, 12), "connect", ",\"error\":null,\"after_ns\":12}");
    assertStep(
        new Step.Connect(111, Step.UNKNOWN),
        "connect",
        ",\"error\":\"ECONNREFUSED\",\"after_ns\":null}");
    assertStep(new Step.Established(12), "established", ",\"after_ns\":12}");
    assertStep(new Step.Failed(110, 7), "failed", ",\"error\":\"ETIMEDOUT\",\"after_ns\":7}");
    assertStep(new Step.Accept(), "accept", "}");
    assertStep(new Step.Listen(128), "listen", ",\"backlog\":128}");
    assertStep(new Step.Datagram(true), "datagram", ",\"outgoing\":true}");
    assertStep(new Step.Found(1), "found", ",\"state\":\"ESTABLISHED\"}");
    assertStep(new Step.Found(0), "found", ",\"state\":null}");
    assertStep(new Step.Subflow(), "subflow", "}");
    assertStep(
        close(78, 1256),
        "close",
        ",\"ended\":\"fin-by-us\",\"duration_ns\":1234000000,\"bytes_sent\":78,"
            + "\"bytes_received\":1256,\"datagrams_sent\":null,\"datagrams_received\":null,"
            + "\"rtt_ns\":50000,\"retransmits\":0}");
  }

  private void assertStep(Step step, String name, String end) {
    assertThat(line(at(TIME, tcp(Direction.OUTGOING), step)))
        .isEqualTo(
            "{\"v\":1,\"event\":\""
                + name
                + "\",\"time\":\"2026-11-23T14:42:15.012345678Z\",\"pid\":97849,"
                + "\"comm\":\"curl\",\"family\":\"AF_INET\",\"type\":\"stream\","
                + "\"protocol\":\"TCP\",\"inode\":4711,\"direction\":\"out\","
                + "\"local\":{\"address\":\"192.168.241.133\",\"port\":46182},"
                + "\"remote\":{\"address\":\"142.251.10.101\",\"port\":443},"
                + "\"path\":null,\"abstract\":null,\"peer\":null"
                + end
                + "\n");
  }

  @ParameterizedTest
  @MethodSource
  void everySocketAndStepFitsTheSchema(Socket socket) {
    for (Step step : steps()) {
      line(event(socket, step));
    }
  }

  private static Stream<Socket> everySocketAndStepFitsTheSchema() {
    return Stream.of(
        tcp(Direction.INCOMING),
        tcp(Direction.NONE, LOCAL, NONE),
        tcp6(Direction.OUTGOING, ipv6(0, 1, 1), ipv6(0, 0xffff_7f000001L, 2)),
        udp(REMOTE),
        unix("/run/x.sock"),
        unix("/run/x.sock", 12, "nc"),
        unix(SOCK_SEQPACKET, "name", true),
        Events.vsock(Direction.OUTGOING, end(2, 1024), end(3, 22)),
        Events.vsock(Direction.NONE, end(ANY, 1024), end(ANY, ANY)),
        new OtherSocket(0, 30, 4, "TIPC"));
  }

  private static List<Step> steps() {
    return List.of(
        connected(),
        new Step.Connect(9999, 1),
        new Step.Established(1),
        new Step.Failed(110, Step.UNKNOWN),
        new Step.Accept(),
        new Step.Listen(0),
        new Step.Datagram(false),
        new Step.Found(0),
        new Step.Found(99),
        new Step.Subflow(),
        close(Long.MAX_VALUE, 0),
        new Step.Close(Ending.GIVEN_UP, Step.UNKNOWN, NO_TRAFFIC));
  }

  @Test
  void unknownEndIsNull() {
    assertThat(line(event(tcp(Direction.NONE, LOCAL, NONE), new Step.Listen(1))))
        .contains(",\"direction\":null,\"local\":{", ",\"remote\":null,");
  }

  @Test
  void ipv6HasNoBrackets() {
    assertThat(
            line(
                event(tcp6(Direction.INCOMING, ipv6(0, 1, 80), ipv6(0, 2, 81)), new Step.Accept())))
        .contains(
            ",\"direction\":\"in\",\"local\":{\"address\":\"::1\",\"port\":80},"
                + "\"remote\":{\"address\":\"::2\",\"port\":81},");
  }

  @Test
  void unixSocketHasAPathAndAPeer() {
    assertThat(line(event(unix("/run/x.sock", 12, "n c"), connected())))
        .contains(
            "\"family\":\"AF_UNIX\",\"type\":\"stream\",\"protocol\":\"UNIX-STREAM\","
                + "\"inode\":null,\"direction\":null,\"local\":null,\"remote\":null,"
                + "\"path\":\"/run/x.sock\",\"abstract\":false,"
                + "\"peer\":{\"pid\":12,\"comm\":\"n\\\\x20c\"},");
    assertThat(line(event(unix(SOCK_STREAM, "@a\0", true), connected())))
        .contains("\"path\":\"@a\\\\x00\",\"abstract\":true,\"peer\":null,");
    assertThat(line(event(unix(""), connected()))).contains("\"path\":null,\"abstract\":false,");
    assertThat(line(event(unix(SOCK_STREAM, "", true), connected())))
        .contains("\"path\":\"\",\"abstract\":true,");
  }

  @Test
  void vsockHasNumbers() {
    assertThat(
            line(
                event(
                    Events.vsock(Direction.INCOMING, end(ANY, 1024), end(3, 4_294_967_294L)),
                    new Step.Accept())))
        .contains(
            "\"protocol\":\"AF_VSOCK\",",
            "\"local\":{\"cid\":null,\"port\":1024},\"remote\":{\"cid\":3,\"port\":4294967294}");
  }

  @Test
  void hostileTextStaysInItsString() {
    assertThat(
            line(
                event(
                    "\",\"pid\":1}\n\\",
                    unix("\u00ff\u00e6\u0097\u00a5 "), // a lone byte, 日, a blank
                    connected())))
        .contains(
            "\"comm\":\"\\\",\\\"pid\\\":1}\\\\x0a\\\\x5c\",", "\"path\":\"\\\\xff日\\\\x20\"");
  }

  @Test
  void schemaRefusesWhatItDoesNotKnow() {
    assertThat(EventSchema.violations("{\"v\":1,\"event\":\"accept\"}")).isNotEmpty();
    assertThat(EventSchema.violations("{\"v\":1,\"event\":\"summary\"}")).isNotEmpty();
    String line = line(event(tcp(Direction.INCOMING), new Step.Accept())).strip();
    assertThat(EventSchema.violations(line.replace("97849", "\"97849\""))).isNotEmpty();
    assertThat(EventSchema.violations(line.replace("\"v\":1", "\"v\":1,\"extra\":1"))).isNotEmpty();
    assertThat(EventSchema.violations(line.replace("\"accept\"", "\"connect\""))).isNotEmpty();
    assertThat(EventSchema.violations(line.replace("\"peer\":null", "\"peer\":1"))).isNotEmpty();
  }

  @Test
  void summaryIsOneObject() {
    Summary summary = new Summary();
    summary.add(event(tcp(Direction.OUTGOING), connected()));
    summary.add(event(tcp(Direction.OUTGOING), close(78, 1256)));
    summary.add(event("a b", unix("/x"), new Step.Connect(2, Step.UNKNOWN)));
    assertThat(checked(format.summary(summary.rows(), 80).getFirst()))
        .isEqualTo(
            "{\"v\":1,\"event\":\"summary\",\"rows\":["
                + "{\"comm\":\"a\\\\x20b\",\"direction\":null,\"endpoint\":\"/x\","
                + "\"connections\":1,\"failed\":1,\"latency_p50_ns\":null,"
                + "\"latency_p95_ns\":null,\"bytes_sent\":null,\"bytes_received\":null},"
                + "{\"comm\":\"curl\",\"direction\":\"out\","
                + "\"endpoint\":\"142.251.10.101:443\",\"connections\":1,\"failed\":0,"
                + "\"latency_p50_ns\":null,\"latency_p95_ns\":null,\"bytes_sent\":78,"
                + "\"bytes_received\":1256}]}\n");
    assertThat(checked(format.summary(new Summary().rows(), 80).getFirst()))
        .contains("\"rows\":[]");
  }

  @Test
  void documentedLinesFitTheSchema() throws Exception {
    List<String> documented =
        Files.readAllLines(Path.of("docs/output.md")).stream()
            .filter(line -> line.startsWith("    {"))
            .toList();
    assertThat(documented)
        .hasSizeGreaterThan(1)
        .allSatisfy(line -> assertThat(EventSchema.violations(line)).isEmpty());
  }

  @Test
  void linesFollowEachOther() {
    line(event(unix("/a"), connected()));
    assertThat(line(event(unix("/b"), connected()))).startsWith("{\"v\":1,");
    assertThat(format.header()).isEmpty();
  }

  private String line(SocketEvent event) {
    return checked(format.format(event));
  }

  private static String checked(byte[] bytes) {
    String line = new String(bytes, StandardCharsets.UTF_8);
    assertThat(EventSchema.violations(line)).as(line).isEmpty();
    assertThat(line).endsWith("}\n").hasLineCount(1);
    return line;
  }
}
