// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of connections, shown with -l. */
class LifecycleIT {
  /**
   * Before each script: what it measures with, and how packets get lost. A socket with a filter
   * that accepts none (SO_ATTACH_FILTER, socket(7)) drops all that is sent to it.
   */
  private static final String TOOLS =
      """
      import ctypes, os, re, select, socket, struct, subprocess, sys, threading, time
      NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
      def deaf(s):
          try:
              s.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HL", 1, ctypes.addressof(NOTHING)))
          except PermissionError:
              os._exit(77)
      def hearing(s):
          s.setsockopt(socket.SOL_SOCKET, 27, 0)
      def tcp_info(s, offset):
          return struct.unpack_from("I", s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104),
                                    offset)[0]
      unacked = lambda s: tcp_info(s, 24)
      rtt = lambda s: tcp_info(s, 68)
      retransmits = lambda s: tcp_info(s, 100)
      def wait(condition):
          while not condition():
              time.sleep(0.01)
      def reset(s):
          s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
          s.close()
      def wait_for_reset(s):
          try:
              while s.recv(4096): pass
              raise AssertionError("not reset")
          except ConnectionResetError:
              pass
      def read_all(s):
          while s.recv(65536): pass
      """;

  /** A client c and what its server accepted, a. */
  private static final String PAIR =
      TOOLS
          + """
          server = socket.create_server(("127.0.0.1", 0))
          before = time.monotonic()
          c = socket.create_connection(server.getsockname())
          after = time.monotonic()
          a = server.accept()[0]
          print(c.getsockname()[1], server.getsockname()[1])
          """;

  private static Run lifecycle(String script) {
    Run run = Tcpw.python(List.of("-l"), script);
    assumeTrue(run.status() != 77, "without privilege this kernel attaches no filter to a socket");
    return run.exitsWith(0);
  }

  /** The steps of sockets, each with its ends, in order. */
  private static List<String> steps(Run run) {
    return run.sockets().stream().map(line -> line.event() + " " + line.what()).toList();
  }

  /** The only line of this step in this direction. */
  private static SocketLine only(Run run, String event, String arrow) {
    List<SocketLine> lines =
        run.sockets().stream()
            .filter(line -> line.event().equals(event) && line.arrow().equals(arrow))
            .toList();
    assertThat(lines).as("%s %s of %s", event, arrow, run).hasSize(1);
    return lines.getFirst();
  }

  private static SocketLine end(Run run, String arrow) {
    return only(run, "close", arrow);
  }

  @Test
  void everyStepOfBothEndsIsToldInOrder() {
    Run run =
        lifecycle(
            PAIR
                + """
                c.sendall(b"12345")
                a.recv(5)
                c.close()
                a.recv(1)
                a.close()
                server.close()
                """);
    String[] ports = run.stdout().split("\\s+");
    String client = " AF_INET TCP 127.0.0.1:%s -> 127.0.0.1:%s".formatted(ports[0], ports[1]);
    String accepted = " AF_INET TCP 127.0.0.1:%s <- 127.0.0.1:%s".formatted(ports[1], ports[0]);
    String server = " AF_INET TCP 127.0.0.1:" + ports[1];
    List<String> steps = steps(run);
    assertThat(steps)
        .as("%s", run)
        .containsExactlyInAnyOrder(
            "listen" + server,
            "connect" + client,
            "established" + client,
            "accept" + accepted,
            "close" + client,
            "close" + accepted,
            "close" + server);
    assertThat(steps)
        .containsSubsequence(
            "listen" + server,
            "connect" + client,
            "established" + client,
            "accept" + accepted,
            "close" + server)
        .containsSubsequence("established" + client, "close" + client)
        .containsSubsequence("accept" + accepted, "close" + accepted);
    assertThat(run.sockets()).allMatch(line -> line.comm().equals("python3"));
    assertThat(run.otherLines()).isEmpty();
  }

  /** Both its ends are one socket, whose SYN meets itself. */
  @Test
  void aSocketThatConnectsToItselfIsEstablished() {
    Run run =
        lifecycle(
            """
            import socket
            s = socket.socket()
            s.bind(("127.0.0.1", 0))
            s.connect(s.getsockname())
            s.sendall(b"abc")
            s.recv(3)
            print(s.getsockname()[1])
            s.close()
            """);
    String ends = "AF_INET TCP 127.0.0.1:%1$s -> 127.0.0.1:%1$s".formatted(run.stdout().strip());
    assertThat(steps(run))
        .as("%s", run)
        .containsExactly("connect " + ends, "established " + ends, "close " + ends);
    assertThat(end(run, "->").end()).isEqualTo("fin-by-us 3/3");
  }

  @Test
  void aConnectionThatWasResetBeforeItIsAcceptedHasItsEnd() {
    Tcpw.needsBpf("of a connection that was reset its FIN is not known");
    Run run =
        lifecycle(
            TOOLS
                + """
                server = socket.create_server(("127.0.0.1", 0))
                c = socket.create_connection(server.getsockname())
                c.sendall(b"123")
                reset(c)
                # Until /proc/net/tcp has nothing established (01) at that port any more.
                established = re.compile(":%04X [0-9A-F]*:[0-9A-F]* 01 " % server.getsockname()[1])
                wait(lambda: not established.search(open("/proc/net/tcp").read()))
                server.accept()
                """);
    assertThat(run.sockets().stream().filter(line -> line.arrow().equals("<-")))
        .as("%s", run)
        .extracting(SocketLine::event)
        .containsExactly("accept", "close");
    assertThat(end(run, "<-").end()).isEqualTo("rst-by-peer 0/3");
    assertThat(end(run, "->").end()).isEqualTo("rst-by-us 3/0");
  }

  // ---- listen ----

  @ParameterizedTest
  @CsvSource({"AF_INET, AF_INET TCP 0.0.0.0:%s", "AF_INET6, AF_INET6 TCPv6 [::]:%s"})
  void listeningShowsTheBacklogOnceAndThePortThatTheKernelChose(String family, String what) {
    Run run =
        lifecycle(
            """
            import socket
            s = socket.socket(socket.%s)
            s.listen(7)
            s.listen(9)
            print(s.getsockname()[1])
            """
                .formatted(family));
    List<SocketLine> lines = run.sockets();
    String ends = what.formatted(run.stdout().strip());
    assertThat(steps(run)).containsExactly("listen " + ends, "close " + ends);
    assertThat(lines.getFirst().get("backlog")).isEqualTo("7");
    assertThat(lines.getLast().rest()).containsOnlyKeys("ended", "duration");
    assertThat(lines.getLast().get("ended")).isEqualTo("closed");
  }

  @Test
  void aServerThatOnlyListensIsNotShownWithoutL() {
    Tcpw.python("import socket\nsocket.create_server(('127.0.0.1', 0))").showsNothing();
  }

  // ---- endings, and what went through ----

  static Stream<Arguments> endings() {
    return Stream.of(
        Arguments.of(
            "the client closes first",
            """
            c.sendall(b"12345")
            a.recv(5)
            c.close()
            a.recv(1)
            a.close()
            """,
            "fin-by-us 5/0",
            "fin-by-peer 0/5"),
        Arguments.of(
            "the server closes first",
            """
            a.sendall(b"123")
            a.close()
            read_all(c)
            c.close()
            """,
            "fin-by-peer 0/3",
            "fin-by-us 3/0"),
        Arguments.of(
            "neither says anything",
            """
            c.close()
            a.recv(1)
            a.close()
            """,
            "fin-by-us 0/0",
            "fin-by-peer 0/0"),
        Arguments.of(
            "a byte in each direction",
            """
            c.sendall(b"x")
            a.recv(1)
            a.sendall(b"y")
            c.recv(1)
            c.close()
            a.recv(1)
            a.close()
            """,
            "fin-by-us 1/1",
            "fin-by-peer 1/1"),
        Arguments.of(
            "half-closed by the client, which then reads on",
            """
            c.sendall(b"12")
            c.shutdown(socket.SHUT_WR)
            read_all(a)
            a.sendall(bytes(100))
            a.close()
            read_all(c)
            c.close()
            """,
            "fin-by-us 2/100",
            "fin-by-peer 100/2"),
        Arguments.of(
            "half-closed by the server, to which the client writes on",
            """
            a.sendall(b"123")
            a.shutdown(socket.SHUT_WR)
            read_all(c)
            c.sendall(bytes(1000))
            c.close()
            read_all(a)
            a.close()
            """,
            "fin-by-peer 1000/3",
            "fin-by-us 3/1000"),
        Arguments.of(
            "SO_LINGER 0",
            """
            reset(c)
            wait_for_reset(a)
            """,
            "rst-by-us 0/0",
            "rst-by-peer 0/0"),
        Arguments.of(
            "closed with unread data",
            """
            a.sendall(b"xyz")
            select.select([c], [], [])
            c.close()
            wait_for_reset(a)
            """,
            "rst-by-us 0/3",
            "rst-by-peer 3/0"),
        Arguments.of(
            "the server resets",
            """
            c.sendall(b"1234")
            a.recv(4)
            reset(a)
            wait_for_reset(c)
            """,
            "rst-by-peer 4/0",
            "rst-by-us 0/4"),
        Arguments.of(
            "written to a peer that has gone",
            """
            a.close()
            read_all(c)
            c.sendall(b"x")
            wait(lambda: tcp_info(c, 0) & 255 == 7)  # TCP_CLOSE
            """,
            "rst-by-peer 1/0",
            "fin-by-us 0/0"),
        Arguments.of(
            "dissolved with AF_UNSPEC",
            """
            assert ctypes.CDLL(None).connect(c.fileno(), bytes(16), 16) == 0
            wait_for_reset(a)
            """,
            "rst-by-us 0/0",
            "rst-by-peer 0/0"),
        Arguments.of(
            "what is sent is not answered",
            """
            deaf(a)
            c.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 500)
            c.sendall(b"hello")
            try:
                c.recv(1)
                raise AssertionError("answered")
            except TimeoutError:
                pass
            """,
            "timeout 5/0",
            "fin-by-us 0/0"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void endsAreToldWithWhatWentThrough(String name, String script, String client, String accepted) {
    Run run = lifecycle(PAIR + script);
    String known = Tcpw.isPtrace() ? client.replace("timeout", "rst-by-peer") : client;
    assertThat(end(run, "->").end()).as("%s", run).isEqualTo(known);
    assertThat(end(run, "<-").end()).as("%s", run).isEqualTo(accepted);
    assertThat(run.otherLines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 1048576, 0",
    "127.0.0.1, 0, 1048576",
    "127.0.0.1, 1048577, 3000001",
    "::1, 102400, 0",
    "::1, 1, 102400",
  })
  void payloadIsCountedInBothDirections(String address, int upload, int download) {
    Run run =
        lifecycle(
            TOOLS
                + """
                family = socket.AF_INET6 if ":" in "%1$s" else socket.AF_INET
                server = socket.create_server(("%1$s", 0), family=family)
                c = socket.create_connection(server.getsockname()[:2])
                a = server.accept()[0]
                reader = threading.Thread(target=read_all, args=(a,))
                reader.start()
                c.sendall(bytes(%2$d))
                c.shutdown(socket.SHUT_WR)
                reader.join()
                reader = threading.Thread(target=read_all, args=(c,))
                reader.start()
                a.sendall(bytes(%3$d))
                a.close()
                reader.join()
                """
                    .formatted(address, upload, download));
    assertThat(end(run, "->").end()).isEqualTo("fin-by-us " + upload + "/" + download);
    assertThat(end(run, "<-").end()).isEqualTo("fin-by-peer " + download + "/" + upload);
  }

  @Test
  void whatADescendantKeepsOpenIsStillOpen() {
    Run run =
        lifecycle(
            PAIR
                + """
                c.sendall(b"123")
                a.recv(3)
                tcpw = os.getppid()
                if os.fork() == 0:
                    wait(lambda: not os.path.exists("/proc/%d" % tcpw))
                    os._exit(0)
                """);
    assertThat(end(run, "->").end()).isEqualTo("still-open 3/0");
    assertThat(end(run, "<-").end()).isEqualTo("still-open 0/3");
    assertThat(run.sockets().stream().filter(line -> line.arrow().isEmpty()))
        .as("%s", run)
        .extracting(line -> line.event() + line.get("ended"))
        .containsExactly("listen", "closestill-open");
  }

  /** Which of them the kernel closes first is its own business. */
  @Test
  void whatTheCommandLeavesOpenTheKernelCloses() {
    Run run = lifecycle(PAIR + "c.sendall(b'123')\na.recv(3)\nos._exit(0)\n");
    assertThat(List.of(end(run, "->").get("ended"), end(run, "<-").get("ended")))
        .containsExactlyInAnyOrder("fin-by-us", Tcpw.isPtrace() ? "fin-by-us" : "fin-by-peer");
    assertThat(end(run, "->").end()).endsWith(" 3/0");
    assertThat(end(run, "<-").end()).endsWith(" 0/3");
  }

  /** The command has closed its side; that the peer never does is not waited for. */
  @Test
  void aCloseThatThePeerDoesNotAnswerIsToldAtTheEnd() {
    Run run =
        lifecycle(
            PAIR
                + """
                deaf(a)
                c.sendall(b"lost")
                c.close()
                """);
    assertThat(end(run, "->").end()).isEqualTo("fin-by-us 4/0");
  }

  // ---- connects that are answered late, or never ----

  @Test
  void aNonBlockingConnectThatIsClosedBeforeItIsAnsweredIsGivenUp() {
    String script =
        TOOLS
            + """
            server = socket.create_server(("127.0.0.1", 0))
            deaf(server)
            c = socket.socket()
            c.setblocking(False)
            print(c.connect_ex(server.getsockname()), c.getsockname()[1], server.getsockname()[1])
            c.close()
            """;
    Run run = lifecycle(script);
    assertThat(run.stdout()).startsWith("115 ");
    assertThat(run.sockets().stream().filter(line -> !line.arrow().isEmpty()))
        .as("%s", run)
        .extracting(SocketLine::event)
        .containsExactly("connect", "close");
    assertThat(only(run, "connect", "->").rest()).isEmpty();
    assertThat(end(run, "->").end()).isEqualTo("given-up 0/0");

    Run plain = Tcpw.python(script).exitsWith(0);
    String[] words = plain.stdout().split("\\s+");
    assertThat(plain.socket().what())
        .isEqualTo("AF_INET TCP 127.0.0.1:%s -> 127.0.0.1:%s".formatted(words[1], words[2]));
    assertThat(plain.socket().rest()).isEmpty();
  }

  @Test
  void aNonBlockingConnectIsEstablishedWhenItIsAnswered() {
    // The first SYN is lost, and sent again after a second (RFC 6298).
    Run run =
        lifecycle(
            TOOLS
                + """
                server = socket.create_server(("127.0.0.1", 0))
                deaf(server)
                c = socket.socket()
                c.setblocking(False)
                before = time.monotonic()
                c.connect_ex(server.getsockname())
                hearing(server)
                select.select([], [c], [])
                print(time.monotonic() - before)
                c.setblocking(True)
                reset(c)
                """);
    SocketLine established = only(run, "established", "->");
    assertThat(established.milliseconds("after"))
        .isBetween(900.0, Double.parseDouble(run.stdout()) * 1000 + 1);
    assertThat(only(run, "connect", "->").rest()).isEmpty();
    assertThat(established.what()).isEqualTo(only(run, "connect", "->").what());
    assertThat(end(run, "->").number("retransmits")).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"True, connect", "False, failed"})
  void refusedConnectsHaveNoOtherEnd(String blocking, String event) {
    Run run =
        lifecycle(
            TOOLS
                + """
                with socket.socket() as closed:
                    closed.bind(("127.0.0.1", 0))
                    c = socket.socket()
                    c.setblocking(%s)
                    print(c.connect_ex(closed.getsockname()))
                    c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    c.close()
                """
                    .formatted(blocking));
    List<SocketLine> lines = run.sockets();
    assertThat(lines.getLast().event()).as("%s", run).isEqualTo(event);
    assertThat(lines.getLast().error()).isEqualTo("ECONNREFUSED");
    assertThat(lines.getLast().rest()).containsOnlyKeys("after");
    assertThat(lines).hasSize(event.equals("failed") ? 2 : 1);
  }

  // ---- times, measured by the command itself, with the same clock ----

  @Test
  void durationIsFromTheFirstPacketToTheEnd() {
    Run run =
        lifecycle(
            PAIR
                + """
                time.sleep(0.3)
                closing = time.monotonic()
                reset(c)
                closed = time.monotonic()
                print(closing - after, closed - before, after - before)
                """);
    String[] seconds = run.stdout().lines().skip(1).findFirst().orElseThrow().split(" ");
    assertThat(end(run, "->").milliseconds("duration"))
        .isBetween(
            Double.parseDouble(seconds[0]) * 1000 - 1, Double.parseDouble(seconds[1]) * 1000 + 1);
    assertThat(only(run, "established", "->").milliseconds("after"))
        .isBetween(0.0, Double.parseDouble(seconds[2]) * 1000 + 1);
  }

  /** A reset is not acknowledged, so it changes nothing that was measured before. */
  @Test
  void roundTripTimeAndRetransmitsAreThoseOfTcpInfo() {
    Run run =
        lifecycle(
            PAIR
                + """
                deaf(a)
                c.sendall(b"hello")
                wait(lambda: retransmits(c) > 1)
                hearing(a)
                wait(lambda: unacked(c) == 0)
                print(rtt(c), retransmits(c))
                reset(c)
                """);
    SocketLine end = end(run, "->");
    String[] info = run.stdout().lines().skip(1).findFirst().orElseThrow().split(" ");
    hasRoundTripTime(end, Double.parseDouble(info[0]) / 1000);
    assertThat(end.get("retransmits")).isEqualTo(info[1]);
    assertThat(end.end()).isEqualTo("rst-by-us 5/0");
  }

  /** As exact as it is printed. */
  private static void hasRoundTripTime(SocketLine end, double milliseconds) {
    assertThat(end.milliseconds("rtt"))
        .isCloseTo(milliseconds, within(Math.max(0.006, milliseconds * 0.006)));
  }

  @Test
  void whatIsToldIsWhatSsSays() {
    Run run =
        lifecycle(
            PAIR
                + """
                for _ in range(10):
                    c.sendall(bytes(1000))
                    a.recv(1000, socket.MSG_WAITALL)
                a.sendall(bytes(77))
                c.recv(77, socket.MSG_WAITALL)
                wait(lambda: unacked(c) == 0)
                sys.stdout.flush()
                subprocess.run(["ss", "-tinH", "sport = :%d" % c.getsockname()[1]])
                reset(c)
                """);
    Matcher ss =
        Pattern.compile(
                " rtt:([0-9.]+)/.* bytes_sent:(\\d+) .*bytes_received:(\\d+) ", Pattern.DOTALL)
            .matcher(run.stdout());
    assumeTrue(ss.find(), "ss shows no details on this kernel");
    SocketLine end = end(run, "->");
    hasRoundTripTime(end, Double.parseDouble(ss.group(1)));
    assertThat(end.get("sent")).isEqualTo(ss.group(2)).isEqualTo("10000");
    assertThat(end.get("received")).isEqualTo(ss.group(3)).isEqualTo("77");
    assertThat(run.stdout()).doesNotContain("retrans:");
    assertThat(end.get("retransmits")).isEqualTo("0");
  }

  /** A script of the command's in a network of its own, where loopback packets meet netem. */
  private static Run withNetem(String script) {
    Run run =
        Tcpw.shell(
            "script=$(mktemp); chmod a+r $script; cat >$script <<'END'\n"
                + script
                + "END\n"
                + """
                modprobe -q sch_netem
                unshare --net sh -c '
                ip link set lo up
                tc qdisc add dev lo root netem delay 40ms || exit 77
                exec "$@"' sh $tcpw -l python3 -IS $script
                status=$?
                rm $script
                exit $status
                """);
    assumeTrue(run.status() != 77, "this kernel has no netem (module sch_netem)");
    return run.exitsWith(0);
  }

  @Test
  void aDelayOfTheNetworkIsInTheLatencyAndTheRoundTripTime() {
    Run run =
        withNetem(
            PAIR
                + """
                c.sendall(b"x")
                wait(lambda: unacked(c) == 0)
                print((after - before) * 1000, rtt(c))
                reset(c)
                """);
    String[] times = run.stdout().lines().skip(1).findFirst().orElseThrow().split(" ");
    // Each packet is delayed, the answer too: twice 40 ms.
    assertThat(only(run, "established", "->").milliseconds("after"))
        .isBetween(79.0, Double.parseDouble(times[0]) + 1);
    SocketLine end = end(run, "->");
    assertThat(end.milliseconds("rtt")).isGreaterThan(79.0);
    hasRoundTripTime(end, Double.parseDouble(times[1]) / 1000);
  }

  @Test
  void lossOfTheNetworkIsInTheRetransmits() {
    Run run =
        withNetem(
            PAIR
                + """
                subprocess.run("tc qdisc change dev lo root netem loss 30%", shell=True, check=True)
                threading.Thread(target=read_all, args=(a,), daemon=True).start()
                sent = 0
                while retransmits(c) == 0:
                    c.sendall(b"x")
                    sent += 1
                    wait(lambda: unacked(c) == 0)
                print(sent, retransmits(c), flush=True)
                reset(c)
                os._exit(0)
                """);
    String[] numbers = run.stdout().lines().skip(1).findFirst().orElseThrow().split(" ");
    SocketLine end = end(run, "->");
    assertThat(end.get("sent")).isEqualTo(numbers[0]);
    assertThat(end.number("retransmits")).isPositive();
    assertThat(end.get("retransmits")).isEqualTo(numbers[1]);
  }

  // ---- sockets from before ----

  /**
   * A script that is not traced has connected c, and execs tcpw, which runs another with c as
   * descriptor 50; the peer closes once it has read the end of what that sends.
   */
  private static Run inherited(String options, String script) {
    return Tcpw.shell(
        "script=$(mktemp); chmod a+r $script; cat >$script <<'END'\n"
            + script
            + "END\n"
            + """
            python3 -IS -c '
            import os, socket, sys
            s = socket.create_server(("127.0.0.1", 0))
            c = socket.create_connection(s.getsockname())
            a = s.accept()[0]
            print(c.getsockname()[1], s.getsockname()[1], flush=True)
            if os.fork() == 0:
                c.close()
                while a.recv(100): pass
                os._exit(0)
            os.dup2(c.fileno(), 50)
            os.execvp(sys.argv[1], sys.argv[1:])' $tcpw %s python3 -IS $script
            rm $script
            """
                .formatted(options));
  }

  private static final String USE =
      """
      import socket
      c = socket.socket(fileno=50)
      c.send(b"123")
      c.send(b"45")
      """;

  @Test
  void anInheritedConnectionIsFoundOnceAndItsEndIsTold() {
    Run run =
        inherited(
            "-l",
            USE
                + """
                c.shutdown(socket.SHUT_WR)
                print(c.recv(1))
                """);
    String[] words = run.stdout().split("\\s+");
    assertThat(words[2]).as("%s", run).isEqualTo("b''");
    if (Tcpw.isPtrace()) { // reading and writing does not stop
      run.showsNothing();
      return;
    }
    assertThat(steps(run))
        .as("%s", run)
        .extracting(step -> step.replaceFirst(" A.*", ""))
        .containsExactly("found", "close");
    SocketLine found = run.sockets().getFirst();
    assertThat(found.what())
        .isEqualTo("AF_INET TCP 127.0.0.1:%s -- 127.0.0.1:%s".formatted(words[0], words[1]));
    assertThat(found.get("state")).isEqualTo("ESTABLISHED");
    assertThat(run.sockets().getLast().end()).isEqualTo("fin-by-us 5/0");
  }

  /** Nobody else has it open, tcpw neither. */
  @Test
  void anInheritedConnectionEndsWhenTheCommandClosesIt() {
    Tcpw.needsBpf("reading and writing does not stop, and so no sockets are found");
    Run run = inherited("-l", USE + "c.close()\n");
    assertThat(run.sockets()).as("%s", run).hasSize(2);
    assertThat(run.sockets().getLast().end()).isEqualTo("fin-by-us 5/0");
  }

  @Test
  void anInheritedConnectionIsNotShownWithoutL() {
    Run run = inherited("", USE);
    assertThat(run.stdout()).isNotEmpty();
    run.showsNothing();
  }

  @Test
  void anInheritedConnectionThatIsNotUsedIsNotShown() {
    inherited("-l", "import os\nos.fstat(50)\n").showsNothing();
  }
}
