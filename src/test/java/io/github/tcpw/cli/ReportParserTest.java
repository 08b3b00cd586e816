// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tcpw.report.OutputFormat;
import io.github.tcpw.report.ReportOptions;
import io.github.tcpw.report.TimeStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the options for output are understood; words are separated by spaces here. */
class ReportParserTest {
  @ParameterizedTest
  @EnumSource(OutputFormat.class)
  void formatIsNamedByItsWord(OutputFormat format) throws UsageException {
    assertThat(parse("--format " + format.word()).format()).isEqualTo(format);
    assertThat(parse("--format=" + format.word()).format()).isEqualTo(format);
  }

  @ParameterizedTest
  @EnumSource(TimeStyle.class)
  void timeStyleIsNamedByItsWord(TimeStyle time) throws UsageException {
    assertThat(parse("--time " + time.word()).time()).isEqualTo(time);
    assertThat(parse("--time=" + time.word()).time()).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-s", "--summary"})
  void summaryIsAddedToTheLines(String words) throws UsageException {
    assertThat(parse(words))
        .isEqualTo(new ReportOptions(OutputFormat.TEXT, TimeStyle.WALL, false, false, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-q", "--quiet", "-qs", "--summary --quiet"})
  void quietLeavesTheSummary(String words) throws UsageException {
    assertThat(parse(words))
        .isEqualTo(new ReportOptions(OutputFormat.TEXT, TimeStyle.WALL, false, true, true));
  }

  @Test
  void summaryCanBeJson() throws UsageException {
    assertThat(parse("-s --format json").summary()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "-s --format csv, --summary",
    "--format csv --summary, --summary",
    "-q --format csv, --quiet",
    "-qs --format csv, --quiet"
  })
  void summaryIsNoCsv(String words, String option) {
    assertRefused(
        words, option + " prints a table that csv has no place for; use --format text or json");
  }

  @ParameterizedTest
  @CsvSource({
    "--format json --time none, json",
    "--time delta --format csv, csv",
    "--time wall --format json, json" // though it is the default: it was asked for
  })
  void timeStyleIsForTextOnly(String words, String format) {
    assertRefused(words, "--time is about lines of text, not " + format + "; leave out --time");
  }

  @Test
  void lastOfRepeatedOptionsCounts() throws UsageException {
    assertThat(parse("--format csv -s --format json").format()).isEqualTo(OutputFormat.JSON);
    assertThat(parse("--time none --time delta").time()).isEqualTo(TimeStyle.DELTA);
    assertThat(parse("--format json --time none --format text").time()).isEqualTo(TimeStyle.NONE);
  }

  @ParameterizedTest
  @CsvSource({"xml, ''", "JSON, ''", "jsno, '; did you mean json?'", "tsv, '; did you mean csv?'"})
  void unknownFormatIsNamed(String typed, String guess) {
    assertRefused(
        "--format " + typed,
        "no format is named " + typed + guess + "; there are text, json and csv");
  }

  @ParameterizedTest
  @CsvSource({"iso, ''", "relativ, '; did you mean relative?'", "wal, '; did you mean wall?'"})
  void unknownTimeStyleIsNamed(String typed, String guess) {
    assertRefused(
        "--time " + typed,
        "no time style is named " + typed + guess + "; there are wall, relative, delta and none");
  }

  private static void assertRefused(String words, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(words))
        .withMessage(message);
  }

  private static ReportOptions parse(String words) throws UsageException {
    return CommandLineParser.parse((words + " true").split(" ", -1)).report();
  }
}
