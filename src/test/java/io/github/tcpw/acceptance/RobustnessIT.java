// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What hardly ever happens: more events than anyone makes, full maps, reused pids, a sudden end.
 */
class RobustnessIT {
  @Test
  void twentyThousandConnectionsLoseNothing() {
    Run run =
        Tcpw.python(
            """
            import socket
            server = socket.create_server(("127.0.0.1", 0))
            for _ in range(20000):
                client = socket.create_connection(server.getsockname())
                accepted, _ = server.accept()
                client.close()
                accepted.close()
            """);
    run.exitsWith(0);
    assertThat(run.otherLines()).isEmpty();
    assertThat(run.sockets().stream().filter(line -> line.arrow().equals("->"))).hasSize(20000);
    assertThat(run.sockets()).hasSize(40000);
  }

  /** Every pending connect has its entry in the map of handshakes, which holds 8,192. */
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
            cat >/tmp/forks.py <<'END'
            import os, socket, sys
            server = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
            for _ in range(2000):
                if os.fork() == 0:
                    socket.create_connection(server.getsockname())
                    os._exit(0)
                server.accept()[0].close()
                pid, _ = os.wait()
                print(pid)
            END
            before=$(cat /proc/sys/kernel/pid_max)
            echo 600 >/proc/sys/kernel/pid_max
            python3 -IS /tmp/forks.py 6001 >/tmp/outside &
            $tcpw python3 -IS /tmp/forks.py 6002 >/tmp/inside
            wait
            echo $before >/proc/sys/kernel/pid_max
            sort -u /tmp/outside >/tmp/outside.pids
            sort -u /tmp/inside >/tmp/inside.pids
            comm -12 /tmp/outside.pids /tmp/inside.pids | wc -l
            """);
    assertThat(Integer.parseInt(run.stdout().strip())).as("pids that both had").isPositive();
    assertThat(run.otherLines()).isEmpty();
    List<SocketLine> connects =
        run.sockets().stream().filter(line -> line.arrow().equals("->")).toList();
    assertThat(connects).hasSize(2000).allMatch(line -> line.remote().equals("127.0.0.1:6002"));
    assertThat(run.sockets()).hasSize(4000);
  }

  @Test
  void killedTcpwLeavesNoProgramAndTheCommandGoesOn() {
    Run run =
        Tcpw.shell(
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
            kill -KILL $!
            wait $!
            for i in 1 2 3 4 5 6 7 8 9 10; do
              sleep 1
              programs | comm -12 attached - >left
              [ -s left ] || break
            done
            cat end left
            rm -r "$PWD"
            """);
    assertThat(run.stdout()).as("%s", run).isEqualTo("attached\nwent on\n");
  }
}
