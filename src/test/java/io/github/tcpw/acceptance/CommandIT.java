// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The command runs as it would without tcpw, also by way of the script of a checkout; what it
 * inherits is TransparencyIT's.
 */
@Tag("user-space")
class CommandIT {
  @Test
  void argumentsKeepTheirBytes() {
    String command = "printf '%s|' '' -v --udp 'a b' $'\\xff\\xc3\\xa9\\n' '*'";
    Run without = Tcpw.shell(command);
    Run with = Tcpw.shell("$tcpw " + command);
    assertThat(with.stdout()).as("%s", with).isEqualTo(without.stdout()).isNotEmpty();
    assertThat(with.stderr()).as("%s", with).isEqualTo(without.stderr());
    assertThat(with.status()).isEqualTo(without.status());
  }

  @Test
  void optionsOfTheCommandAreItsOwn() {
    assertThat(Tcpw.run("echo", "-U", "--help").stdout()).isEqualTo("-U --help\n");
    assertThat(Tcpw.run("-U", "--", "echo", "x").stdout()).isEqualTo("x\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A=1",
        "PWD=/nowhere SHLVL=7 _=x OLDPWD=",
        "A.B=1 'A B=2' A=",
        "$'A=\\xff\\n'",
        "JAVA_TOOL_OPTIONS=-Xint _JAVA_OPTIONS=-Xmx1k JDK_JAVA_OPTIONS=-bad JAVA_HOME=/none",
        "LIBBPF_LOG_LEVEL=debug CLASSPATH=/ LC_ALL=tr_TR.UTF-8",
      })
  void environmentIsTheSameByteForByte(String variables) {
    String path = System.getenv("PATH");
    Run with =
        Tcpw.shell(
            "exec env -i PATH='" + path + "' " + variables + " $tcpw cat /proc/self/environ");
    Run without =
        Tcpw.shell("exec env -i PATH='" + path + "' " + variables + " cat /proc/self/environ");
    assertThat(with.stdout()).as("%s", with).isEqualTo(without.stdout()).isNotEmpty();
    assertThat(with.stderr()).isEmpty();
  }

  @Test
  void anEmptyEnvironmentStaysEmpty() {
    Run run = Tcpw.shell("exec env -i $tcpw /bin/cat /proc/self/environ").exitsWith(0);
    assertThat(run.stdout()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"})
  void closedStandardDescriptorsStayClosed(String redirection) {
    String list =
        "sh -c 'exec 9>'$out'; cd /proc/self/fd; [ -e 0 ]; echo $? >&9;"
            + " [ -e 1 ]; echo $? >&9; [ -e 2 ]; echo $? >&9' ";
    String script = "out=$(mktemp); %s" + list + redirection + "; cat $out; rm $out";
    Run with = Tcpw.shell(script.formatted("$tcpw "));
    Run without = Tcpw.shell(script.formatted(""));
    assertThat(with.stdout()).as("%s", with).isEqualTo(without.stdout()).isNotEmpty();
  }

  @Test
  void standardInputIsTheCommands() {
    assertThat(Tcpw.shell("printf 'a\\nb\\n' | { $tcpw head -c 0; cat; }").stdout())
        .isEqualTo("a\nb\n");
    assertThat(Tcpw.shell("echo piped | $tcpw cat | tr a-z A-Z").stdout()).isEqualTo("PIPED\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP"})
  void terminationIsPassedOn(String signal) {
    Run run =
        Tcpw.shell(
            """
            out=$(mktemp)
            $tcpw sh -c 'trap "echo got it; exit 3" %s; echo ready; while :; do sleep 0.05; done' \
              >$out &
            until grep -q ready $out; do sleep 0.05; done
            kill -%s $!; wait $!; echo $?
            cat $out; rm $out
            """
                .formatted(signal, signal));
    assertThat(run.stdout()).isEqualTo("3\nready\ngot it\n");
  }

  /** It finds both when it looks. */
  @Test
  void aSignalTogetherWithTheCommandsEndIsNoReasonToWaitOn() {
    Run run =
        Tcpw.shell(
            """
            out=$(mktemp)
            $tcpw sh -c 'echo $$; exec sleep 1000' >$out &
            until [ -s $out ]; do sleep 0.05; done
            kill -STOP $!
            kill -HUP $!
            kill -KILL $(cat $out)
            until grep -q '^State:.Z' /proc/$(cat $out)/status; do sleep 0.05; done
            kill -CONT $!
            wait $!; echo $?; rm $out
            """);
    assertThat(run.stdout()).as("%s", run).isEqualTo("137\n");
  }

  @Test
  void interruptsAreLeftToTheCommand() {
    // As from a terminal: to the whole process group, twice, and tcpw outlives it.
    Run run =
        Tcpw.shell(
            """
            python3 - $tcpw <<'EOF'
            import os, signal, subprocess, sys, time
            command = '''
            import os, signal, time
            def say(text): os.write(1, text.encode() + bytes([10])) # print would not be reentrant
            signal.signal(signal.SIGINT, lambda *_: say("interrupted"))
            signal.signal(signal.SIGQUIT, lambda *_: say("quit"))
            say("ready")
            end = time.monotonic() + 1
            while time.monotonic() < end: time.sleep(0.05)
            say("end")
            raise SystemExit(5)'''
            tcpw = subprocess.Popen(
                sys.argv[1:] + ["python3", "-c", command],
                stdout=subprocess.PIPE, text=True, start_new_session=True)
            print(tcpw.stdout.readline(), end="")
            for number in signal.SIGINT, signal.SIGINT, signal.SIGQUIT:
                os.killpg(tcpw.pid, number)
                print(tcpw.stdout.readline(), end="")
            print(tcpw.stdout.read(), end="")
            print(tcpw.wait())
            EOF
            """);
    assertThat(run.stdout()).isEqualTo("ready\ninterrupted\ninterrupted\nquit\nend\n5\n");
    assertThat(run.stderr()).isEmpty();
  }

  @Test
  void aCommandThatIsNotThereIs127() {
    Run run = Tcpw.run("no-such-command").exitsWith(127);
    assertThat(run.stderr()).isEqualTo("tcpw: no-such-command: command not found in PATH\n");
    Tcpw.run("/no/such/command").exitsWith(127);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "/"})
  void aCommandThatCannotBeExecutedIs126(String command) {
    Run run = Tcpw.run(command).exitsWith(126);
    assertThat(run.stderr())
        .isEqualTo("tcpw: " + command + ": cannot execute: Permission denied\n");
  }

  private static Run limited(String limit) {
    return Tcpw.shell(
        "prlimit --"
            + limit
            + " "
            + Path.of("target/tcpw/bin/tcpw").toAbsolutePath()
            + " echo ran");
  }

  /** Where memory is limited, a JVM ends itself, with 1 or by SIGSEGV. */
  @ParameterizedTest
  @ValueSource(strings = {"as=20000000", "as=40000000", "as=100000000", "data=20000000"})
  void aRuntimeThatCannotStartIs125(String limit) {
    Run run = limited(limit).exitsWith(125);
    assertThat(run.stdout()).isEmpty();
    assertThat(run.stderr().lines().toList().getLast()).startsWith("tcpw: ");
  }

  /** As batch systems limit it; a JVM reserves more than a gigabyte by default. */
  @Test
  void aSmallAddressSpaceIsEnough() {
    assertThat(limited("as=320000000").exitsWith(0).stdout()).isEqualTo("ran\n");
  }

  @Test
  void noFileIsLeftBehind() {
    Run run =
        Tcpw.shell(
            """
            d=$(mktemp -d); cd $d; touch .hotspotrc; printf -- '-Xbad' >.hotspotrc
            TMPDIR=$d $tcpw true; ls -A; ls -d /tmp/hsperfdata_*/$$ 2>/dev/null; rm -r $d
            """);
    assertThat(run.stdout()).isEqualTo(".hotspotrc\n");
    assertThat(run.stderr()).isEmpty();
  }

  /** Whoever opens one of them waits for ever. */
  @Test
  void theWorkingDirectoryIsNotSearched() {
    Run run =
        Tcpw.shell(
            """
            d=$(mktemp -d); cd $d
            mkfifo libc.so.6 libbpf.so.1 libelf.so.1 libz.so.1 libjvm.so libjava.so libnio.so \
              .hotspotrc .hotspot_compiler
            timeout -s KILL 60 $tcpw echo ran; rm -r $d
            """);
    assertThat(run.stdout()).as("%s", run).isEqualTo("ran\n");
    assertThat(run.stderr()).isEmpty();
  }
}
