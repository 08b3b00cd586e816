// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What hardly ever happens: more events than anyone makes, full maps, reused pids, a sudden end.
 */
class RobustnessIT {
  @Test
  void twentyThousandConnectionsLoseNothing() {
    Run run = Tcpw.run("target/test-programs/loop", "20000").exitsWith(0);
    run.losesNothingInSilence(40000);
  }

  @Test
  void lostEventsAreCountedExactly() {
    // The reader of a full pipe stops tcpw, so its smallest ring buffer fills up.
    Run run =
        Tcpw.shell(
            "{ $tcpw --buffer 4096 target/test-programs/loop 2000; } 2>&1 >/dev/null"
                + " | { sleep 3; cat; } >&2");
    Matcher lost =
        Pattern.compile("^tcpw: (\\d+) events lost \\(raise --buffer\\)$", Pattern.MULTILINE)
            .matcher(run.stderr());
    assertThat(lost.find()).as("%s", run).isTrue();
    assertThat(run.sockets().size() + Integer.parseInt(lost.group(1))).isEqualTo(4000);
  }

  @Test
  void eventsOfTheLastMomentArePrintedBeforeTcpwEnds() {
    int runs = Tcpw.IS_GUEST ? 3 : 10; // of four seconds each in an emulated machine
    for (int i = 0; i < runs; i++) {
      Run run =
          Tcpw.python(
              """
              import os, socket
              s = socket.socket()
              s.bind(("127.0.0.1", 0))
              socket.socket().connect_ex(s.getsockname())
              os._exit(0)
              """);
      assertThat(run.socket().error()).isEqualTo("ECONNREFUSED");
    }
  }

  /** Every pending connect has its entry in the table of sockets; more than its answers have room. */
  @Test
  void pendingConnectsThatFillTheMapTakeNothingFromTheOthers() {
    Run run =
        Tcpw.shell(
            """
            unshare --net sh -c '
            ip link set lo up
            ip link add dummy type dummy 2>/dev/null || ip tuntap add dummy mode tun || exit 77
            ip addr add 192.0.2.1/24 dev dummy; ip link set dummy up
            ip route add default dev dummy
            exec "$@"' sh $tcpw python3 -IS -c '
            import resource, socket
            resource.setrlimit(resource.RLIMIT_NOFILE, (10000, 10000))
            pending = []
            for i in range(9000):
                s = socket.socket()
                s.setblocking(False)
                s.connect_ex(("192.0.2.%d" % (2 + i % 200), 1 + i // 200))
                pending.append(s)
            refused = socket.socket()
            refused.bind(("127.0.0.1", 0))
            port = refused.getsockname()[1]
            refused.connect_ex(("127.0.0.1", 1))
            print(port)'
            """);
    assumeTrue(run.status() != 77, "this kernel makes no network interface that leads nowhere");
    run.exitsWith(0);
    assertThat(run.otherLines()).isEmpty();
    assertThat(run.sockets()).hasSize(9001);
    assertThat(run.sockets().getLast().what())
        .isEqualTo(
            "AF_INET TCP 127.0.0.1:" + run.stdout().strip() + " -> 127.0.0.1:1 error=ECONNREFUSED");
  }

  /** Half of the processes are the command's, half are not, and all have had the other's pids. */
  @Test
  void reusedPidsAreNotMistaken() {
    assumeTrue(Tcpw.IS_GUEST, "lowers the machine's pid_max; runs in the guests");
    Run run =
        Tcpw.shell(
            """
            before=$(cat /proc/sys/kernel/pid_max)
            echo 600 >/proc/sys/kernel/pid_max
            while :; do target/test-programs/forks 200; done >/tmp/outside &
            $tcpw target/test-programs/forks 2000 >/tmp/inside
            kill $!
            wait
            echo $before >/proc/sys/kernel/pid_max
            for side in inside outside; do
              sed -n 's/ .*//p' /tmp/$side | sort -u >/tmp/$side.pids
            done
            head -n 1 /tmp/inside
            comm -12 /tmp/outside.pids /tmp/inside.pids | wc -l
            """);
    String[] numbers = run.stdout().split("\\s+");
    assertThat(Integer.parseInt(numbers[1])).as("pids that both had").isPositive();
    List<SocketLine> connects =
        run.sockets().stream().filter(line -> line.arrow().equals("->")).toList();
    assertThat(connects).allMatch(line -> line.remote().equals("127.0.0.1:" + numbers[0]));
    run.losesNothingInSilence(4000);
  }

  /** A script that starts tcpw, has it ended, and prints what it leaves in the kernel. */
  private static Run programsLeftAfter(String end) {
    return Tcpw.shell(
        """
        cd $(mktemp -d)
        programs() {
          { bpftool prog list | grep '^[0-9]' | sed 's/ gpl.*//'; bpftool link list; } | sort
        }
        mkfifo started
        programs >before
        $tcpw sh -c 'echo >started; sleep 1; echo went on >end' &
        read -r _ <started
        programs | comm -13 before - >attached
        [ -s attached ] && echo attached
        %s
        wait $!
        for i in 1 2 3 4 5 6 7 8 9 10; do
          sleep 1
          programs | comm -12 attached - >left
          [ -s left ] || break
        done
        cat end left
        rm -r "$PWD"
        """
            .formatted(end));
  }

  @Test
  void killedTcpwLeavesNoProgramAndTheCommandGoesOn() {
    Run run = programsLeftAfter("kill -KILL $!");
    assertThat(run.stdout()).as("%s", run).isEqualTo("attached\nwent on\n");
  }

  @Test
  void endedTcpwLeavesNoProgram() {
    Run run = programsLeftAfter("");
    assertThat(run.stdout()).as("%s", run).isEqualTo("attached\nwent on\n");
  }
}
