// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot work is said in one line, with what to do, and exit status 125. */
@Tag("user-space")
class RefusalIT {
  private static void says(Run run, String line) {
    run.exitsWith(125);
    assertThat(run.stderr()).isEqualTo("tcpw: " + line + "\n");
    assertThat(run.stdout()).isEmpty();
  }

  @Test
  void withoutRootItSaysWhichCapabilitiesAreMissing() {
    says(
        Tcpw.shell(
            "setpriv --reuid=65534 --regid=65534 --clear-groups $tcpw --engine syscall echo ran"),
        "not permitted to use BPF: missing CAP_BPF and CAP_PERFMON; run it as root (sudo tcpw ...),"
            + " and a container with these capabilities");
  }

  @Test
  void rootWithoutOneCapabilityIsToldWhich() {
    says(
        Tcpw.shell("setpriv --bounding-set=-sys_admin,-perfmon $tcpw --engine syscall echo ran"),
        "not permitted to use BPF: missing CAP_PERFMON; run it as root (sudo tcpw ...), and a"
            + " container with these capabilities");
  }

  @Test
  void theTwoCapabilitiesAreEnough() {
    Run run =
        Tcpw.shell(
            """
            setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+bpf,+perfmon \
              --ambient-caps=+bpf,+perfmon $tcpw python3 -c 'import socket
            s = socket.create_server(("127.0.0.1", 0))
            socket.create_connection(s.getsockname())'
            """);
    run.exitsWith(0);
    assertThat(run.socket().arrow()).isEqualTo("->");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "=38"}) // EPERM, ENOSYS
  void aContainersSeccompProfileIsNamed(String errno) {
    Run run =
        Tcpw.shell(
            """
            [ $(uname -m) = x86_64 ] && call=321 || call=280 # bpf
            target/test-programs/refuse $call%s $tcpw --engine syscall echo ran
            """
                .formatted(errno));
    run.exitsWith(125);
    assertThat(run.stderr())
        .startsWith("tcpw: cannot load the BPF programs: ")
        .endsWith("; in a container, its seccomp profile has to allow bpf(2)\n");
  }

  @Test
  void rootInAUserNamespaceIsTold() {
    says(
        Tcpw.shell("unshare --user --map-root-user $tcpw --engine syscall echo ran"),
        "not permitted to use BPF: root in a user namespace does not count;"
            + " run it outside the container");
  }

  @Test
  void aKernelWithoutBtfIsTold() {
    says(
        Tcpw.shell(
            "unshare --mount sh -c 'mount -t tmpfs none /sys/kernel/btf; '$tcpw' --engine syscall echo ran'"),
        "this kernel does not describe its types: /sys/kernel/btf/vmlinux is missing;"
            + " use one built with CONFIG_DEBUG_INFO_BTF=y");
  }

  @Test
  void aMissingLibbpfNamesItsPackage() {
    says(
        Tcpw.shell(
            """
            unshare --mount sh -c '
            mount --bind /dev/null "$(readlink -f "$(ldconfig -p | sed -n "s/.*libbpf.so.1 .*=> //p")")"
            '$tcpw' --engine syscall echo ran'
            """),
        "libbpf.so.1 is not installed; install it: apt-get install libbpf1"
            + " (Fedora: dnf install libbpf)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--udpp true       | unknown option --udpp; did you mean --udp?; tcpw --help lists the options",
        "--zzz true        | unknown option --zzz; tcpw --help lists the options",
        "-z true           | unknown option -z; tcpw --help lists the options",
        "--engine magic x  | no engine is named magic; there are auto, fexit, syscall and ptrace",
        "--buffer 1XB x    | no buffer size: 1XB; give bytes, or a size such as 4MiB",
        "-o                | option --output needs a value; tcpw --help lists the options",
        "-U                | no command to run; tcpw [options] command [argument...];"
            + " tcpw --help lists the options",
      })
  void aCommandLineThatMakesNoSenseIsExplained(String words, String message) {
    says(Tcpw.run(words.strip().split(" +")), message);
  }

  @Test
  void aWordThatSteersTheTerminalIsShownHarmless() {
    says(
        Tcpw.shell("$tcpw $'--\\x1b[2J' true"),
        "unknown option --\\x1b[2J; tcpw --help lists the options");
    says(
        Tcpw.shell("$tcpw --engine $'m\\xc3\\xa9' true"),
        "no engine is named m\u00c3\u00a9; there are auto, fexit, syscall and ptrace");
  }

  @Test
  void debugSaysWhichEngineAndWhy() {
    Run run = Tcpw.run("--debug", "--engine", "syscall", "true").exitsWith(0);
    assertThat(run.stderr().lines())
        .containsExactly(
            "tcpw: debug: engine syscall, as asked for",
            "tcpw: debug: attached follow_fork",
            "tcpw: debug: attached follow_state",
            "tcpw: debug: attached syscall_exit");
    Run auto = Tcpw.run("--debug", "true").exitsWith(0);
    assertThat(auto.stderr().lines().filter(line -> line.startsWith("tcpw: debug: engine ")))
        .as("%s", auto)
        .hasSize(1);
  }

  @Test
  void debugShowsTheStackTraceOfAFailure() {
    Run run =
        Tcpw.shell(
            "setpriv --reuid=65534 --regid=65534 --clear-groups $tcpw --debug --engine syscall echo ran");
    assertThat(run.exitsWith(125).stderr())
        .contains("tcpw: not permitted to use BPF")
        .contains("\tat io.github.tcpw");
  }

  @Test
  void theFexitEngineWorksOrSaysThatTheKernelRefusesIt() {
    Run run = Tcpw.run("--engine", "fexit", "curl", "-s", "http://127.0.0.1:1/");
    if (run.status() == 125) {
      says(
          run,
          "cannot load fexit programs: Operation not permitted;"
              + " this kernel refuses them, use --engine syscall");
    } else {
      run.exitsWith(7);
      assertThat(run.socket().remote()).isEqualTo("127.0.0.1:1");
    }
  }

  @Test
  void helpAndVersionGoToStdout() {
    assertThat(Tcpw.run("--help").exitsWith(0).stdout())
        .startsWith("Usage: tcpw [options] command");
    assertThat(Tcpw.run("-V").exitsWith(0).stdout()).matches("tcpw \\d+\\.\\d+\\.\\d+\n");
  }
}
