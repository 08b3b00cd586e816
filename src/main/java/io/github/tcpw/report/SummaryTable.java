// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.Direction;
import java.util.ArrayList;
import java.util.List;

/** Says a summary as a table, for people. */
final class SummaryTable {
  private static final String[] HEADER = {
    "process", "endpoint", "conns", "failed", "p50", "p95", "sent", "received"
  };

  /** The columns before this one are text, and as narrow as need be. */
  private static final int FIRST_NUMBER = 2;

  private static final int LEAST_ROOM = 12; // for the two of them

  private SummaryTable() {}

  /** The lines, without newlines, none wider than this many columns. */
  static List<String> lines(List<SummaryRow> rows, int width) {
    List<String[]> table = new ArrayList<>();
    table.add(HEADER);
    SummaryRow total = new SummaryRow(null, Direction.NONE, null);
    for (SummaryRow row : rows) {
      table.add(cells(row, row.comm() == null ? "(other)" : row.comm()));
      total.add(row);
    }
    if (rows.size() > 1) {
      table.add(cells(total, "(total)"));
    }
    int[] widths = widths(table, width);
    List<String> lines = new ArrayList<>();
    for (String[] cells : table) {
      lines.add(Columns.head(line(cells, widths), width));
    }
    return lines;
  }

  private static String[] cells(SummaryRow row, String process) {
    String endpoint = row.endpoint();
    return new String[] {
      process,
      endpoint == null ? "" : TextFormat.arrow(row.direction()) + " " + endpoint,
      Long.toString(row.connections()),
      Long.toString(row.failed()),
      duration(row.latency(50)),
      duration(row.latency(95)),
      size(row.sent()),
      size(row.received())
    };
  }

  private static int[] widths(List<String[]> table, int width) {
    int[] widths = new int[HEADER.length];
    for (String[] cells : table) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Columns.count(cells[i]));
      }
    }
    int room = width;
    for (int i = FIRST_NUMBER; i < widths.length; i++) {
      room -= widths[i] + 1;
    }
    room = Math.max(room - 1, LEAST_ROOM); // a blank between the two
    // The endpoint gives way first, down to two thirds of the room.
    widths[0] = Math.min(widths[0], Math.max(room / 3, room - widths[1]));
    widths[1] = Math.min(widths[1], room - widths[0]);
    return widths;
  }

  private static String line(String[] cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      String cell = Columns.shorten(cells[i], widths[i]);
      String blanks = " ".repeat(widths[i] - Columns.count(cell));
      if (i > 0) {
        line.append(' ');
      }
      if (i < FIRST_NUMBER) {
        line.append(cell).append(blanks);
      } else {
        line.append(blanks).append(cell);
      }
    }
    return line.toString();
  }

  private static String duration(long nanos) {
    if (nanos < 0) {
      return "-";
    }
    StringBuilder text = new StringBuilder();
    Milliseconds.append(text, nanos);
    return text.toString();
  }

  /** {@code 78}, {@code 1.2K}, {@code 34M}: powers of 1024, as ls -h has them; - if unknown. */
  static String size(long bytes) {
    if (bytes < 0) {
      return "-";
    }
    if (bytes < 1024) {
      return Long.toString(bytes);
    }
    String units = "KMGTPE";
    int unit = 0;
    double scaled = bytes / 1024.0;
    while (scaled >= 1023.5) {
      scaled /= 1024;
      unit++;
    }
    long tenths = Math.round(scaled * 10);
    return tenths < 100
        ? tenths / 10 + "." + tenths % 10 + units.charAt(unit)
        : Math.round(scaled) + "" + units.charAt(unit);
  }
}
