// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static io.github.tcpw.report.Events.NO_TRAFFIC;
import static io.github.tcpw.report.Events.REMOTE;
import static io.github.tcpw.report.Events.SOCK_STREAM;
import static io.github.tcpw.report.Events.at;
import static io.github.tcpw.report.Events.close;
import static io.github.tcpw.report.Events.connected;
import static io.github.tcpw.report.Events.end;
import static io.github.tcpw.report.Events.event;
import static io.github.tcpw.report.Events.tcp;
import static io.github.tcpw.report.Events.udp;
import static io.github.tcpw.report.Events.unix;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of CSV, read back by another library. */
class CsvFormatTest {
  private static final long TIME = 1_795_444_935_012_345_678L;

  private final CsvFormat format = new CsvFormat();

  @Test
  void headerNamesTheColumns() {
    assertThat(text(format.header()))
        .isEqualTo(
            "v,event,time,pid,comm,family,type,protocol,inode,direction,local_address,local_cid,"
                + "local_port,remote_address,remote_cid,remote_port,path,abstract,peer_pid,"
                + "peer_comm,error,after_ns,backlog,outgoing,state,ended,duration_ns,bytes_sent,"
                + "bytes_received,datagrams_sent,datagrams_received,rtt_ns,retransmits\r\n");
  }

  @Test
  void connect() {
    assertThat(text(format.format(at(TIME, tcp(Direction.OUTGOING), new Step.Connect(111, 5)))))
        .isEqualTo(
            "1,connect,2026-11-23T14:42:15.012345678Z,97849,curl,AF_INET,stream,TCP,4711,out,"
                + "192.168.241.133,,46182,142.251.10.101,,443,,,,,ECONNREFUSED,5,,,,,,,,,,,\r\n");
  }

  @Test
  void cellsAreTheFieldsOfTheEvent() {
    assertThat(cells(event(tcp(Direction.INCOMING), close(78, 1256))))
        .containsEntry("event", "close")
        .containsEntry("direction", "in")
        .containsEntry("ended", "fin-by-us")
        .containsEntry("duration_ns", "1234000000")
        .containsEntry("bytes_sent", "78")
        .containsEntry("bytes_received", "1256")
        .containsEntry("datagrams_sent", "")
        .containsEntry("rtt_ns", "50000")
        .containsEntry("retransmits", "0");
    assertThat(cells(event(unix("/x", 12, "nc"), connected())))
        .containsEntry("path", "/x")
        .containsEntry("abstract", "false")
        .containsEntry("peer_pid", "12")
        .containsEntry("peer_comm", "nc")
        .containsEntry("comm", "curl")
        .containsEntry("pid", "97849");
    assertThat(
            cells(event(Events.vsock(Direction.OUTGOING, end(2, 1024), end(3, 22)), connected())))
        .containsEntry("local_cid", "2")
        .containsEntry("local_port", "1024")
        .containsEntry("remote_cid", "3")
        .containsEntry("remote_address", "");
  }

  @Test
  void everyStepHasItsColumns() {
    List<Step> steps =
        List.of(
            connected(),
            new Step.Established(1),
            new Step.Failed(110, 1),
            new Step.Accept(),
            new Step.Listen(1),
            new Step.Datagram(true),
            new Step.Found(1),
            new Step.Subflow(),
            new Step.Close(Ending.CLOSED, 1, NO_TRAFFIC));
    for (Step step : steps) {
      assertThat(cells(event(udp(REMOTE), step))).containsEntry("event", Steps.name(step));
    }
  }

  @Test
  void recordOwesNothingToTheOneBefore() {
    cells(event(unix("/x", 12, "nc"), new Step.Connect(2, 3)));
    assertThat(cells(event(new OtherSocket(0, 30, SOCK_STREAM, "TIPC"), connected())))
        .containsEntry("path", "")
        .containsEntry("peer_comm", "")
        .containsEntry("error", "");
  }

  @Test
  void separatorsAndQuotesAreQuoted() {
    assertThat(text(format.format(event("a,\"b", unix("/,\""), connected()))))
        .contains(",\"a,\"\"b\",", ",\"/,\"\"\",");
    assertThat(cells(event("a,\"b", unix("/,\""), connected())))
        .containsEntry("comm", "a,\"b")
        .containsEntry("path", "/,\"");
  }

  @Test
  void linesAndBlanksAreEscaped() {
    String record = text(format.format(event("a\r\nb", unix("/a b\t"), connected())));
    assertThat(record).contains(",a\\x0d\\x0ab,", ",/a\\x20b\\x09,");
    assertThat(record.indexOf('\r')).isEqualTo(record.length() - 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"=", "+", "-", "@"})
  void noCellIsAFormula(String first) {
    String escaped = "\\x%02x1+1".formatted((int) first.charAt(0));
    assertThat(
            cells(event(first + "1+1", Events.unix(first + "1+1", 1, first + "1+1"), connected())))
        .containsEntry("comm", escaped)
        .containsEntry("path", escaped)
        .containsEntry("peer_comm", escaped);
    assertThat(cells(event("a" + first, unix("/" + first), connected())))
        .containsEntry("comm", "a" + first)
        .containsEntry("path", "/" + first);
  }

  private Map<String, String> cells(SocketEvent event) {
    String csv = text(format.header()) + text(format.format(event));
    CSVFormat rfc4180 = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = CSVParser.parse(csv, rfc4180)) {
      CSVRecord record = parser.getRecords().getFirst();
      assertThat(parser.getHeaderNames()).isEqualTo(CsvFormat.COLUMNS);
      assertThat(record.size()).isEqualTo(CsvFormat.COLUMNS.size());
      return CsvFormat.COLUMNS.stream().collect(Collectors.toMap(name -> name, record::get));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
