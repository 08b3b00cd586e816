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
            """
            ended=$(mktemp -u)
            { $tcpw --buffer 4096 sh -c "target/test-programs/loop 2000; touch $ended"; } \
              2>&1 >/dev/null | { until [ -e $ended ]; do sleep 0.1; done; cat; } >&2
            rm $ended
            """);
    Matcher lost =
        Pattern.compile("^tcpw: (\\d+) events lost \\(raise --buffer\\)$", Pattern.MULTILINE)
            .matcher(run.stderr());
    assertThat(lost.find()).as("%s", run).isTrue();
    assertThat(run.sockets().size() + Integer.parseInt(lost.group(1))).isEqualTo(4000);
  }

  /** What awk finds in the lines of -l: how often each step came, and what does not fit. */
  private static final String COUNT_STEPS =
      """
      count_steps() {
        awk '
        $9 == "->" || $9 == "<-" {
          ends = $8 $9 $10
          step = $11
          count[step]++
          if (step == "event=connect" || step == "event=accept") { if (open[ends]++) odd++ }
          else if (step == "event=close") { if (--open[ends]) odd++ }
          else if (open[ends] != 1) odd++
        }
        END {
          for (ends in open) if (open[ends]) odd++
          print count["event=connect"], count["event=established"], count["event=accept"],
                count["event=close"], odd + 0
        }' $1
      }
      """;

  /**
   * Each connect and each accept has one end, and the ends of many take no more memory than those
   * of few. The ring buffer has room for all events: to write the line of one takes longer than to
   * make it.
   */
  @Test
  void everyConnectionOfManyHasItsEndAndTakesNoMemory() {
    int many = !Tcpw.IS_GUEST ? 100_000 : Tcpw.isPtrace() ? 5_000 : 20_000;
    long peakOfFew = peakOfConnections(many / 5);
    assertThat(peakOfConnections(many)).as("peak of memory, KiB").isLessThan(peakOfFew + 8 * 1024);
  }

  /** Makes connections, and fails if one has not all its steps; returns tcpw's peak in KiB. */
  private static long peakOfConnections(int count) {
    Run run =
        Tcpw.shell(
            COUNT_STEPS
                + """
                lines=$(mktemp)
                $tcpw -l --buffer %dMiB -o $lines sh -c '
                  target/test-programs/loop $0 >/dev/null
                  sed -n "s/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p" /proc/$PPID/status' %d
                count_steps $lines
                rm $lines
                """
                    .formatted(Tcpw.IS_GUEST ? 32 : 128, count));
    run.exitsWith(0);
    assertThat(run.otherLines()).isEmpty();
    long[] numbers =
        Pattern.compile("\\s+").splitAsStream(run.stdout()).mapToLong(Long::parseLong).toArray();
    assertThat(numbers).as("%s", run).hasSize(6);
    long perhapsLost = run.perhapsLost();
    assertThat(numbers[1]).as("connects").isBetween(count - perhapsLost, (long) count);
    assertThat(numbers[2]).as("established").isBetween(count - perhapsLost, (long) count);
    assertThat(numbers[3]).as("accepts").isBetween(count - perhapsLost, (long) count);
    assertThat(numbers[4]).as("closes").isBetween(2L * count - perhapsLost, 2L * count);
    assertThat(numbers[5]).as("what does not fit").isLessThanOrEqualTo(perhapsLost);
    return numbers[0];
  }

  /** The table of open sockets has an entry for 16 bytes of the buffer: 256 in the smallest. */
  @Test
  void socketsThatThereIsNoRoomToFollowAreCounted() {
    Tcpw.needsBpf("there is no table that could be full");
    Run run =
        Tcpw.python(
            List.of("-l", "--buffer", "4096"),
            """
            import resource, socket
            resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
            server = socket.create_server(("127.0.0.1", 0))
            held = []
            for _ in range(1000):
                held.append(socket.create_connection(server.getsockname()))
                held.append(server.accept()[0])
                held[-2].send(b"x")  # what is not followed is not found either
                held[-1].recv(1)
            """);
    run.exitsWith(0);
    long perhapsLost = run.perhapsLost();
    // The server, 1,000 connects and 1,000 accepts; in turns, so 128 and 127 of them are followed.
    long unfollowed = notice(run, "sockets not followed to their end \\(raise --buffer\\)");
    assertThat(unfollowed).isBetween(2001 - 256 - perhapsLost, 2001L - 256);
    // Each its line; those that are followed an end, and an answer if they connected.
    long lost = notice(run, "events lost \\(raise --buffer\\)");
    long events = 2001 + 256 + 128;
    assertThat(run.sockets().size() + lost).isBetween(events - perhapsLost, events);
    assertThat(run.sockets()).noneMatch(line -> line.event().equals("found"));
  }

  /** The number in a message of tcpw's; 0 if there is none. */
  private static long notice(Run run, String what) {
    Matcher matcher =
        Pattern.compile("^tcpw: (\\d+) " + what + "$", Pattern.MULTILINE).matcher(run.stderr());
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
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

  /** Every pending connect has its entry in the map of handshakes, which holds 8,192. */
  @Test
  void pendingConnectsThatFillTheMapTakeNothingFromTheOthers() {
    int many = Tcpw.isPtrace() ? 1_000 : 9_000; // it has no such map, and each one costs it more
    Run run =
        Tcpw.shell(
            """
            unshare --net sh -c '
            ip link set lo up
            ip link add dummy type dummy 2>/dev/null || ip tuntap add dummy mode tun || exit 77
            ip addr add 192.0.2.1/24 dev dummy; ip link set dummy up
            ip route add default dev dummy
            exec "$@"' sh $tcpw --buffer 4MiB python3 -IS -c '
            import resource, socket
            resource.setrlimit(resource.RLIMIT_NOFILE, (10000, 10000))
            pending = []
            for i in range(%d):
                s = socket.socket()
                s.setblocking(False)
                s.connect_ex(("192.0.2.%%d" %% (2 + i %% 200), 1 + i // 200))
                pending.append(s)
            refused = socket.socket()
            refused.bind(("127.0.0.1", 0))
            port = refused.getsockname()[1]
            refused.connect_ex(("127.0.0.1", 1))
            print(port)'
            """
                .formatted(many));
    assumeTrue(run.status() != 77, "this kernel makes no network interface that leads nowhere");
    run.exitsWith(0);
    assertThat(run.otherLines()).isEmpty();
    assertThat(run.sockets()).hasSize(many + 1);
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
    assertThat(run.stdout()).as("%s", run).isEqualTo(Tcpw.isPtrace() ? "" : "attached\nwent on\n");
  }

  @Test
  void endedTcpwLeavesNoProgram() {
    Run run = programsLeftAfter("");
    assertThat(run.stdout())
        .as("%s", run)
        .isEqualTo((Tcpw.isPtrace() ? "" : "attached\n") + "went on\n");
  }
}
