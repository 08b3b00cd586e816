// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What depends on whether it is a terminal, and how wide; and the time that lines begin with. */
@Tag("user-space")
class TerminalIT {
  /** A connection and its acceptance, a refusal, and a reset. */
  private static final String WORKLOAD =
      """
      import os, select, socket, struct
      server = socket.create_server(("127.0.0.1", 0))
      client = socket.create_connection(server.getsockname())
      accepted = server.accept()[0]
      client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
      client.close()
      with socket.socket() as closed:
          closed.bind(("127.0.0.1", 0))
          socket.socket().connect_ex(closed.getsockname())
      """;

  /** Runs it in a terminal of so many columns; what that shows is on stdout. */
  private static Run inTerminal(int columns, String environment, String options, String script) {
    return Tcpw.shell(
        """
        python3 -IS -c 'import fcntl, os, pty, struct, sys, termios
        pid, terminal = pty.fork()
        if pid == 0:
            size = struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0)
            fcntl.ioctl(1, termios.TIOCSWINSZ, size)
            os.execvp(sys.argv[2], sys.argv[2:])
        shown = b""
        try:
            while more := os.read(terminal, 65536): shown += more
        except OSError: pass  # EIO: closed
        os.write(1, shown.replace(b"\\r\\n", b"\\n"))
        raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        ' %d env %s $tcpw %s python3 -IS -c '%s'
        """
            .formatted(columns, environment, options, script));
  }

  @Test
  void failuresAreRedAndNothingElse() {
    Run run = inTerminal(200, "-u NO_COLOR TERM=xterm", "-l", WORKLOAD).exitsWith(0);
    assertThat(run.stdout())
        .as("%s", run)
        .contains(" \u001b[31merror=ECONNREFUSED\u001b[0m")
        .contains(" \u001b[31mended=rst-by-us\u001b[0m");
    String plain = run.stdout().replaceAll("\u001b\\[31m(error|ended)=([A-Za-z-]+)\u001b\\[0m", "");
    assertThat(plain).doesNotContain("\u001b").contains("event=accept");
  }

  @Test
  void noColorHasNoColour() {
    assertThat(inTerminal(200, "NO_COLOR=1", "-l", WORKLOAD).exitsWith(0).stdout())
        .contains(" error=ECONNREFUSED")
        .doesNotContain("\u001b");
    // An empty one does not count (no-color.org).
    assertThat(inTerminal(200, "NO_COLOR=", "", WORKLOAD).exitsWith(0).stdout())
        .contains(" \u001b[31merror=ECONNREFUSED\u001b[0m");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format json", "--format csv", "-o /dev/null", "-q"})
  void whatIsNotTextForATerminalHasNoColour(String options) {
    Run run = inTerminal(200, "-u NO_COLOR", options, WORKLOAD).exitsWith(0);
    assertThat(run.stdout()).doesNotContain("\u001b");
  }

  @Test
  void thereIsNoEscapeSequenceOutsideOfATerminal() {
    Run run = Tcpw.python(List.of("-l", "-s"), WORKLOAD).exitsWith(0);
    assertThat(run.stderr()).contains(" error=ECONNREFUSED").doesNotContain("\u001b");
  }

  private static final String LONG =
      """
      import ctypes, socket
      ctypes.CDLL(None).prctl(15, b"a-long-name-of-1")  # PR_SET_NAME
      socket.socket(socket.AF_UNIX).connect_ex("/a/very/long/path/" + 6 * "of/many/" + "end")
      """;

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 60, 80, 132})
  void theTableIsAsWideAsTheTerminalAtMost(int columns) {
    Run run = inTerminal(columns, "-u NO_COLOR", "-q -X", LONG).exitsWith(0);
    List<String> lines = run.stdout().lines().toList();
    assertThat(lines).as("%s", run).hasSize(2).allMatch(line -> line.length() <= columns);
    if (columns == 60) {
      assertThat(lines.getLast()).contains("...").matches("a-.* -- /a/.*end +1 +1 .*");
      assertThat(lines.getFirst()).hasSameSizeAs(lines.getLast());
    } else if (columns == 132) {
      assertThat(lines.getLast()).doesNotContain("...");
    }
  }

  @Test
  void theTableHas80ColumnsWhereThereIsNoTerminal() {
    Run run = Tcpw.python(List.of("-q", "-X"), LONG).exitsWith(0);
    assertThat(run.stderr().lines()).hasSize(2).allMatch(line -> line.length() == 80);
  }

  @Test
  void relativeTimesCountFromTheStart() {
    Run run = Tcpw.python(List.of("--time", "relative"), WORKLOAD).exitsWith(0);
    List<String> times = times(run, "\\d+\\.\\d{6}");
    assertThat(times.stream().map(Double::valueOf).toList()).isSorted();
  }

  @Test
  void deltasCountFromTheLineBefore() {
    Run run = Tcpw.python(List.of("--time=delta"), WORKLOAD).exitsWith(0);
    List<String> times = times(run, "-?\\d+\\.\\d{6}");
    assertThat(times.getFirst()).isEqualTo("0.000000");
  }

  @Test
  void noTimesLeaveTheRest() {
    Run run = Tcpw.python(List.of("--time", "none"), WORKLOAD).exitsWith(0);
    assertThat(run.stderr().lines()).hasSize(3).allMatch(line -> line.startsWith("tcpw: pid="));
  }

  @Test
  void wallTimeIsTheDefault() {
    String wall = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d";
    times(Tcpw.python(List.of("--time", "wall"), WORKLOAD).exitsWith(0), wall);
    times(Tcpw.python(WORKLOAD).exitsWith(0), wall);
  }

  /** What the three lines begin with. */
  private static List<String> times(Run run, String pattern) {
    List<String> times =
        run.stderr().lines().map(line -> line.replaceFirst(" tcpw: pid=.*", "")).toList();
    assertThat(times).as("%s", run).hasSize(3).allMatch(time -> time.matches(pattern));
    return times;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format json", "--format json -s", "--format csv", "-l -s", "-q"})
  void aFullDiskDisturbsNothingAndIsSaid(String options) {
    Run run =
        Tcpw.shell("$tcpw -o /dev/full " + options + " python3 -c '" + ends(9) + "'").exitsWith(9);
    assertThat(run.stdout()).isEqualTo("done\n");
    assertThat(run.stderr())
        .matches("tcpw: [1-9]\\d* lines not written: No space left on device\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format json", "--format json -s", "--format csv", "-l -s", "-q"})
  void aClosedStderrOrPipeDisturbsNothing(String options) {
    String tcpw = "$tcpw " + options + " python3 -c '" + ends(9) + "'";
    Run run = Tcpw.shell(tcpw + " 2>&-").exitsWith(9);
    assertThat(run.stdout()).isEqualTo("done\n");
    run = Tcpw.shell("exec 4>&1; { sleep 0.1; " + tcpw + " >&4; echo $? >&4; } 2>&1 | true");
    assertThat(run.stdout()).isEqualTo("done\n9\n");
  }

  /** Its own stderr is not used: that may be closed. */
  private static String ends(int status) {
    return WORKLOAD + "print(\"done\")\nraise SystemExit(" + status + ")\n";
  }
}
