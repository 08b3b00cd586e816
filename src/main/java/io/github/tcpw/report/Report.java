// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.linux.Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * Says what happened: each event at once, and a summary at the end, as far as they are asked for.
 *
 * <p>Not thread-safe.
 */
public final class Report {
  private final boolean lifecycle;
  private final boolean quiet;
  private final int width;
  private final LineWriter lines;
  private final Format format;
  private final @Nullable Summary summary; // null if not asked for

  /**
   * A report. It begins to write: the header, where the format has one.
   *
   * @param options no summary together with CSV, which has no place for it
   * @param colour whether text may be coloured
   * @param width how many columns the summary may take
   * @param startTime when tracing began, in nanoseconds since the epoch
   * @throws IllegalArgumentException if a summary is asked for in CSV
   */
  public Report(
      ReportOptions options, Descriptor output, boolean colour, int width, long startTime) {
    if (options.summary() && options.format() == OutputFormat.CSV) {
      throw new IllegalArgumentException("no summary in CSV");
    }
    lifecycle = options.lifecycle();
    quiet = options.quiet();
    this.width = width;
    lines = new LineWriter(output);
    format = format(options, colour, startTime);
    summary = options.summary() ? new Summary() : null;
    byte[] header = format.header();
    if (!quiet && header.length > 0) {
      lines.write(header);
    }
  }

  private static Format format(ReportOptions options, boolean colour, long startTime) {
    if (options.format() == OutputFormat.JSON) {
      return new JsonFormat();
    }
    if (options.format() == OutputFormat.CSV) {
      return new CsvFormat();
    }
    return new TextFormat(options.lifecycle(), options.time(), colour, startTime);
  }

  /** Says an event, unless it is one that was not asked for, and counts it. */
  public void show(SocketEvent event) {
    if (summary != null) {
      summary.add(event);
    }
    if (!quiet && (lifecycle || !isOfLifecycle(event.step()))) {
      lines.write(format.format(event));
    }
  }

  /** Whether the step is shown only if the whole life of a socket is. */
  private static boolean isOfLifecycle(Step step) {
    return step instanceof Step.Established
        || step instanceof Step.Listen
        || step instanceof Step.Close
        || step instanceof Step.Subflow;
  }

  /** Says the summary, if it was asked for. */
  public void end() {
    if (summary != null) {
      for (byte[] line : format.summary(summary.rows(), width)) {
        lines.write(line);
      }
    }
  }

  /** What was written to, and what could not be. */
  public LineWriter lines() {
    return lines;
  }
}
