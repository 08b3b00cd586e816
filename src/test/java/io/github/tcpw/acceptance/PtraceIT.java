// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine for those who have no privilege. */
@Tag("user-space") // and of a machine with more users than the guests have
class PtraceIT {
  private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
  private static final String NOT_ROOT =
      "tcpw: not root: tracing with ptrace (slower; setuid programs lose their privilege)";

  private HttpPeer peer;

  @BeforeEach
  void startPeer() {
    peer = new HttpPeer("127.0.0.1");
  }

  @AfterEach
  void stopPeer() {
    peer.close();
  }

  private static Run ptrace(String script) {
    return Tcpw.shell(script.replace("$ptrace", "$tcpw --engine ptrace"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        NOBODY,
        "unshare --user --map-root-user ",
        "unshare --user ",
        "setpriv --bounding-set=-all ",
      })
  void withoutPrivilegeTheLinesAreTheSameAndOneSaysWhy(String unprivileged) {
    Run run =
        Tcpw.shell(
            """
            cd /
            %s$tcpw bash -c 'port=%d
            curl -s -o /dev/null http://127.0.0.1:$port/
            nc -N 127.0.0.1 $port </dev/null
            socat -u /dev/null TCP4:127.0.0.1:$port
            exec 3<>/dev/tcp/127.0.0.1/$port'
            """
                .formatted(unprivileged, peer.port()));
    assertThat(run.sockets().stream().map(SocketLine::comm))
        .as("%s", run)
        .containsExactly("curl", "nc", "socat", "bash");
    assertThat(run.sockets().stream().map(SocketLine::what))
        .containsExactlyElementsOf(
            peer.clientPorts(4).stream()
                .map(port -> "AF_INET TCP 127.0.0.1:" + port + " -> 127.0.0.1:" + peer.port())
                .toList());
    assertThat(run.otherLines()).containsExactly(NOT_ROOT);
  }

  @Test
  void whoAsksForItIsNotToldWhy() {
    Run run = ptrace(NOBODY + "$ptrace curl -s http://127.0.0.1:" + peer.port() + "/");
    assertThat(run.stdout()).isEqualTo("ok\n");
    assertThat(run.socket().remote()).isEqualTo("127.0.0.1:" + peer.port());
    assertThat(run.otherLines()).isEmpty();
  }

  @Test
  void aServerShowsWhomItAccepts() {
    Run run =
        ptrace(
            NOBODY
                + """
                $ptrace python3 -IS -c '
                import os, socket, threading
                server = socket.create_server(("127.0.0.1", 0))
                def serve():
                    for _ in range(3):
                        server.accept()[0].close()
                thread = threading.Thread(target=serve)
                thread.start()
                for _ in range(3):
                    if os.fork() == 0:
                        socket.create_connection(server.getsockname()).recv(1)
                        os._exit(0)
                    os.wait()
                thread.join()'
                """);
    assertThat(run.sockets().stream().filter(line -> line.arrow().equals("<-")))
        .as("%s", run)
        .hasSize(3);
    assertThat(run.sockets()).hasSize(6);
  }

  @Test
  void whatRunsAlreadyCannotBeTraced() {
    Run run = ptrace("$ptrace -p $$").exitsWith(125);
    assertThat(run.stderr())
        .isEqualTo(
            "tcpw: the ptrace engine traces a command from its start and nothing that runs"
                + " already; for --pid and --all use BPF, as root: sudo tcpw ...\n");
  }

  /** By SIGSTOP: an orphaned process group, as a service is one, ignores Ctrl-Z's SIGTSTP. */
  @Test
  void aStoppedCommandStaysStoppedUntilItIsContinued() {
    Run run =
        ptrace(
            """
            mkfifo /tmp/tcpw-stop.$$
            $ptrace python3 -IS -c '
            import os, signal, sys, threading, time
            threading.Thread(target=time.sleep, args=(0.5,)).start()
            print(os.getpid(), file=open(sys.argv[1], "w"), flush=True)
            os.kill(os.getpid(), signal.SIGSTOP)
            print("went on")' /tmp/tcpw-stop.$$ &
            read -r pid </tmp/tcpw-stop.$$
            rm /tmp/tcpw-stop.$$
            sleep 1
            sed -n 's/State:.//p' /proc/$pid/status
            kill -CONT $pid
            wait $!
            echo $?
            """);
    assertThat(run.stdout()).as("%s", run).matches("[Tt] .*\nwent on\n0\n");
  }

  @Test
  void everySignalIsDeliveredOnce() {
    Run run =
        ptrace(
            """
            $ptrace python3 -IS -c '
            import os, signal, socket, time
            # Python runs its handlers later, and once for several; this has a byte for each.
            got, wakeup = os.pipe()
            os.set_blocking(got, False)
            os.set_blocking(wakeup, False)
            signal.set_wakeup_fd(wakeup)
            number = signal.SIGRTMIN + 3
            signal.signal(number, lambda *_: None)
            count = 0
            def look():
                global count
                try:
                    count += len(os.read(got, 4096))
                except BlockingIOError:
                    pass
            server = socket.create_server(("127.0.0.1", 0))
            parent = os.getpid()
            if os.fork() == 0:
                for _ in range(500):
                    os.kill(parent, number)
                os._exit(0)
            deadline = time.monotonic() + 60
            while count < 500 and time.monotonic() < deadline:
                socket.create_connection(server.getsockname()).close()
                server.accept()[0].close()
                look()
            time.sleep(0.2)
            look()
            os.wait()
            print(count)'
            """);
    assertThat(run.stdout()).as("%s", run).isEqualTo("500\n");
  }

  @Test
  void aKilledTcpwTakesTheCommandWithIt() {
    Run run =
        ptrace(
            """
            out=$(mktemp)
            $ptrace sh -c 'echo $$; exec sleep 60' >$out &
            until [ -s $out ]; do sleep 0.1; done
            kill -KILL $!
            wait $! 2>/dev/null
            sleep 0.5
            grep -qs 'State:.[^ZX]' /proc/$(cat $out)/status || echo gone
            rm $out
            """);
    assertThat(run.stdout()).as("%s", run).isEqualTo("gone\n");
  }

  @Test
  void processesThatAreKilledAtAStopAreForgotten() {
    Run run =
        ptrace(
            """
            $ptrace python3 -IS -c '
            import os, random, signal, socket, time
            server = socket.create_server(("127.0.0.1", 0), backlog=4000)
            for _ in range(100):
                child = os.fork()
                if child == 0:
                    while True:
                        socket.create_connection(server.getsockname()).close()
                time.sleep(random.random() / 100)
                os.kill(child, signal.SIGKILL)
                assert os.waitpid(child, 0)[1] == signal.SIGKILL
            print("done")' 2>/dev/null
            """);
    assertThat(run.stdout()).isEqualTo("done\n");
    assertThat(run.status()).isZero();
  }

  @Test
  void aDebuggerInsideIsToldWhyItCannotTrace() {
    assumeTrue(Tcpw.shell("command -v strace").status() == 0, "needs strace");
    Run run = ptrace("$ptrace strace -o /dev/null true");
    assertThat(run.stderr())
        .contains("cannot trace others: the ptrace engine traces them already")
        .contains("as root use --engine fexit or syscall");
  }

  @Test
  void aTracedTcpwSaysWhyItCannotTrace() {
    Run run = ptrace("$ptrace $ptrace true").exitsWith(125);
    assertThat(run.stderr()).contains("tcpw: not permitted to trace the command: somebody traces");
  }

  @Test
  void aSetuidProgramRunsUnprivilegedAndThatIsSaid() {
    Run run =
        ptrace(
            """
            d=$(mktemp -d); chmod 755 $d
            cp "$(command -v id)" $d/id; chmod 4755 $d/id
            %1$s$d/id -u
            %1$s$ptrace $d/id -u
            rm -r $d
            """
                .formatted(NOBODY));
    assumeTrue(run.stdout().startsWith("0\n"), "the directory is mounted nosuid");
    assertThat(run.stdout()).as("%s", run).isEqualTo("0\n65534\n");
    assertThat(run.stderr()).contains("/id is set-user-ID or the like, and runs without");
  }

  @Test
  void rootKeepsItsSetuidProgramsAndNoNewPrivsUnset() {
    assertThat(ptrace("$ptrace grep NoNewPrivs /proc/self/status").stdout())
        .isEqualTo("NoNewPrivs:\t0\n");
  }

  @Test
  void fiveThousandShortChildrenLoseNothing() {
    Run run = ptrace(NOBODY + "$ptrace target/test-programs/forks 5000").exitsWith(0);
    assertThat(run.sockets()).hasSize(10000);
    assertThat(run.otherLines()).isEmpty();
  }

  @Test
  void aLifeIsToldAsFarAsCallsShowIt() {
    Run run =
        ptrace(
            NOBODY
                + """
                $ptrace -l python3 -IS -c '
                import socket
                server = socket.create_server(("127.0.0.1", 0))
                c = socket.create_connection(server.getsockname())
                a = server.accept()[0]
                c.send(b"hello")
                a.recv(9)
                c.close()
                a.recv(9)
                a.close()'
                """);
    assertThat(run.sockets().stream().map(line -> line.event() + line.arrow()))
        .as("%s", run)
        .containsExactly(
            "listen", "connect->", "established->", "accept<-", "close->", "close<-", "close");
    List<SocketLine> closes =
        run.sockets().stream().filter(line -> line.event().equals("close")).toList();
    assertThat(closes.get(0).end()).isEqualTo("fin-by-us 5/0");
    assertThat(closes.get(1).end()).isEqualTo("fin-by-peer 0/5");
  }

  /** Nothing but the calls of the thread that has connected tells when a connect failed. */
  @Test
  void aRefusedNonBlockingConnectIsTimedByTheCallsThatFollow() {
    Run run =
        ptrace(
            """
            $ptrace --format json -U python3 -IS -c '
            import select, socket
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", 1))
            select.select([], [s], [])
            assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 111'
            """);
    assertThat(run.stderr().lines().toList()).as("%s", run).hasSize(2);
    assertThat(run.stderr())
        .contains("\"error\":null,\"after_ns\":null")
        .containsPattern("\"error\":\"ECONNREFUSED\",\"after_ns\":[1-9]");
  }
}
