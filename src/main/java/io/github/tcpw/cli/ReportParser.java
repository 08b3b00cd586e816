// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.report.OutputFormat;
import io.github.tcpw.report.ReportOptions;
import io.github.tcpw.report.TimeStyle;
import org.jspecify.annotations.Nullable;

/** Understands the options that choose how events are said. */
final class ReportParser {
  private ReportParser() {}

  /**
   * What the options ask for together.
   *
   * @throws UsageException if one makes no sense, or two do not go together
   */
  static ReportOptions parse(GivenOptions given) throws UsageException {
    OutputFormat format =
        Choice.parse("format", given.value(OptionSpec.FORMAT), OutputFormat.values());
    @Nullable String time = given.value(OptionSpec.TIME);
    TimeStyle style = Choice.parse("time style", time, TimeStyle.values());
    if (time != null && format != OutputFormat.TEXT) {
      throw new UsageException(
          "--time is about lines of text, not " + format.word() + "; leave out --time");
    }
    boolean quiet = given.has(OptionSpec.QUIET);
    boolean summary = quiet || given.has(OptionSpec.SUMMARY);
    if (summary && format == OutputFormat.CSV) {
      throw new UsageException(
          (quiet ? "--quiet" : "--summary")
              + " prints a table that csv has no place for; use --format text or json");
    }
    return new ReportOptions(format, style, given.has(OptionSpec.LIFECYCLE), quiet, summary);
  }
}
