// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.SocketEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * What may be written of an event, whatever a traced program has put into it: one line, of visible
 * characters, in the order of the fields that docs/output.md has. Each check throws an
 * AssertionError with the line that is something else.
 */
public final class HarmlessLines {
  // \p{C}: controls, formats, surrogates, private use, unassigned; \p{Z}: separators
  private static final String WORD = "[^\\p{C}\\p{Z}]*";
  private static final String WALL = "[0-9/]{10} [0-9:]{8} ";
  private static final String SECONDS = "-?[0-9]+\\.[0-9]{6} ";
  private static final String DURATION = "[0-9]+(\\.[0-9]+)?ms";
  private static final String RED = "\u001b\\[31m";
  private static final String PLAIN = "\u001b\\[0m";

  private static final String ORIGIN = "tcpw: pid=[0-9]+ comm=" + WORD;
  private static final String SOCKET =
      ends(" af=AF_INET proto=" + WORD, "([0-9]{1,3}\\.){3}[0-9]{1,3}:[0-9]{1,5}")
          + ends("| af=AF_INET6 proto=" + WORD, "\\[[0-9a-f:.]+\\]:[0-9]{1,5}")
          + ends("| af=AF_VSOCK proto=AF_VSOCK", "(\\*|[0-9]+):(\\*|[0-9]+)")
          + "| af=AF_UNIX proto=UNIX(-[A-Z]+)? path="
          + WORD
          + "{PEER}| af=AF_(?!(UNIX|INET6?) )[A-Z0-9]+ proto="
          + WORD;
  private static final String STEP =
      " event=(connect|failed)( {RED}error=[A-Z0-9]+{PLAIN})?( after=DURATION)?"
          + "| event=established( after=DURATION)?"
          + "| event=(accept|datagram|subflow)"
          + "| event=listen backlog=-?[0-9]+"
          + "| event=found( state=[A-Z0-9_]+)?"
          + "| event=close"
          + " ({RED}ended=(rst-by-us|rst-by-peer|timeout){PLAIN}"
          + "|ended=(closed|fin-by-us|fin-by-peer|given-up|still-open))"
          + "( duration=DURATION)?( sent=[0-9]+)?( received=[0-9]+)?"
          + "( datagrams-sent=[0-9]+)?( datagrams-received=[0-9]+)?"
          + "( rtt=DURATION)?( retransmits=[0-9]+)?";
  private static final String BEGINNING =
      "( {RED}error=[A-Z0-9]+{PLAIN}( after=DURATION)?| after=DURATION| state=[A-Z0-9_]+)?";

  private static final Pattern SHORT_LINE = line(WALL, BEGINNING, "", "", "");
  private static final Pattern LONG_LINE =
      line(SECONDS, STEP, "( peer=[0-9]+/" + WORD + ")?", RED, PLAIN);

  /** Of the summary, where spaces pad columns, and stand between an address and a port. */
  private static final Pattern ROW = Pattern.compile("[^\\p{C}\\p{Z}]*( +[^\\p{C}\\p{Z}]+)* *\n");

  private static final TextFormat SHORT = new TextFormat(false, TimeStyle.WALL, false, 0);
  private static final TextFormat LONG = new TextFormat(true, TimeStyle.RELATIVE, true, 0);
  private static final JsonFormat JSON = new JsonFormat();
  private static final CsvFormat CSV = new CsvFormat();

  private HarmlessLines() {}

  /** As it is printed by default. */
  public static void text(SocketEvent event) {
    assertThat(utf8(SHORT.format(event))).matches(SHORT_LINE);
  }

  /** With -l, on a terminal. */
  public static void lifecycleInColour(SocketEvent event) {
    assertThat(utf8(LONG.format(event))).matches(LONG_LINE);
  }

  /** An object as the schema has it. */
  public static void json(SocketEvent event) {
    String line = utf8(JSON.format(event));
    assertThat(line).matches(WORD + "\n");
    assertThat(EventSchema.violations(line)).as(line).isEmpty();
  }

  /** A record of as many cells as the header has, none of which a spreadsheet would calculate. */
  public static void csv(SocketEvent event) {
    String line = utf8(CSV.format(event));
    assertThat(line).matches(WORD + "\r\n");
    List<CSVRecord> records = parsed(line);
    assertThat(records).hasSize(1);
    assertThat(records.getFirst()).hasSize(CsvFormat.COLUMNS.size());
    for (String cell : records.getFirst()) {
      assertThat(cell).matches("([^-=+@].*)?");
    }
  }

  /** The table of it alone, for a terminal of so many columns, and the same as JSON. */
  public static void summary(SocketEvent event, int width) {
    Summary summary = new Summary();
    summary.add(event);
    for (byte[] line : LONG.summary(summary.rows(), width)) {
      String row = utf8(line);
      assertThat(row).matches(ROW);
      assertThat(Columns.count(row.strip())).isLessThanOrEqualTo(width);
    }
    for (byte[] line : JSON.summary(summary.rows(), width)) {
      String row = utf8(line);
      assertThat(row).matches(ROW);
      assertThat(EventSchema.violations(row)).as(row).isEmpty();
    }
  }

  private static Pattern line(String time, String step, String peer, String red, String plain) {
    String line = time + ORIGIN + "(" + SOCKET + ")(" + step + ")\n";
    return Pattern.compile(
        line.replace("{PEER}", peer)
            .replace("{RED}", red)
            .replace("{PLAIN}", plain)
            .replace("DURATION", DURATION));
  }

  private static String ends(String socket, String end) {
    return socket + " " + end + "( (->|<-|--) " + end + ")?";
  }

  private static List<CSVRecord> parsed(String line) {
    try (CSVParser parser = CSVParser.parse(line, CSVFormat.RFC4180)) {
      return parser.getRecords();
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  /** Refuses what is malformed. */
  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("not UTF-8", e);
    }
  }
}
