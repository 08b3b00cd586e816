// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stream protocols besides TCP; most are in kernel modules, which few hosts have.
 *
 * <p>Some modules cannot be unloaded, so this class is the first, and in it what loads one while
 * tcpw runs comes before what wants it loaded.
 */
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProtocolsIT {
  /** A server and its client; prints both addresses, the client's first. */
  private static String bothEnds(String socket, String address) {
    return """
    import socket
    server = socket.socket(%s)
    server.bind(%s)
    server.listen()
    client = socket.socket(%s)
    client.connect(server.getsockname())
    accepted = server.accept()[0]
    print(client.getsockname(), server.getsockname())
    """
        .formatted(socket, address, socket);
  }

  private static void assumeSocket(String socket) {
    Run run = Tcpw.shell("python3 -c 'import socket; socket.socket(" + socket + ")'");
    assumeTrue(run.status() == 0, "this kernel has no such socket: " + socket);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"socket.AF_INET  | 127.0.0.1 | MPTCP", "socket.AF_INET6 | ::1       | MPTCPv6"})
  void mptcpPrintsTheSocketOfTheCommandAndNoSubflow(
      String family, String address, String protocol) {
    String socket = family + ", socket.SOCK_STREAM, 262";
    assumeSocket(socket);
    Run run = Tcpw.python(bothEnds(socket, "(\"" + address + "\", 0)"));
    showsBothEnds(run, protocol);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "socket.AF_INET  | 127.0.0.1 | AF_INET  | MPTCP   | TCP",
        "socket.AF_INET6 | ::1       | AF_INET6 | MPTCPv6 | TCPv6",
      })
  void mptcpShowsItsSubflowsWithL(
      String family, String address, String af, String protocol, String subflow) {
    Tcpw.needsBpf("subflows are the kernel's own, no call makes them");
    String socket = family + ", socket.SOCK_STREAM, 262";
    assumeSocket(socket);
    Run run =
        Tcpw.python(
            List.of("-l"),
            bothEnds(socket, "(\"" + address + "\", 0)")
                + """
                client.sendall(bytes(1000))
                accepted.recv(1000, socket.MSG_WAITALL)
                client.close()
                accepted.recv(1)
                accepted.close()
                server.close()
                """);
    run.exitsWith(0);
    SocketLine connect = step(run, "connect", "->");
    SocketLine accept = step(run, "accept", "<-");
    assertThat(connect.what()).startsWith(af + " " + protocol + " ");
    assertThat(step(run, "established", "->").what()).isEqualTo(connect.what());
    assertThat(step(run, "subflow", "->").what())
        .isEqualTo(connect.what().replace(protocol + " ", subflow + " "));
    assertThat(step(run, "subflow", "<-").what())
        .isEqualTo(accept.what().replace(protocol + " ", subflow + " "));
    assertThat(step(run, "close", "->").what()).isEqualTo(connect.what());
    assertThat(step(run, "close", "<-").what()).isEqualTo(accept.what());
    SocketLine end = step(run, "close", "->");
    if (!end.get("sent").isEmpty()) { // the kernel counts since 6.5
      assertThat(end.get("sent")).isEqualTo("1000");
      assertThat(step(run, "close", "<-").get("received")).isEqualTo("1000");
    }
  }

  /** The only line of this step in this direction. */
  private static SocketLine step(Run run, String event, String arrow) {
    List<SocketLine> lines =
        run.sockets().stream()
            .filter(line -> line.event().equals(event) && line.arrow().equals(arrow))
            .toList();
    assertThat(lines).as("%s %s of %s", event, arrow, run).hasSize(1);
    return lines.getFirst();
  }

  @Test
  void mptcpRefusedKeepsTheRemoteEnd() {
    String socket = "socket.AF_INET, socket.SOCK_STREAM, 262";
    assumeSocket(socket);
    Run run =
        Tcpw.python(
            "import socket\nsocket.socket(%s).connect_ex(('127.0.0.1', 1))".formatted(socket));
    assertThat(run.socket().remote()).isEqualTo("127.0.0.1:1");
    assertThat(run.socket().error()).isEqualTo("ECONNREFUSED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"after", "before"})
  void sctpShowsBothEndsWhenItsModuleIsLoadedBeforeAndAfterTcpwStarts(String when) {
    Run run =
        withModule(
            "sctp",
            when,
            bothEnds("socket.AF_INET, socket.SOCK_STREAM, 132", "(\"127.0.0.1\", 0)"));
    showsBothEnds(run, "SCTP");
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void sctpRefusedKeepsTheRemoteEnd() {
    Run run =
        withModule(
            "sctp",
            "before",
            """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)
            s.connect_ex(("127.0.0.1", 1))
            """);
    assertThat(run.socket().remote()).isEqualTo("127.0.0.1:1");
    assertThat(run.socket().error()).isEqualTo("ECONNREFUSED");
  }

  @ParameterizedTest
  @CsvSource({
    "after, SOCK_STREAM",
    "before, SOCK_STREAM",
    "before, SOCK_SEQPACKET",
  })
  void vsockIsSeenWhenItsModuleIsLoadedBeforeAndAfterTcpwStarts(String when, String type) {
    Run run =
        withModule(
            "vsock_loopback", when, bothEnds("socket.AF_VSOCK, socket." + type, "(1, 5000)"));
    run.exitsWith(0);
    // (4294967295, 1024) (1, 5000): the client has no cid of its own (VMADDR_CID_ANY).
    String[] numbers = run.stdout().replace("4294967295", "*").split("[^0-9*]+");
    String client = numbers[1] + ":" + numbers[2];
    String server = numbers[3] + ":" + numbers[4];
    assertThat(server).isEqualTo("1:5000");
    List<SocketLine> lines = run.sockets();
    assertThat(lines).as("%s", run).hasSize(2);
    assertThat(lines.getFirst().what())
        .isEqualTo("AF_VSOCK AF_VSOCK %s -> %s".formatted(client, server));
    assertThat(lines.getLast().what())
        .startsWith("AF_VSOCK AF_VSOCK " + server + " <- ")
        .endsWith(":" + numbers[2]);
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void vsockShowsItsListenerWithL() {
    Run run =
        withModule(
            "vsock_loopback",
            "before",
            bothEnds("socket.AF_VSOCK, socket.SOCK_STREAM", "(1, 5001)"),
            "-l");
    assertThat(run.exitsWith(0).sockets())
        .as("%s", run)
        .extracting(line -> line.event() + " " + line.local() + line.arrow())
        .satisfies(
            steps -> {
              assertThat(steps).hasSize(3);
              assertThat(steps.get(0)).isEqualTo("listen 1:5001");
              assertThat(steps.get(1)).startsWith("connect ").endsWith("->");
              assertThat(steps.get(2)).isEqualTo("accept 1:5001<-");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"after", "before"})
  void smcThatFallsBackToTcpShowsTheTcpSockets(String when) {
    Run run =
        withModule(
            "smc",
            when,
            """
            import ctypes, socket, struct
            libc = ctypes.CDLL(None)
            server, client = libc.socket(43, 1, 0), libc.socket(43, 1, 0)  # AF_SMC
            address = struct.pack("<H", 2) + struct.pack(">H", %d) + bytes([127, 0, 0, 1]) + bytes(8)
            assert libc.bind(server, address, 16) == 0
            assert libc.listen(server, 5) == 0
            assert libc.connect(client, address, 16) == 0
            assert libc.accept(server, None, None) > 0
            """
                // Not the same twice: for a minute nobody can bind it again.
                .formatted(when.equals("before") ? 5001 : 5002));
    showsBothEnds(run, "TCP");
  }

  @ParameterizedTest
  @ValueSource(strings = {"after", "before"})
  void tipcIsSeenWhenItsModuleIsLoadedBeforeAndAfterTcpwStarts(String when) {
    Run run =
        withModule(
            "tipc",
            when,
            """
            import socket, threading
            server = socket.socket(socket.AF_TIPC, socket.SOCK_STREAM)
            server.bind((socket.TIPC_ADDR_NAME, 18888, 1, 0))
            server.listen()
            threading.Thread(target=server.accept).start()  # connect waits for it
            client = socket.socket(socket.AF_TIPC, socket.SOCK_STREAM)
            client.connect(server.getsockname())
            """);
    assertThat(run.exitsWith(0).sockets().stream().map(line -> line.af() + " " + line.proto()))
        .as("%s", run)
        .containsExactly("AF_TIPC TIPC", "AF_TIPC TIPC");
  }

  /** A line for each end, and each has the other's addresses. */
  private static void showsBothEnds(Run run, String protocol) {
    List<SocketLine> lines = run.exitsWith(0).sockets();
    assertThat(lines.stream().map(line -> line.proto() + line.arrow()))
        .as("%s", run)
        .containsExactly(protocol + "->", protocol + "<-");
    assertThat(lines.get(1).remote()).isEqualTo(lines.get(0).local());
    assertThat(lines.get(1).local()).isEqualTo(lines.get(0).remote());
  }

  /** A Python script under tcpw, the module loaded before tcpw, or by the traced command itself. */
  private static Run withModule(String module, String when, String script) {
    return withModule(module, when, script, "");
  }

  private static Run withModule(String module, String when, String script, String options) {
    Run there = Tcpw.shell("modprobe --dry-run " + module);
    assumeTrue(there.status() == 0, "this kernel has no module " + module);
    boolean before = when.equals("before");
    String load = "modprobe " + module + "; ";
    return Tcpw.shell(
        "script=$(mktemp); cat >$script <<'END'\n"
            + script
            + "END\n"
            + (before ? load : "! grep '^" + module + " ' /proc/modules || exit 99; ")
            + "$tcpw "
            + options
            + " sh -c '"
            + (before ? "" : load)
            + "exec python3 -IS \"$0\"' $script");
  }
}
