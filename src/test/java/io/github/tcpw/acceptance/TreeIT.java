// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which processes are followed: the command's descendants, all of them and no others. */
class TreeIT {
  private HttpPeer peer;

  @BeforeEach
  void startPeer() {
    peer = new HttpPeer("127.0.0.1");
  }

  @AfterEach
  void stopPeer() {
    peer.close();
  }

  private String address() {
    return "(\"127.0.0.1\", " + peer.port() + ")";
  }

  private void printsEveryConnection(Run run, int connections) {
    run.exitsWith(0);
    List<SocketLine> lines = run.sockets();
    assertThat(lines).as("%s", run).hasSize(connections);
    assertThat(new HashSet<>(lines.stream().map(SocketLine::local).toList())).hasSize(connections);
    assertThat(lines)
        .allMatch(line -> line.remote().equals("127.0.0.1:" + peer.port()))
        .allMatch(line -> line.error().isEmpty());
    assertThat(run.otherLines()).isEmpty();
  }

  @Test
  void fiftyCurlsAtOnceAreFiftyLines() {
    printsEveryConnection(
        Tcpw.run(
            "bash",
            "-c",
            "for i in $(seq 50); do curl -s -o /dev/null http://127.0.0.1:"
                + peer.port()
                + "/ & done; wait"),
        50);
  }

  @Test
  void bothEndsOfAPipelineAreFollowed() {
    String curl = "curl -s http://127.0.0.1:" + peer.port() + "/";
    printsEveryConnection(Tcpw.run("sh", "-c", curl + " | (cat >/dev/null; " + curl + ")"), 2);
  }

  @Test
  void threadsAreFollowedAndShowTheProcess() {
    Run run =
        Tcpw.python(
            """
            import os, socket, threading
            def connect(): socket.create_connection(%s)
            threads = [threading.Thread(target=connect) for _ in range(8)]
            [t.start() for t in threads]
            [t.join() for t in threads]
            print(os.getpid())
            """
                .formatted(address()));
    printsEveryConnection(run, 8);
    assertThat(run.sockets())
        .allMatch(line -> line.pid() == Integer.parseInt(run.stdout().strip()));
  }

  @Test
  void forksWithoutExecAreFollowed() {
    printsEveryConnection(
        Tcpw.python(
            """
            import os, socket
            for _ in range(5):
                if os.fork() == 0:
                    if os.fork() == 0: socket.create_connection(%s)
                    else: os.wait()
                    os._exit(0)
                os.wait()
            """
                .formatted(address())),
        5);
  }

  @Test
  void poolsOfProcessesAreFollowed() {
    printsEveryConnection(
        Tcpw.python(
            """
            import concurrent.futures, multiprocessing, socket
            def connect(_): socket.create_connection(%s).close()
            for method in ("fork", "forkserver"):
                context = multiprocessing.get_context("fork")
                with concurrent.futures.ProcessPoolExecutor(3, mp_context=context) as pool:
                    list(pool.map(connect, range(6)))
            """
                .formatted(address())),
        12);
  }

  @Test
  void asyncioIsFollowed() {
    printsEveryConnection(
        Tcpw.python(
            """
            import asyncio
            async def main():
                await asyncio.gather(*(asyncio.open_connection(*%s) for _ in range(10)))
            asyncio.run(main())
            """
                .formatted(address())),
        10);
  }

  /**
   * Of what clone(2) and clone3(2) make, and this machine allows: threads, namespaces, siblings.
   */
  @Test
  void childrenOfEveryCombinationOfFlagsAreFollowed() {
    Run run = Tcpw.run("target/test-programs/clones").exitsWith(0);
    assertThat(run.stdout()).doesNotContain("cannot connect").contains("clone3 SIGCHLD ");
    assertThat(
            run.sockets().stream().filter(line -> line.arrow().equals("->")).map(SocketLine::local))
        .as("%s", run)
        .containsExactlyInAnyOrderElementsOf(
            Pattern.compile(" ([0-9]+)$", Pattern.MULTILINE)
                .matcher(run.stdout())
                .results()
                .map(port -> "127.0.0.1:" + port.group(1))
                .toList());
  }

  /** The thread that calls execve takes over the process's identity (execve(2)). */
  @Test
  void execByAThreadIsFollowed() {
    printsEveryConnection(
        Tcpw.python(
            """
            import os, threading
            url = "http://%%s:%%d/" %% %s
            threading.Thread(
                target=os.execvp, args=("curl", ["curl", "-s", "-o", "/dev/null", url])).start()
            threading.Event().wait()
            """
                .formatted(address())),
        1);
  }

  @Test
  void aProcessWhoseFirstThreadEndedIsFollowed() {
    Run run =
        Tcpw.python(
            """
            import ctypes, os, socket, threading, time
            def connect():
                time.sleep(0.2)
                socket.create_connection(%s)
                os._exit(0)
            threading.Thread(target=connect).start()
            ctypes.CDLL(None).pthread_exit(None)
            """
                .formatted(address()));
    printsEveryConnection(run, 1);
  }

  @Test
  void tcpwEndsWithTheCommandAndLeavesADaemonAlone() {
    Run run =
        Tcpw.shell(
            """
            out=$(mktemp)
            $tcpw python3 -c 'import os, socket, sys, time
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    socket.create_connection(%s)
                    os.write(1, b"connected\\n")
                    os.close(1)
                    os.close(2)
                    time.sleep(1)
                    open(sys.argv[1], "w").write("lived on\\n")
                os._exit(0)
            time.sleep(0.5)' $out
            echo tcpw is gone
            cat $out; sleep 1.5; cat $out; rm $out
            """
                .formatted(address()));
    printsEveryConnection(run, 1);
    assertThat(run.stdout()).isEqualTo("connected\ntcpw is gone\nlived on\n");
  }

  @Test
  void thousandsOfShortLivedForksLoseNothing() {
    int forks = 5000;
    Run run = Tcpw.run("target/test-programs/forks", Integer.toString(forks)).exitsWith(0);
    // The port of the server, then of each fork its pid and its port.
    List<String> numbers = run.stdout().lines().toList();
    assertThat(
            run.sockets().stream()
                .filter(line -> line.arrow().equals("->"))
                .map(line -> line.pid() + " " + line.local().substring("127.0.0.1:".length())))
        .isSubsetOf(numbers.subList(1, numbers.size()))
        .doesNotHaveDuplicates();
    run.losesNothingInSilence(2 * forks);
  }

  @Test
  void processesOutsideTheTreeAreNotShown() {
    Run run =
        Tcpw.shell(
            """
            url=http://127.0.0.1:%d/
            (for i in $(seq 40); do curl -s -o /dev/null $url; done) &
            $tcpw sh -c "sleep 0.3; curl -s -o /dev/null $url; sleep 0.3"
            wait
            """
                .formatted(peer.port()));
    assertThat(run.sockets()).as("%s", run).hasSize(1);
    assertThat(peer.clientPorts(41)).hasSize(41);
  }

  @Test
  void tcpwInsideAPidNamespaceShowsThePidsOfThatNamespace() {
    Run run =
        Tcpw.shell(
            """
            unshare --pid --fork --mount-proc $tcpw python3 -c 'import os, socket
            socket.create_connection(%s)
            print(os.getpid())'
            """
                .formatted(address()));
    printsEveryConnection(run, 1);
    assertThat(run.socket().pid()).isEqualTo(Integer.parseInt(run.stdout().strip())).isLessThan(50);
  }

  @Test
  void aPidNamespaceInsideTheCommandShowsThePidsThatTcpwSees() {
    Run run =
        Tcpw.shell(
            """
            $tcpw unshare --pid --fork python3 -c 'import os, socket
            socket.create_connection(%s)
            print(os.getpid(), os.readlink("/proc/self"))'
            """
                .formatted(address()));
    printsEveryConnection(run, 1);
    String[] pids = run.stdout().strip().split(" ");
    assertThat(pids[0]).isEqualTo("1");
    assertThat(run.socket().pid()).isEqualTo(Integer.parseInt(pids[1])).isGreaterThan(1);
  }

  @Test
  void aNetworkNamespaceIsFollowed() {
    Run run =
        Tcpw.shell(
            """
            ip netns add tcpw-test
            trap 'ip netns del tcpw-test' EXIT
            ip netns exec tcpw-test ip link set lo up
            $tcpw ip netns exec tcpw-test python3 -c 'import socket
            s = socket.create_server(("127.0.0.1", 8000))
            socket.create_connection(("127.0.0.1", 8000))'
            ip netns exec tcpw-test $tcpw python3 -c 'import socket
            s = socket.create_server(("127.0.0.1", 8001))
            socket.create_connection(("127.0.0.1", 8001))'
            """);
    assertThat(run.sockets().stream().map(SocketLine::remote))
        .as("%s", run)
        .containsExactly("127.0.0.1:8000", "127.0.0.1:8001");
  }

  @Test
  void twoSideBySideShowTheirOwnCommandOnly() {
    String connect =
        "python3 -c 'import socket, time; time.sleep(0.3);"
            + " print(socket.create_connection("
            + address()
            + ").getsockname()[1])'";
    Run run =
        Tcpw.shell(
            "d=$(mktemp -d); $tcpw -o $d/a "
                + connect
                + " >$d/1 & $tcpw -o $d/b "
                + connect
                + " >$d/2; wait; cat $d/a $d/b >&2; cat $d/1 $d/2; rm -r $d");
    assertThat(run.sockets().stream().map(SocketLine::local))
        .as("%s", run)
        .containsExactly(
            run.stdout().lines().map(port -> "127.0.0.1:" + port).toArray(String[]::new));
  }

  @Test
  void tcpwInsideTcpwIsSeenByBoth() {
    Tcpw.needsBpf("a process has but one tracer");
    Run run =
        Tcpw.shell("$tcpw $tcpw curl -s -o /dev/null http://127.0.0.1:%d/".formatted(peer.port()));
    run.exitsWith(0);
    assertThat(run.sockets().stream().map(SocketLine::what).distinct()).as("%s", run).hasSize(1);
    assertThat(run.sockets()).hasSize(2);
  }
}
