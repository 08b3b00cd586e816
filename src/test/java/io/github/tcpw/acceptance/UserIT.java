// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The command of {@code --user} is the user's alone. What else it inherits is TransparencyIT's.
 *
 * <p>There is a user {@code probe} (12345) of the group {@code probe} (12346), who is also in the
 * groups 23456 and 34567.
 */
@Tag("user-space")
class UserIT {
  private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

  /** A shell script that runs where that user is known. */
  private static Run shell(String script) {
    return Tcpw.shell(
        """
        d=$(mktemp -d); chmod 755 $d
        cp /etc/passwd /etc/group $d
        echo probe:x:12345:12346::/nowhere:/bin/sh >>$d/passwd
        printf '%%s\\n' probe:x:12346: one:x:23456:x,probe two:x:34567:probe >>$d/group
        export tcpw d
        unshare --mount sh -c '
          mount --bind $d/passwd /etc/passwd
          mount --bind $d/group /etc/group
          exec bash -c "$0"' '%s'
        status=$?; rm -r $d; exit $status
        """
            .formatted(script.replace("'", "'\\''")));
  }

  /** Who the command is, as /proc/PID/status has it. */
  private static String identity(Run run) {
    return run.exitsWith(0)
        .stdout()
        .lines()
        .filter(line -> line.matches("(Uid|Gid|Groups|Cap(Inh|Prm|Eff|Amb)):.*"))
        .map(line -> line.replaceAll("\\s+", " ").strip())
        .reduce("", (all, line) -> all + line + "\n");
  }

  private static void isProbe(Run run, int gid, String groups) {
    assertThat(identity(run))
        .as("%s", run)
        .isEqualTo(
            """
            Uid: 12345 12345 12345 12345
            Gid: %1$d %1$d %1$d %1$d
            Groups: %2$s
            CapInh: 0000000000000000
            CapPrm: 0000000000000000
            CapEff: 0000000000000000
            CapAmb: 0000000000000000
            """
                .formatted(gid, groups));
    assertThat(run.stderr()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-u probe", "-uprobe", "--user=probe", "-u 12345", "-lu probe"})
  void aUserHasItsGroupsAndNoCapability(String option) {
    isProbe(shell("$tcpw " + option + " cat /proc/self/status"), 12346, "12346 23456 34567");
  }

  @Test
  void anotherGroupTakesThePlaceOfThePrimaryOne() {
    isProbe(shell("$tcpw -u 12345:777 cat /proc/self/status"), 777, "777 23456 34567");
    isProbe(shell("$tcpw -u probe:777 cat /proc/self/status"), 777, "777 23456 34567");
  }

  @Test
  void anUnknownIdHasTheGroupThatIsGivenAlone() {
    isProbe(Tcpw.run("-u", "12345:777", "cat", "/proc/self/status"), 777, "777");
  }

  /** However tcpw itself got them: the command has none. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "setpriv --inh-caps=+net_raw,+chown --ambient-caps=+net_raw",
        "setpriv --securebits=+no_setuid_fixup,+no_setuid_fixup_locked",
        "setpriv --groups=0,7,8",
      })
  void nothingOfTcpwsPrivilegeIsLeft(String before) {
    isProbe(shell(before + " $tcpw -u probe cat /proc/self/status"), 12346, "12346 23456 34567");
  }

  @Test
  void aloneItIsWhoCalledSudo() {
    isProbe(
        shell("SUDO_UID=12345 SUDO_GID=777 $tcpw --user cat /proc/self/status"),
        777,
        "777 23456 34567");
    isProbe(
        Tcpw.shell("SUDO_UID=12345 SUDO_GID=777 $tcpw --user -- cat /proc/self/status"),
        777,
        "777");
  }

  @Test
  void rootStaysRoot() {
    for (String option : new String[] {"SUDO_UID=0 SUDO_GID=0 $tcpw --user", "$tcpw -u root"}) {
      assertThat(Tcpw.shell(option + " grep -E '^(Uid|CapEff):' /proc/self/status").stdout())
          .as(option)
          .isEqualTo(Tcpw.shell("grep -E '^(Uid|CapEff):' /proc/self/status").stdout());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "''",
        "abc",
        "-1",
        "+5",
        "'5 '",
        "0x10",
        "1e3",
        "4294967295",
        "4294967296",
        "99999999999999999999",
        "$'\\x1b[2J'"
      })
  void whatSudoDoesNotSayIsNobody(String id) {
    for (String variables :
        new String[] {"SUDO_UID=" + id + " SUDO_GID=7", "SUDO_UID=7 SUDO_GID=" + id}) {
      Run run = Tcpw.shell(variables + " $tcpw --user echo ran").exitsWith(125);
      assertThat(run.stdout()).isEmpty();
      assertThat(run.stderr())
          .matches("tcpw: SUDO_[UG]ID is no ID: [ -~]*; give a name: --user=NAME\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--user | --user alone is who called sudo, and SUDO_UID is not set; give a name: --user=NAME",
        "-u no-such | no user is named no-such; see getent passwd",
        "-u $'\\x1b[2J' | no user is named \\x1b[2J; see getent passwd",
        "-u -1 | no user is named -1; see getent passwd",
        "-u 4000000000 | no user has the ID 4000000000; give a group, too, such as"
            + " -u 4000000000:4000000000",
        "-u 4294967295:0 | no user ID: 4294967295; give a number up to 4294967294",
        "-u 0:4294967295 | no group ID: 4294967295; give a number up to 4294967294",
        "-u root:root | no group ID: root; give a number up to 4294967294",
        "-u root: | no group ID: ; give a number up to 4294967294",
        "-u '' | no user: ; give a name, or IDs such as 1000 or 1000:1000",
        "--user= | no user: ; give a name, or IDs such as 1000 or 1000:1000",
      })
  void whoIsNobodyIsSaid(String option, String message) {
    Run run = Tcpw.shell("unset SUDO_UID; $tcpw " + option + " echo ran").exitsWith(125);
    assertThat(run.stderr()).isEqualTo("tcpw: " + message + "\n");
    assertThat(run.stdout()).isEmpty();
  }

  @Test
  void onlyRootMayChooseAnotherUser() {
    for (String option : new String[] {"-u root", "-u 65534", "--user"}) {
      Run run = Tcpw.shell("SUDO_UID=0 SUDO_GID=0 " + NOBODY + "$tcpw " + option + " echo ran");
      assertThat(run.exitsWith(125).stderr())
          .isEqualTo(
              "tcpw: only root can run a command as another user; leave out --user, or use sudo:"
                  + " sudo tcpw --user ...\n");
      assertThat(run.stdout()).isEmpty();
    }
  }

  @Test
  void rootOfAContainerThatMayNotIsTold() {
    Run run = Tcpw.shell("unshare --user --map-root-user $tcpw -u nobody echo ran").exitsWith(125);
    assertThat(run.stderr())
        .contains(
            "tcpw: cannot run the command as user 65534 with group 65534: setgroups: "
                + "Operation not permitted; ");
    assertThat(run.stdout()).isEmpty();
  }

  @Test
  void theEnvironmentStaysByteForByte() {
    String show = "env -i A=1 A=2 '=' HOME=/root USER=root $'B=\\xff' ";
    assertThat(Tcpw.shell(show + "$tcpw -u nobody /bin/cat /proc/self/environ").stdout())
        .isEqualTo(Tcpw.shell(show + "/bin/cat /proc/self/environ").stdout())
        .contains("HOME=/root\0USER=root\0");
  }

  @Test
  void theCommandIsLookedForAsTheUser() {
    Run run =
        Tcpw.shell(
            """
            d=$(mktemp -d); chmod 755 $d; mkdir -m 700 $d/closed; mkdir $d/open
            printf '#!/bin/sh\\necho closed\\n' >$d/closed/which-one
            printf '#!/bin/sh\\necho open\\n' >$d/open/which-one
            chmod 755 $d/*/which-one
            PATH=$d/closed:$d/open:$PATH
            $tcpw which-one; $tcpw -u nobody which-one
            $tcpw -u nobody $d/closed/which-one; echo $?
            chmod 700 $d/open; $tcpw -u nobody which-one; echo $?
            PATH=/usr/bin:/bin $tcpw -u nobody no-such-command; echo $?
            rm -r $d
            """);
    assertThat(run.stdout()).as("%s", run).isEqualTo("closed\nopen\n126\n126\n127\n");
    assertThat(run.stderr())
        .matches(
            "(?s)tcpw: /.*/which-one: cannot execute: Permission denied\n"
                + "tcpw: which-one: cannot execute: Permission denied\n"
                + "tcpw: no-such-command: command not found in PATH\n");
  }

  @Test
  void itEndsAsTheCommandDoes() {
    Run run =
        Tcpw.shell(
            """
            $tcpw -u nobody sh -c 'exit 7'; echo $?
            $tcpw -u nobody sh -c 'kill -9 $$'; echo $?
            out=$(mktemp)
            $tcpw -u nobody sh -c 'trap "echo got it; exit 3" TERM; echo ready
              while :; do sleep 0.05; done' >$out &
            until grep -q ready $out; do sleep 0.05; done
            kill $!; wait $!; echo $?
            cat $out; rm $out
            """);
    assertThat(run.stdout()).as("%s", run).isEqualTo("7\n137\n3\nready\ngot it\n");
  }

  @Test
  void theLinesAreTheSameAndTellOfTheCommandAlone() {
    try (HttpPeer peer = new HttpPeer("127.0.0.1")) {
      Run run =
          Tcpw.run(
              "-UX", "-u", "nobody", "socat", "-u", "/dev/null", "TCP4:127.0.0.1:" + peer.port());
      assertThat(run.exitsWith(0).socket().what())
          .isEqualTo(
              "AF_INET TCP 127.0.0.1:"
                  + peer.clientPorts(1).getFirst()
                  + " -> 127.0.0.1:"
                  + peer.port());
    }
    Tcpw.run("-lUXN", "-u", "nobody", "true").exitsWith(0).showsNothing();
  }

  /** With ptrace, too: the filter was there before. */
  @Test
  void setuidProgramsKeepTheirPrivilege() {
    Run run =
        Tcpw.shell(
            """
            d=$(mktemp -d); chmod 755 $d
            cp "$(command -v id)" $d/id; chmod 4755 $d/id
            %1$s$d/id -u; $tcpw -u nobody $d/id -u; rm -r $d
            """
                .formatted(NOBODY));
    assumeTrue(run.stdout().startsWith("0\n"), "the directory is mounted nosuid");
    assertThat(run.stdout()).as("%s", run).isEqualTo("0\n0\n");
    assertThat(run.stderr()).isEmpty();
  }

  @Test
  void ptraceWithoutThePrivilegeToLookIntoAnotherUsersCommandSaysSo() {
    Run run =
        Tcpw.shell("setpriv --bounding-set=-sys_ptrace $tcpw --engine ptrace -u nobody echo ran");
    assertThat(run.exitsWith(125).stderr())
        .isEqualTo(
            "tcpw: the ptrace engine may not look into a command of another user without"
                + " CAP_SYS_PTRACE; leave out --user, or give tcpw that capability\n");
    assertThat(run.stdout()).isEmpty();
  }

  /** A container's root, who may trace but not filter as root does. */
  @Test
  void aSetuidProgramThatLosesItsPrivilegeIsSaid() {
    Run run =
        Tcpw.shell(
            """
            d=$(mktemp -d); chmod 755 $d
            cp "$(command -v id)" $d/id; chmod 4755 $d/id
            %1$s$d/id -u
            setpriv --bounding-set=-sys_admin $tcpw --engine ptrace -u nobody $d/id -u; rm -r $d
            """
                .formatted(NOBODY));
    assumeTrue(run.stdout().startsWith("0\n"), "the directory is mounted nosuid");
    assertThat(run.stdout()).as("%s", run).isEqualTo("0\n65534\n");
    assertThat(run.stderr()).contains("/id is set-user-ID or the like, and runs without");
  }
}
