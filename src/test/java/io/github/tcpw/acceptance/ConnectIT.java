// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void nonBlockingConnectThatFailsLaterSaysSoWhenAsked() {
    Run run =
        Tcpw.python(
            """
            import socket
            with socket.socket() as closed:
                closed.bind(("127.0.0.1", 0))
                s = socket.socket()
                s.setblocking(False)
                print(s.connect_ex(closed.getsockname()), s.connect_ex(closed.getsockname()))
            """);
    assertThat(run.stdout()).isEqualTo("115 111\n");
    List<SocketLine> lines = run.sockets();
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst().error()).isEmpty();
    assertThat(lines.getLast().what()).isEqualTo(lines.getFirst().what() + " error=ECONNREFUSED");
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
