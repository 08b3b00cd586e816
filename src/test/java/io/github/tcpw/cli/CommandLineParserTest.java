// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tcpw.trace.Engine;
import io.github.tcpw.trace.TraceOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Words are separated by spaces here. */
class CommandLineParserTest {
  private static final int MIB = 1 << 20;

  @Test
  void withoutOptionsAllIsAtItsDefault() throws UsageException {
    assertThat(parse("curl"))
        .isEqualTo(
            new Request(
                Request.Action.RUN,
                new TraceOptions(Engine.AUTO, false, false, MIB),
                null,
                false,
                0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-U true", "--udp true", "-U -- true"})
  void udp(String words) throws UsageException {
    assertThat(parse(words).trace()).isEqualTo(new TraceOptions(Engine.AUTO, true, false, MIB));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-X true", "--unix true"})
  void unix(String words) throws UsageException {
    assertThat(parse(words).trace()).isEqualTo(new TraceOptions(Engine.AUTO, false, true, MIB));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-UX true", "-XU true", "-U -X true", "--unix --udp true"})
  void optionsCombine(String words) throws UsageException {
    assertThat(parse(words).trace()).isEqualTo(new TraceOptions(Engine.AUTO, true, true, MIB));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-o log true", "-olog true", "--output log true", "--output=log true"})
  void output(String words) throws UsageException {
    assertThat(parse(words).output()).isEqualTo("log");
  }

  @Test
  void lastLetterOfAClusterMayTakeAValue() throws UsageException {
    Request request = parse("-UXo log true");
    assertThat(request.output()).isEqualTo("log");
    assertThat(request.trace().unixDomain()).isTrue();
    assertThat(request.command()).isEqualTo(2);
  }

  @Test
  void valueKeepsQuotesAndBytes() throws UsageException {
    assertThat(CommandLineParser.parse(new String[] {"-o", "\"\u00e9 \"", "true"}).output())
        .isEqualTo("\"\u00e9 \"");
  }

  @Test
  void lastOfRepeatedOptionsCounts() throws UsageException {
    Request request = parse("-o a --engine fexit -o b --engine syscall true");
    assertThat(request.output()).isEqualTo("b");
    assertThat(request.trace().engine()).isEqualTo(Engine.SYSCALL);
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void engineIsNamedByItsWord(Engine engine) throws UsageException {
    assertThat(parse("--engine " + engine.word() + " true").trace().engine()).isEqualTo(engine);
    assertThat(parse("--engine=" + engine.word() + " true").trace().engine()).isEqualTo(engine);
  }

  @Test
  void buffer() throws UsageException {
    assertThat(parse("--buffer 4MiB true").trace().bufferSize()).isEqualTo(4 * MIB);
    assertThat(parse("--buffer=64K true").trace().bufferSize()).isEqualTo(65_536);
  }

  @Test
  void debug() throws UsageException {
    assertThat(parse("--debug true").debug()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"-h, HELP", "--help, HELP", "-V, VERSION", "--version, VERSION", "-Vh, HELP"})
  void helpAndVersionNeedNoCommand(String words, Request.Action action) throws UsageException {
    assertThat(parse(words).action()).isEqualTo(action);
    assertThat(parse(words + " curl").action()).isEqualTo(action);
  }

  @ParameterizedTest
  @CsvSource({
    "curl -v, 0", // -v is curl's
    "curl -U, 0",
    "curl --help, 0",
    "-U curl -X -o x, 1",
    "-o log curl, 2",
    "-U -- curl, 2",
    "-- curl, 1",
    "-- --odd-name -U, 1", // a command may begin with dashes
    "-- -- x, 1", // or be two
    "curl -- -U, 0" // this -- is curl's
  })
  void optionsEndAtTheCommand(String words, int command) throws UsageException {
    Request request = parse(words);
    assertThat(request.action()).isEqualTo(Request.Action.RUN);
    assertThat(request.command()).isEqualTo(command);
    assertThat(request.trace().unixDomain()).isFalse();
  }

  @Test
  void optionsOfTheCommandAreNotOurs() throws UsageException {
    Request request = parse("curl -U -X -o x --debug --engine none --help");
    assertThat(request.trace()).isEqualTo(new TraceOptions(Engine.AUTO, false, false, MIB));
    assertThat(request.output()).isNull();
    assertThat(request.debug()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "--uds true, --uds, --udp",
    "--unx true, --unx, --unix",
    "--ouput f true, --ouput, --output",
    "-U --enigne fexit true, --enigne, --engine",
    "--hlep, --hlep, --help",
    "--Debug true, --Debug, --debug"
  })
  void mistypedOptionIsNotTakenForTheCommand(String words, String typed, String meant) {
    assertRefused(
        words,
        "unknown option " + typed + "; did you mean " + meant + "?; tcpw --help lists the options");
  }

  @ParameterizedTest
  @CsvSource({
    "-Z true, -Z",
    "-UZ true, -UZ",
    "--frobnicate true, --frobnicate",
    "--udp=yes true, --udp=yes",
    "--ud true, --ud" // no abbreviations: a later option could make them ambiguous
  })
  void unknownOptionIsNamed(String words, String typed) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(words))
        .withMessageStartingWith("unknown option " + typed + ";")
        .withMessageEndingWith("tcpw --help lists the options");
  }

  @ParameterizedTest
  @CsvSource({
    "-o, --output",
    "--output, --output",
    "-UXo, --output",
    "--engine, --engine",
    "--buffer, --buffer",
    "-o -U true, --output"
  })
  void optionWithoutItsValueIsNamed(String words, String option) {
    assertRefused(words, "option " + option + " needs a value; tcpw --help lists the options");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-U", "--", "-U --", "-o log", "--debug"})
  void commandMustBeGiven(String words) {
    assertRefused(
        words,
        "no command to run; tcpw [options] command [argument...]; tcpw --help lists the options");
  }

  @Test
  void noWordsAtAllAreNoCommand() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> CommandLineParser.parse(new String[0]))
        .withMessageStartingWith("no command to run");
  }

  @Test
  void unknownEngineIsNamed() {
    assertRefused(
        "--engine ptrace true", "no engine is named ptrace; there are auto, fexit and syscall");
  }

  @Test
  void badBufferSizeIsNamed() {
    assertRefused("--buffer many true", "no buffer size: many; give bytes, or a size such as 4MiB");
  }

  private static void assertRefused(String words, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(words))
        .withMessage(message);
  }

  private static Request parse(String words) throws UsageException {
    return CommandLineParser.parse(words.split(" ", -1));
  }
}
