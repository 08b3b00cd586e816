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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine for those who have no privilege. */
@Tag("user-space") // and of a machine with more users than the guests have
class PtraceIT {
  private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

  /** As old seccomp profiles of containers do: no pidfd_getfd(2), its number on all processors. */
  private static final String WITHOUT_BORROWING = "target/test-programs/refuse 438 ";

  private static final String WITHOUT_PRIVILEGE =
      ": tracing with ptrace (slower; setuid programs lose their privilege)";

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
    assertThat(run.otherLines())
        .singleElement()
        .isIn(
            "tcpw: not root" + WITHOUT_PRIVILEGE, "tcpw: no privilege for BPF" + WITHOUT_PRIVILEGE);
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

  @Test
  void whereNoSocketMayBeBorrowedTheyAreFoundByTheirInodes() {
    Run run =
        ptrace(
            WITHOUT_BORROWING
                + """
                $ptrace -UX python3 -IS -c '
                import os, select, socket
                def pair(server, name):
                    server.bind(name)
                    server.listen()
                    client = socket.socket(server.family)
                    client.connect(server.getsockname())
                    return client, server.accept()[0]
                ends = pair(socket.socket(), ("127.0.0.1", 0))
                ends6 = pair(socket.socket(socket.AF_INET6), ("::1", 0))
                unix = pair(socket.socket(socket.AF_UNIX), b"\\0tcpw-%d\\n\\r" % os.getpid())
                udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                udp.connect(("127.0.0.1", 9))
                later = socket.socket()
                later.setblocking(False)
                later.connect_ex(("127.0.0.1", 1))
                select.select([], [later], [])
                assert later.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 111
                print(ends[0].getsockname()[1], ends[1].getsockname()[1])
                print(ends6[0].getsockname()[1], ends6[1].getsockname()[1])
                print(os.getpid())
                print(udp.getsockname()[1])'
                """);
    String[] said = run.exitsWith(0).stdout().split("\\s+");
    String client = "127.0.0.1:" + said[0];
    String server = "127.0.0.1:" + said[1];
    String client6 = "[::1]:" + said[2];
    String server6 = "[::1]:" + said[3];
    String path = "AF_UNIX UNIX-STREAM path=@tcpw-" + said[4] + "\\x0a\\x0d";
    assertThat(run.sockets().stream().map(SocketLine::what))
        .as("%s", run)
        .containsExactly(
            "AF_INET TCP " + client + " -> " + server,
            "AF_INET TCP " + server + " <- " + client,
            "AF_INET6 TCPv6 " + client6 + " -> " + server6,
            "AF_INET6 TCPv6 " + server6 + " <- " + client6,
            path,
            path,
            "AF_INET UDP 127.0.0.1:" + said[5] + " -- 127.0.0.1:9",
            "AF_INET TCP 0.0.0.0:0 -> 127.0.0.1:1",
            "AF_INET TCP 0.0.0.0:0 -> 127.0.0.1:1 error=ECONNREFUSED");
    assertThat(run.otherLines()).isEmpty();
  }

  /** /proc/net/unix has paths as they are, so that a program can write lines there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 0 0 0 zz 0 %d /forged | 1
          000000004474a921: 00000002 00000000 00010000 0001 01 %d /forged | 0
          """)
  void aForgedLineIsNeitherBelievedNorTooMuch(String forged, int lines) {
    Run run =
        ptrace(
            WITHOUT_BORROWING
                + """
                $ptrace -X -l unshare --net python3 -IS -c '
                import itertools, os, socket
                # The list is that of a hash table, where names that are alike lie in the same order:
                # until the forged line comes first.
                for n in itertools.count():
                    honest, liar = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
                    name = b"honest-%%d-%%d" %% (os.getpid(), n)
                    honest.bind(b"\\0" + name)
                    line = b"%s" %% os.fstat(honest.fileno()).st_ino
                    liar.bind(b"\\0" + os.urandom(8).hex().encode() + b"\\n" + line)
                    listed = open("/proc/self/net/unix", "rb").read()
                    if listed.index(line) < listed.index(name):
                        break
                honest.listen()'
                """
                    .formatted(forged));
    assertThat(run.exitsWith(0).sockets()).as("%s", run).hasSize(lines);
    assertThat(run.sockets()).allMatch(line -> line.path().startsWith("@honest-"));
    assertThat(run.otherLines())
        .containsExactlyElementsOf(
            lines == 1
                ? List.of()
                : List.of(
                    "tcpw: 1 events lost (pidfd_getfd is refused here, and /proc/PID/net has no"
                        + " such socket or two)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", WITHOUT_BORROWING})
  void argumentsThatMakeNoSenseAreNoTrouble(String without) {
    Run run =
        ptrace(
            without
                + """
                $ptrace -UX -l python3 -IS -c '
                import ctypes, socket
                c = ctypes.CDLL(None)
                sockets = [socket.socket(*kind) for kind in (
                    (socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET6, socket.SOCK_DGRAM),
                    (socket.AF_UNIX, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_DGRAM))]
                for s in sockets:
                    s.setblocking(False)
                wait_not = socket.MSG_DONTWAIT
                families = [b"", b"\\1", b"\\1\\0", b"\\2\\0", b"\\12\\0", b"\\50\\0", b"\\377" * 200]
                pointers = [ctypes.create_string_buffer(f, 256) for f in families]
                pointers += [None, ctypes.c_void_p(1), ctypes.c_void_p(2**64 - 4)]
                for fd in [s.fileno() for s in sockets] + [0, -1, 2**31 - 1]:
                    for p in pointers:
                        for length in (0, 1, 2, 7, 24, 128, 129, 2**31 - 1, -1, -2**31):
                            c.connect(fd, p, length)
                            c.sendto(fd, None, 0, wait_not, p, length)
                            c.sendmmsg(fd, p, length, wait_not)
                            c.recvmmsg(fd, p, length, wait_not, None)
                        c.sendmsg(fd, p, wait_not)
                        c.recvmsg(fd, p, wait_not)
                        c.recvfrom(fd, None, 0, wait_not, p, p)
                        c.getsockopt(fd, socket.SOL_SOCKET, socket.SO_ERROR, p, p)
                        c.accept(fd, p, p)
                print("done")'
                """);
    assertThat(run.exitsWith(0).stdout()).as("%s", run).isEqualTo("done\n");
    assertThat(run.stderr()).doesNotContain("Exception");
  }

  private static final String SOCKETS_OF_ALL_KINDS =
      """
      import os, socket, tempfile
      def talk(server, client):
          client.connect(server.getsockname())
          accepted = server.accept()[0]
          client.send(b"hello")
          accepted.recv(9)
          accepted.send(b"abc")
          client.recv(9)
          client.close()
          accepted.recv(9)
          accepted.close()
          server.close()
      talk(socket.create_server(("127.0.0.1", 0)), socket.socket())
      talk(socket.create_server(("::1", 0), family=socket.AF_INET6), socket.socket(socket.AF_INET6))
      for name in os.path.join(tempfile.mkdtemp(), "path"), "\\0tcpw-abstract":
          server = socket.socket(socket.AF_UNIX)
          server.bind(name)
          server.listen()
          talk(server, socket.socket(socket.AF_UNIX))
      for family, address in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
          server = socket.socket(family, socket.SOCK_DGRAM)
          server.bind((address, 0))
          client = socket.socket(family, socket.SOCK_DGRAM)
          client.connect(server.getsockname())
          client.send(b"hello")
          server.recvfrom(9)
          client.close()
          server.close()
      """;

  /** What is not by chance. */
  private static List<String> lines(Run run) {
    return run.sockets().stream()
        .map(line -> line.event() + " " + line.what() + " " + line.end())
        .map(
            line ->
                line.replaceAll("(\\.1|\\]):(?!1 )\\d+", "$1:*").replaceAll("/tmp/[^/]*/", "/tmp/"))
        .toList();
  }

  /** As in containers with an old seccomp profile, and before Linux 5.6. */
  @Test
  void whereNoDescriptorMayBeBorrowedTheKernelsSocketDiagnosisTellsTheSame() {
    String script = "$ptrace -lUX python3 -IS -c '\n" + SOCKETS_OF_ALL_KINDS + "'";
    Run borrowed = ptrace(script).exitsWith(0);
    Run diagnosed = ptrace(WITHOUT_BORROWING + script).exitsWith(0);
    assertThat(lines(diagnosed)).as("%s", diagnosed).containsExactlyElementsOf(lines(borrowed));
    assertThat(diagnosed.otherLines()).isEmpty();
    assertThat(borrowed.sockets().stream().filter(line -> !line.peer().isEmpty())).isNotEmpty();
    assertThat(diagnosed.sockets()).allMatch(line -> line.peer().isEmpty());
    assertThat(diagnosed.sockets())
        .filteredOn(line -> line.event().equals("close") && line.proto().startsWith("TCP"))
        .filteredOn(line -> !line.arrow().isEmpty())
        .hasSize(4)
        .allMatch(line -> line.milliseconds("rtt") > 0);
  }

  /** The diagnosis is of tcpw's own network namespace; /proc/PID/net counts nothing. */
  @Test
  void inAnotherNetworkNamespaceTheListsInProcTellAllButWhatWentThrough() {
    String script =
        "$ptrace -lUX unshare --net sh -c 'ip link set lo up; exec python3 -IS -c \"$0\"' '\n"
            + SOCKETS_OF_ALL_KINDS
            + "'";
    Run borrowed = ptrace(script).exitsWith(0);
    Run listed = ptrace(WITHOUT_BORROWING + script).exitsWith(0);
    assertThat(lines(listed).stream().map(line -> line.replaceFirst(" [0-9]*/[0-9]*$", "")))
        .as("%s", listed)
        .containsExactlyElementsOf(
            lines(borrowed).stream()
                .map(line -> line.replaceFirst(" [0-9]*/[0-9]*$", ""))
                .toList());
    assertThat(listed.sockets())
        .filteredOn(line -> line.proto().startsWith("TCP"))
        .allMatch(line -> line.get("sent").isEmpty() && line.get("rtt").isEmpty());
  }

  /** A socket that has no port any more is in no list. */
  @Test
  void aRefusedConnectThatCannotBeBorrowedShowsWhereToAndWhy() {
    Run run =
        ptrace(
            WITHOUT_BORROWING
                + """
                $ptrace python3 -IS -c '
                import socket
                socket.socket().connect_ex(("127.0.0.1", 1))
                s = socket.socket()
                s.setblocking(False)
                s.connect_ex(("127.0.0.1", 1))
                assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 111'
                """);
    assertThat(run.sockets())
        .extracting(SocketLine::what)
        .as("%s", run)
        .containsExactly(
            "AF_INET TCP 0.0.0.0:0 -> 127.0.0.1:1 error=ECONNREFUSED",
            "AF_INET TCP 0.0.0.0:0 -> 127.0.0.1:1",
            "AF_INET TCP 0.0.0.0:0 -> 127.0.0.1:1 error=ECONNREFUSED");
  }

  @Test
  void aSetuidProgramThatRunsUnprivilegedShowsItsLives() {
    Run run =
        ptrace(
            """
            d=$(mktemp -d); chmod 755 $d
            cp "$(command -v curl)" $d/curl; chmod 4755 $d/curl
            %s$ptrace -l $d/curl -s http://127.0.0.1:%d/
            rm -r $d
            """
                .formatted(NOBODY, peer.port()));
    assertThat(run.stdout()).isEqualTo("ok\n");
    assertThat(run.sockets())
        .extracting(SocketLine::event)
        .as("%s", run)
        .containsExactly("connect", "established", "close");
    assertThat(run.sockets().getLast().number("received")).isPositive();
  }

  @Test
  void ofAProgramThatMayNotBeReadIsSaidThatNothingIsShown() {
    Run run =
        ptrace(
            """
            d=$(mktemp -d); chmod 755 $d
            cp "$(command -v curl)" $d/curl; chmod 711 $d/curl
            %s$ptrace $d/curl -s http://127.0.0.1:%d/
            rm -r $d
            """
                .formatted(NOBODY, peer.port()));
    assertThat(run.stdout()).isEqualTo("ok\n");
    assertThat(run.sockets()).isEmpty();
    assertThat(run.otherLines())
        .as("%s", run)
        .singleElement()
        .asString()
        .matches(
            "tcpw: the sockets of process \\d+ are not shown: its program may not be read, or it"
                + " lets nobody look into it \\(prctl\\(2\\), PR_SET_DUMPABLE\\); run tcpw as root");
  }

  /**
   * As the profiles of Docker and containerd refuse it, and as Podman's does. What bash asks of
   * nscd where no {@code SHELL} is set is left out.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 38}) // EPERM, ENOSYS
  void whereNoMemoryMayBeReadAtOnceItIsReadWordByWord(int errno) {
    Run run =
        ptrace(
            """
            [ $(uname -m) = x86_64 ] && call=310 || call=270 # process_vm_readv
            target/test-programs/refuse $call=%d $ptrace -X bash -c '
            exec 3<>/dev/tcp/127.0.0.1/1
            nc -U /no/such/socket' 2>&1 | grep tcpw: | grep -v /nscd/ >&2
            """
                .formatted(errno));
    assertThat(run.sockets()).as("%s", run).hasSize(2);
    assertThat(run.sockets().getFirst().remote()).isEqualTo("127.0.0.1:1");
    assertThat(run.sockets().getLast().what()).contains("path=/no/such/socket ");
  }

  /** Where a child may end before its parent's fork is seen, on processors with more to do. */
  @Test
  void descendantsLiveOnAlsoOnABusyMachine() {
    Run run =
        ptrace(
            """
            out=$(mktemp)
            for i in 1 2 3; do (while [ -e $out ]; do :; done) & done
            for i in $(seq 15); do
                $ptrace bash -c 'python3 -c pass; (sleep 0.5; echo x >>$0) &' $out >/dev/null
            done
            for i in $(seq 50); do
                [ "$(wc -l <$out)" -lt 15 ] || break
                sleep 0.1
            done
            wc -l <$out
            rm $out
            """);
    assertThat(run.stdout()).as("%s", run).isEqualTo("15\n");
  }
}
