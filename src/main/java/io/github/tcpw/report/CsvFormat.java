// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.github.tcpw.event.SocketEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says an event in one record of CSV (RFC 4180).
 *
 * <p>The columns are the fields of all kinds of events. A cell is empty where the event has no such
 * field, or it is not known. No cell is a formula to a spreadsheet.
 *
 * <p>Not thread-safe.
 */
final class CsvFormat implements Format, FieldWriter {
  /** The names of {@link EventFields}; parts of a field are called {@code field_part}. */
  static final List<String> COLUMNS =
      List.of(
          "v",
          "event",
          "time",
          "pid",
          "comm",
          "family",
          "type",
          "protocol",
          "inode",
          "direction",
          "local_address",
          "local_cid",
          "local_port",
          "remote_address",
          "remote_cid",
          "remote_port",
          "path",
          "abstract",
          "peer_pid",
          "peer_comm",
          "error",
          "after_ns",
          "backlog",
          "outgoing",
          "state",
          "ended",
          "duration_ns",
          "bytes_sent",
          "bytes_received",
          "datagrams_sent",
          "datagrams_received",
          "rtt_ns",
          "retransmits");

  /** What a spreadsheet takes for the beginning of a formula. */
  private static final String FORMULA = "=+-@";

  private final EventFields fields = new EventFields();
  private final Map<String, Integer> columns = new HashMap<>();
  private final @Nullable String[] cells = new String[COLUMNS.size()];
  private final StringWriter text = new StringWriter(512);
  private final CsvWriter csv =
      CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).bufferSize(0).build(text);
  private String prefix = "";

  CsvFormat() {
    for (int i = 0; i < COLUMNS.size(); i++) {
      columns.put(COLUMNS.get(i), i);
    }
  }

  @Override
  public byte[] header() {
    csv.writeRecord(COLUMNS);
    return line();
  }

  @Override
  public byte[] format(SocketEvent event) {
    Arrays.fill(cells, null);
    try {
      fields.write(event, this);
    } catch (IOException impossible) {
      throw new AssertionError(impossible); // memory takes every byte
    }
    csv.writeRecord(cells);
    return line();
  }

  @Override
  public List<byte[]> summary(List<SummaryRow> rows, int width) {
    throw new UnsupportedOperationException("a summary has other columns");
  }

  private byte[] line() {
    byte[] line = text.toString().getBytes(StandardCharsets.UTF_8);
    text.getBuffer().setLength(0);
    return line;
  }

  private void set(String name, String value) {
    Integer column = columns.get(prefix + name);
    if (column == null) {
      throw new IllegalArgumentException(name);
    }
    cells[column] = value;
  }

  /** The first character of a formula is escaped as those are that {@link Escape} escapes. */
  @Override
  public void text(String name, @Nullable String value) {
    if (value == null) {
      return;
    }
    boolean isFormula = !value.isEmpty() && FORMULA.indexOf(value.charAt(0)) >= 0;
    set(name, isFormula ? Escape.hex(value.charAt(0)) + value.substring(1) : value);
  }

  @Override
  public void number(String name, long value) {
    if (value >= 0) {
      set(name, Long.toString(value));
    }
  }

  @Override
  public void flag(String name, @Nullable Boolean value) {
    if (value != null) {
      set(name, value.toString());
    }
  }

  @Override
  public void begin(String name) {
    prefix = name + "_";
  }

  @Override
  public void end() {
    prefix = "";
  }

  @Override
  public void none(String name) {}
}
