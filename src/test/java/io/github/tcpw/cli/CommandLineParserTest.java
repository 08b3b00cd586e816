// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tcpw.command.TargetUser;
import io.github.tcpw.report.OutputFormat;
import io.github.tcpw.report.ReportOptions;
import io.github.tcpw.report.TimeStyle;
import io.github.tcpw.trace.Engine;
import io.github.tcpw.trace.Filter;
import io.github.tcpw.trace.TraceOptions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
                new TraceOptions(
                    Engine.AUTO, false, false, false, false, List.of(), false, Filter.NONE, MIB),
                new ReportOptions(OutputFormat.TEXT, TimeStyle.WALL, false, false, false),
                null,
                null,
                false,
                0));
  }

  @ParameterizedTest
  @CsvSource({
    "-U true, udp",
    "--udp true, udp",
    "-U -- true, udp",
    "-X true, unix",
    "--unix true, unix",
    "-N true, netlink",
    "--netlink true, netlink",
    "-UX true, udp unix",
    "-XU true, udp unix",
    "-U -X true, udp unix",
    "--unix --udp true, udp unix",
    "-NXU true, udp unix netlink"
  })
  void familiesAreAddedOneByOne(String words, String families) throws UsageException {
    TraceOptions trace = parse(words).trace();
    assertThat(trace.udp()).isEqualTo(families.contains("udp"));
    assertThat(trace.unixDomain()).isEqualTo(families.contains("unix"));
    assertThat(trace.netlink()).isEqualTo(families.contains("netlink"));
  }

  @ParameterizedTest
  @CsvSource({
    "true, false, false",
    "-l true, true, true",
    "--lifecycle true, true, true",
    "-s true, true, false", // it needs what closes tell, and does not show them
    "-q true, true, false",
    "-ls true, true, true"
  })
  void lifecycleIsTracedForASummaryToo(String words, boolean traced, boolean shown)
      throws UsageException {
    assertThat(parse(words).trace().lifecycle()).isEqualTo(traced);
    assertThat(parse(words).report().lifecycle()).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "-p 1234, 1234",
    "-p1234, 1234",
    "--pid 1234, 1234",
    "--pid=1234, 1234",
    "-l -p 1 -U --pid 2, 1 2",
    "-p 2 -p 1 -p 2, 2 1", // each once
    "-p 2147483647 --, 2147483647"
  })
  void runningProcessesAreWatched(String words, String pids) throws UsageException {
    Request request = parse(words);
    assertThat(request.action()).isEqualTo(Request.Action.WATCH);
    assertThat(request.trace().pids())
        .isEqualTo(Stream.of(pids.split(" ", -1)).map(Integer::valueOf).toList());
    assertThat(request.trace().all()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-a", "--all", "-la", "-a --"})
  void wholeMachineIsWatched(String words) throws UsageException {
    Request request = parse(words);
    assertThat(request.action()).isEqualTo(Request.Action.WATCH);
    assertThat(request.trace().all()).isTrue();
    assertThat(request.trace().pids()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "+1", "x", "1x", "0x10", "1,2", "1.0", "2147483648"})
  void whatIsNoProcessIdIsRefused(String pid) {
    assertRefused("-p " + pid, "no process ID: " + pid + "; give a number such as 1234");
    assertRefused("-p 1 --pid=" + pid, "no process ID: " + pid + "; give a number such as 1234");
  }

  @Test
  void processesAreOfAnyNumberUpToTheRoomThereIs() throws UsageException {
    String most = "-p 1" + " -p 1".repeat(9) + numbered(TraceOptions.MAX_PIDS);
    assertThat(parse(most).trace().pids()).hasSize(TraceOptions.MAX_PIDS);
    assertRefused(most + " -p 1000", "33 processes are too many; give --pid at most 32 times");
  }

  private static String numbered(int count) {
    StringBuilder words = new StringBuilder();
    for (int pid = 1; pid <= count; pid++) {
      words.append(" -p ").append(pid);
    }
    return words.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "-p 1 curl, --pid, curl",
    "-p 1 -- -v, --pid, -v",
    "-a curl -v, --all, curl",
    "'-p 1 \u001b', --pid, \\x1b"
  })
  void whatIsWatchedIsNoCommand(String words, String option, String command) {
    assertRefused(
        words,
        option
            + " traces what is running already and takes no command; leave out "
            + command
            + ", or "
            + option);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-p 1 -a", "-a -p 1", "--all --pid 1 curl"})
  void allAndSomeProcessesExcludeEachOther(String words) {
    assertRefused(words, "--all includes every --pid; give one of the two");
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

  @ParameterizedTest
  @CsvSource({
    "-u alice true, alice, ",
    "-ualice true, alice, ",
    "-lu alice true, alice, ",
    "--user=alice true, alice, ",
    "-u alice:7 true, alice, 7",
    "-u DOMAIN\\a-b$ true, DOMAIN\\a-b$, ",
    "-u bob -u alice true, alice, "
  })
  void commandRunsAsAUserByName(String words, String name, @Nullable Integer gid)
      throws UsageException {
    assertThat(parse(words).user()).isEqualTo(new TargetUser.Named(name, gid));
  }

  @ParameterizedTest
  @CsvSource({
    "-u 1000 true, 1000, ",
    "--user=1000:7 true, 1000, 7",
    "-u 4294967294:4294967294 true, -2, -2",
    "-u 0 true, 0, "
  })
  void commandRunsAsAUserById(String words, int uid, @Nullable Integer gid) throws UsageException {
    assertThat(parse(words).user()).isEqualTo(new TargetUser.Numbered(uid, gid));
  }

  @Test
  void userAloneDoesNotTakeTheCommandForAName() throws UsageException {
    assertThat(UserParser.sudoCaller("1000", "7")).isEqualTo(new TargetUser.Numbered(1000, 7));
    assertRefused(
        "--user curl -u x",
        "--user alone is who called sudo, and SUDO_UID is not set; give a name: --user=NAME");
    assertThat(parse("curl --user").user()).isNull(); // this is curl's
    assertThat(parse("curl -- --user")).isEqualTo(parse("curl"));
  }

  @ParameterizedTest
  @CsvSource({
    "-u :7 true, 'no user: :7; give a name, or IDs such as 1000 or 1000:1000'",
    "-u 4294967295 true, no user ID: 4294967295; give a number up to 4294967294",
    "-u 1000:x true, no group ID: x; give a number up to 4294967294",
    "-u 1:2:3 true, no group ID: 2:3; give a number up to 4294967294",
    "-u a -p 1, '--user is for a command, and --pid traces what is running already; leave out"
        + " one of the two'",
    "-a --user=b, '--user is for a command, and --all traces what is running already; leave out"
        + " one of the two'"
  })
  void whoCannotBeAUserIsRefused(String words, String message) {
    assertRefused(words, message);
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
    assertThat(parse("-p 1 " + words + " curl").action()).isEqualTo(action);
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
    Request request = parse("curl -U -X -o x --debug --engine none --port 0 -p 1 -a --help");
    assertThat(request).isEqualTo(parse("curl"));
  }

  @ParameterizedTest
  @CsvSource({
    "--uds true, --uds, --udp",
    "--unx true, --unx, --unix",
    "--ouput f true, --ouput, --output",
    "-U --enigne fexit true, --enigne, --engine",
    "--hlep, --hlep, --help",
    "--Debug true, --Debug, --debug",
    "--prot 80 true, --prot, --port",
    "--lifecyle true, --lifecyle, --lifecycle",
    "--conect-only true, --conect-only, --connect-only"
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
    "-o -U true, --output",
    "-p, --pid",
    "-lp, --pid",
    "-p -a, --pid",
    "--port, --port",
    "--to, --to",
    "--format, --format",
    "--time, --time",
    "-u, --user",
    "-u -l true, --user",
    "-o --user true, --output"
  })
  void optionWithoutItsValueIsNamed(String words, String option) {
    assertRefused(words, "option " + option + " needs a value; tcpw --help lists the options");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-U", "--", "-U --", "-o log", "--debug", "-l", "-q", "--port 80", "--to ::1"})
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

  @ParameterizedTest
  @CsvSource({
    "fexti, '; did you mean fexit?'",
    "syscalls, '; did you mean syscall?'",
    "FEXIT, ''",
    "'', ''"
  })
  void mistypedEngineIsGuessed(String typed, String guess) {
    assertRefused(
        "--engine=" + typed + " true",
        "no engine is named " + typed + guess + "; there are auto, fexit, syscall and ptrace");
  }

  @Test
  void unknownEngineIsNamed() {
    assertRefused(
        "--engine kprobe true",
        "no engine is named kprobe; there are auto, fexit, syscall and ptrace");
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
