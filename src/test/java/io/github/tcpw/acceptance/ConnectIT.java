// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TCP sockets that the command connects. */
class ConnectIT {
  private HttpPeer peer;
  private HttpPeer peer6;

  @BeforeEach
  void startPeers() {
    peer = new HttpPeer("127.0.0.1");
    peer6 = new HttpPeer("::1");
  }

  @AfterEach
  void stopPeers() {
    peer.close();
    peer6.close();
  }

  private String url() {
    return "http://127.0.0.1:" + peer.port() + "/";
  }

  @Test
  void curlShowsBothEnds() {
    Run run = Tcpw.run("curl", "-s", url()).exitsWith(0);
    assertThat(run.stdout()).isEqualTo("ok\n");
    assertThat(run.socket().what())
        .isEqualTo(
            "AF_INET TCP 127.0.0.1:%d -> 127.0.0.1:%d".formatted(peer.clientPort(), peer.port()));
    assertThat(run.socket().comm()).isEqualTo("curl");
    assertThat(run.otherLines()).isEmpty();
  }

  @Test
  void curlOverIpv6KeepsTheDirection() {
    Run run = Tcpw.run("curl", "-s", "http://[::1]:" + peer6.port() + "/").exitsWith(0);
    assertThat(run.socket().what())
        .isEqualTo(
            "AF_INET6 TCPv6 [::1]:%d -> [::1]:%d".formatted(peer6.clientPort(), peer6.port()));
  }

  @Test
  void ipv4MappedAddressesAreShownAsTheKernelHasThem() {
    Run run =
        Tcpw.python(
            """
            import socket
            socket.create_connection(("::ffff:127.0.0.1", %d))
            """
                .formatted(peer.port()));
    assertThat(run.socket().what())
        .isEqualTo(
            "AF_INET6 TCPv6 [::ffff:127.0.0.1]:%d -> [::ffff:127.0.0.1]:%d"
                .formatted(peer.clientPort(), peer.port()));
  }

  @Test
  void socatOverIpv6ShowsBothEnds() {
    Run run = Tcpw.run("socat", "-u", "/dev/null", "TCP6:[::1]:" + peer6.port());
    assertThat(run.socket().what())
        .isEqualTo(
            "AF_INET6 TCPv6 [::1]:%d -> [::1]:%d".formatted(peer6.clientPort(), peer6.port()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nc -N 127.0.0.1 $port </dev/null",
        "bash -c 'exec 3<>/dev/tcp/127.0.0.1/'$port",
        "socat -u /dev/null TCP4:127.0.0.1:$port",
        "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", '$port'))'",
      })
  void everyClientShowsTheConnectionThatThePeerSaw(String client) {
    Run run = Tcpw.shell("port=" + peer.port() + "; $tcpw " + client);
    assertThat(run.socket().what())
        .isEqualTo(
            "AF_INET TCP 127.0.0.1:%d -> 127.0.0.1:%d".formatted(peer.clientPort(), peer.port()));
  }

  @Test
  void refusedConnectKeepsBothEnds() {
    Run run =
        Tcpw.python(
            """
            import socket
            with socket.socket() as closed:
                closed.bind(("127.0.0.1", 0))
                s = socket.socket()
                s.bind(("127.0.0.1", 0))
                print(s.getsockname()[1], closed.getsockname()[1])
                print(s.connect_ex(closed.getsockname()))
            """);
    String[] ports = run.stdout().split("\\s+");
    assertThat(ports[2]).isEqualTo("111");
    assertThat(run.socket().what())
        .isEqualTo(
            "AF_INET TCP 127.0.0.1:%s -> 127.0.0.1:%s error=ECONNREFUSED"
                .formatted(ports[0], ports[1]));
    assertThat(run.socket().rest()).containsOnlyKeys("after");
  }

  /** The kernel refuses it (EAFNOSUPPORT); a part of it is no IPv4 address. */
  @Test
  void anIpv6AddressGivenToAnIpv4SocketIsNotShownAsAnother() {
    Run run =
        Tcpw.python(
            """
            import ctypes, socket
            address = socket.AF_INET6.to_bytes(2, "little") + bytes(range(1, 27))
            s = socket.socket()
            ctypes.CDLL(None).connect(s.fileno(), address, len(address))
            """);
    assertThat(run.socket().what()).endsWith("0.0.0.0:258 error=EAFNOSUPPORT");
  }

  @Test
  void refusedConnectFromAnEphemeralPortKeepsItsAddressAndPort() {
    SocketLine line =
        Tcpw.python(
                """
                import socket
                with socket.socket() as closed:
                    closed.bind(("127.0.0.1", 0))
                    socket.socket().connect_ex(closed.getsockname())
                """)
            .socket();
    assertThat(line.local()).startsWith("127.0.0.1:").doesNotEndWith(":0");
    assertThat(line.error()).isEqualTo("ECONNREFUSED");
  }

  @Test
  void refusedConnectOverIpv6KeepsBothEnds() {
    Run run =
        Tcpw.python(
            """
            import socket
            with socket.socket(socket.AF_INET6) as closed:
                closed.bind(("::1", 0))
                s = socket.socket(socket.AF_INET6)
                s.bind(("::1", 0))
                print(s.getsockname()[1], closed.getsockname()[1])
                s.connect_ex(closed.getsockname())
            """);
    String[] ports = run.stdout().split("\\s+");
    assertThat(run.socket().what())
        .isEqualTo(
            "AF_INET6 TCPv6 [::1]:%s -> [::1]:%s error=ECONNREFUSED".formatted(ports[0], ports[1]));
  }

  @Test
  void connectWithoutARouteShowsWhereItWanted() {
    Run run =
        Tcpw.shell(
            """
            unshare --net $tcpw python3 -c 'import socket
            print(socket.socket().connect_ex(("192.0.2.1", 80)))'
            """);
    assertThat(run.stdout()).isEqualTo("101\n");
    assertThat(run.socket().what())
        .isEqualTo("AF_INET TCP 0.0.0.0:0 -> 192.0.2.1:80 error=ENETUNREACH");
  }

  @Test
  void connectThatTimesOutKeepsBothEnds() {
    // A full backlog lets no more SYN in; TCP_SYNCNT (tcp(7)) has them tried again once.
    Run run =
        Tcpw.python(
            """
            import socket
            with socket.socket() as server:
                server.bind(("127.0.0.1", 0))
                server.listen(0)
                first = socket.create_connection(server.getsockname())
                s = socket.socket()
                s.bind(("127.0.0.1", 0))
                s.setsockopt(socket.IPPROTO_TCP, 7, 1)
                print(s.getsockname()[1], server.getsockname()[1])
                print(s.connect_ex(server.getsockname()))
            """);
    assertThat(run.stdout()).as("%s", run).endsWith("\n110\n");
    String[] ports = run.stdout().split("\\s+");
    assertThat(run.sockets().getLast().what())
        .isEqualTo(
            "AF_INET TCP 127.0.0.1:%s -> 127.0.0.1:%s error=ETIMEDOUT"
                .formatted(ports[0], ports[1]));
  }

  @Test
  void nonBlockingConnectPrintsOneLineHoweverOftenItIsAskedAbout() {
    Run run =
        Tcpw.python(
            """
            import socket, time
            s = socket.socket()
            s.setblocking(False)
            results = [s.connect_ex(("127.0.0.1", %d))]
            time.sleep(0.1)
            results += [s.connect_ex(("127.0.0.1", %d)) for _ in range(3)]
            print(results)
            """
                .formatted(peer.port(), peer.port()));
    assertThat(run.stdout()).isEqualTo("[115, 0, 106, 106]\n");
    assertThat(run.socket().what())
        .isEqualTo(
            "AF_INET TCP 127.0.0.1:%d -> 127.0.0.1:%d".formatted(peer.clientPort(), peer.port()));
  }

  /** By a second connect, by SO_ERROR, or not at all. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s.connect_ex(address)",
        "s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)",
        "s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), s.connect_ex(address)",
        "111",
      })
  void nonBlockingConnectThatIsRefusedSaysSoOnceWhetherItIsAskedAboutOrNot(String ask) {
    Run run =
        Tcpw.python(
            """
            import select, socket
            with socket.socket() as closed:
                closed.bind(("127.0.0.1", 0))
                address = closed.getsockname()
                s = socket.socket()
                s.setblocking(False)
                result = s.connect_ex(address)
                select.select([], [s], [])
                print(s.getsockname()[1], address[1], result, %s)
            """
                .formatted(ask));
    String[] words = run.stdout().split("[^0-9]+");
    assertThat(List.of(words[2], words[3])).as("%s", run).containsExactly("115", "111");
    String ends = "AF_INET TCP 127.0.0.1:%s -> 127.0.0.1:%s".formatted(words[0], words[1]);
    assertThat(run.sockets().stream().map(SocketLine::what))
        .as("%s", run)
        .containsExactly(ends, ends + " error=ECONNREFUSED");
    assertThat(run.sockets().get(0).rest()).isEmpty();
    assertThat(run.sockets().get(1).rest()).containsOnlyKeys("after");
  }

  /** What a time after a failure means: from the first packet, by the command's own clock. */
  @ParameterizedTest
  @ValueSource(strings = {"True", "False"})
  void connectThatNobodyAnswersTimesOutAndSaysAfterWhatTime(String blocking) {
    // A filter on the server (SO_ATTACH_FILTER, socket(7)) drops every SYN; with TCP_SYNCNT 1 it
    // is tried again once, so the timeout is three seconds (RFC 6298).
    Run run =
        Tcpw.python(
            """
            import ctypes, select, socket, struct, time
            nothing = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
            server = socket.create_server(("127.0.0.1", 0))
            try:
                server.setsockopt(socket.SOL_SOCKET, 26,
                                  struct.pack("HL", 1, ctypes.addressof(nothing)))
            except PermissionError:
                raise SystemExit(77)
            s = socket.socket()
            s.setblocking(%s)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)
            s.bind(("127.0.0.1", 0))
            before = time.monotonic()
            result = s.connect_ex(server.getsockname())
            port = s.getsockname()[1]
            if result == 115:
                select.select([], [s], [])
                result = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            print(port, server.getsockname()[1], result, (time.monotonic() - before) * 1000)
            """
                .formatted(blocking));
    assumeTrue(run.status() != 77, "without privilege this kernel attaches no filter to a socket");
    String[] words = run.stdout().split("\\s+");
    assertThat(words[2]).as("%s", run).isEqualTo("110");
    SocketLine failed = run.sockets().getLast();
    assertThat(failed.what())
        .isEqualTo(
            "AF_INET TCP 127.0.0.1:%s -> 127.0.0.1:%s error=ETIMEDOUT"
                .formatted(words[0], words[1]));
    assertThat(failed.milliseconds("after")).isBetween(2000.0, Double.parseDouble(words[3]) + 1);
    assertThat(run.sockets()).hasSize(blocking.equals("True") ? 1 : 2);
  }

  /** A route that refuses, and a neighbour that is not there. */
  @Test
  void unreachableHostsAreFailedConnects() {
    Run run =
        Tcpw.shell(
            """
            unshare --net sh -c '
            ip link set lo up
            ip address add 192.0.2.1/32 dev lo
            ip route add unreachable 198.51.100.0/24
            ip route add prohibit 203.0.113.0/24
            exec "$@"' sh $tcpw python3 -IS -c '
            import socket
            for blocking in (True, False):
                for address in ("198.51.100.1", "203.0.113.1", "100.64.0.1"):
                    s = socket.socket()
                    s.setblocking(blocking)
                    print(s.connect_ex((address, 80)))'
            """);
    assertThat(run.stdout()).as("%s", run).isEqualTo("113\n13\n101\n".repeat(2));
    List<String> expected =
        List.of(
            "AF_INET TCP 0.0.0.0:0 -> 198.51.100.1:80 error=EHOSTUNREACH",
            "AF_INET TCP 0.0.0.0:0 -> 203.0.113.1:80 error=EACCES",
            "AF_INET TCP 0.0.0.0:0 -> 100.64.0.1:80 error=ENETUNREACH");
    assertThat(run.sockets().stream().map(SocketLine::what).toList().subList(0, 3))
        .as("%s", run)
        .isEqualTo(expected);
    assertThat(run.sockets().stream().map(SocketLine::what).toList().subList(3, 6))
        .isEqualTo(expected);
    // No packet was sent.
    assertThat(run.sockets()).hasSize(6).allMatch(line -> line.rest().isEmpty());
  }

  @Test
  void connectRestartedAfterASignalPrintsOneLine() {
    Run run =
        Tcpw.python(
            """
            import signal, socket, threading, time
            server = socket.socket()
            server.bind(("127.0.0.1", 0))
            server.listen(0)
            first = socket.create_connection(server.getsockname())  # fills the backlog
            signal.signal(signal.SIGALRM, lambda *_: print("signal", flush=True))
            signal.siginterrupt(signal.SIGALRM, False)
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            threading.Timer(0.6, server.accept).start()
            s = socket.socket()
            s.connect(server.getsockname())
            print("connected")
            """);
    assertThat(run.stdout()).isEqualTo("signal\nconnected\n");
    assertThat(run.sockets().stream().filter(line -> line.arrow().equals("->"))).hasSize(2);
  }

  @Test
  void aSocketThatConnectsAgainPrintsBothConnections() {
    Run run =
        Tcpw.python(
            """
            import ctypes, socket
            libc = ctypes.CDLL(None)
            s = socket.socket()
            s.connect(("127.0.0.1", %d))
            assert libc.connect(s.fileno(), bytes(16), 16) == 0  # AF_UNSPEC: disconnect
            s.connect(("127.0.0.1", %d))
            """
                .formatted(peer.port(), peer.port()));
    assertThat(run.sockets())
        .as("%s", run)
        .hasSize(2)
        .allMatch(line -> line.remote().equals("127.0.0.1:" + peer.port()));
  }

  @Test
  void disconnectingPrintsNothing() {
    Run run =
        Tcpw.python(
            List.of("-U"),
            """
            import ctypes, socket
            libc = ctypes.CDLL(None)
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                s = socket.socket(socket.AF_INET, kind)
                assert libc.connect(s.fileno(), bytes(16), 16) == 0
            """);
    run.exitsWith(0);
    run.showsNothing();
  }

  @Test
  void connectOnSomethingElsePrintsNothing() {
    Run run =
        Tcpw.python(
            """
            import ctypes, os
            libc = ctypes.CDLL(None)
            for fd in (0, 99, os.open("/", os.O_PATH)):
                assert libc.connect(fd, bytes(16), 16) == -1
            """);
    run.exitsWith(0);
    run.showsNothing();
  }
}
