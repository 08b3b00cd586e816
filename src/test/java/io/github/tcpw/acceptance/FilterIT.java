// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which sockets are shown, by port, address, side and failure. */
class FilterIT {
  /** Servers on all addresses, in a network of its own where every port and address is free. */
  private static final String PRELUDE =
      """
      import socket
      def server(port, address="0.0.0.0"):
          s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
          if ":" in address: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
          s.bind((address, port))
          s.listen()
          return s
      def connect(address, port, local=0):
          s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
          s.bind(("", local))
          s.connect((address, port))
          kept.append(s)
          return s
      kept = []
      """;

  @TempDir private Path directory;

  private static Run run(List<String> options, String script) {
    List<String> words = new ArrayList<>(List.of("--format", "json"));
    words.addAll(options);
    return Tcpw.shell(
        """
        unshare --net bash -c '
        ip link set lo up
        ip address add fd00:0:0:8000::1/128 dev lo nodad
        ip address add fd00:0:0:ffff::1/128 dev lo nodad
        ip address add fd00:0:0:7fff::1/128 dev lo nodad
        exec "$@"' bash $tcpw %s python3 -IS -c '%s'
        """
            .formatted(String.join(" ", words), PRELUDE + script));
  }

  private static List<String> shown(List<String> options, String script) {
    Run run = run(options, script).exitsWith(0);
    return JsonLine.parseAll(run.stderr()).stream().map(JsonLine::what).toList();
  }

  private static List<String> words(String options) {
    return List.of(options.split(" "));
  }

  /** Ports 8001 to 8003 are connected to, from 9001 to 9003, and accepted. */
  private static final String THREE =
      """
      for i in (1, 2, 3):
          s = server(8000 + i)
          connect("127.0.0.1", 8000 + i, 9000 + i)
          kept.append(s.accept()[0])
      """;

  @ParameterizedTest
  @CsvSource({
    "--port 8001, 1", // remote of connect, local of accept
    "--port=9002, 2",
    "--port 8003 --port 9003, 3",
    "--port 1 --port 9002 --port 65535, 2",
    "--to 127.0.0.1 --port 8002, 2",
  })
  void portsAreLocalOrRemote(String options, int i) {
    assertThat(shown(words(options), THREE))
        .containsExactly("connect 127.0.0.1 800" + i, "accept 127.0.0.1 900" + i);
  }

  @Tag("user-space")
  @Test
  void severalPortsShowTheSocketsOfEach() {
    assertThat(shown(words("--port 8001 --port 9003"), THREE))
        .containsExactly(
            "connect 127.0.0.1 8001",
            "accept 127.0.0.1 9001",
            "connect 127.0.0.1 8003",
            "accept 127.0.0.1 9003");
  }

  @Tag("user-space")
  @Test
  void portsThatNobodyUsesShowNothing() {
    assertThat(shown(words("--port 801"), THREE)).isEmpty();
    assertThat(shown(words("--port 8001 --to 127.0.0.2"), THREE)).isEmpty();
  }

  /** Addresses within and just outside of 127.0.2.0/23, over IPv4 and IPv4-mapped. */
  private static final String ADDRESSES =
      """
      four, six = server(80), server(80, "::")
      for address in ("127.0.1.255", "127.0.2.0", "127.0.3.255", "127.0.4.0"):
          connect(address, 80)
          connect("::ffff:" + address, 80)
      for address in ("fd00:0:0:7fff::1", "fd00:0:0:8000::1", "fd00:0:0:ffff::1"):
          connect(address, 80)
      """;

  @Tag("user-space")
  @ParameterizedTest
  @CsvSource({
    "127.0.2.0/23, 127.0.2.0 127.0.3.255",
    "::ffff:127.0.2.0/119, 127.0.2.0 127.0.3.255",
    "127.0.3.255, 127.0.3.255",
    "127.0.4.0/31 --to 127.0.1.255, 127.0.1.255 127.0.4.0",
    "0.0.0.0/0, 127.0.1.255 127.0.2.0 127.0.3.255 127.0.4.0",
    "0.0.0.0/1, 127.0.1.255 127.0.2.0 127.0.3.255 127.0.4.0",
    "128.0.0.0/1, ''",
  })
  void ipv4NetworksAreThoseOfIpv4MappedSocketsToo(String networks, String expected) {
    List<String> both = new ArrayList<>();
    for (String address : expected.split(" ")) {
      if (!address.isEmpty()) {
        both.add("connect " + address + " 80");
        both.add("connect ::ffff:" + address + " 80");
      }
    }
    assertThat(shown(words("--to " + networks), ADDRESSES)).containsExactlyElementsOf(both);
  }

  @Tag("user-space")
  @ParameterizedTest
  @CsvSource({
    "fd00:0:0:8000::/49, fd00:0:0:8000::1 fd00:0:0:ffff::1",
    "fd00:0:0:7fff::1, fd00:0:0:7fff::1",
    "fd00::/8, fd00:0:0:7fff::1 fd00:0:0:8000::1 fd00:0:0:ffff::1",
    "fe00::/8, ''",
  })
  void ipv6NetworksAreAnyNumberOfBits(String network, String expected) {
    assertThat(shown(words("--to " + network), ADDRESSES))
        .containsExactlyElementsOf(
            expected.isEmpty()
                ? List.of()
                : List.of(expected.split(" ")).stream()
                    .map(address -> "connect " + address + " 80")
                    .toList());
  }

  @Tag("user-space")
  @Test
  void allOfIpv6IsNothingOfIpv4() {
    assertThat(shown(words("--to ::/0"), ADDRESSES))
        .hasSize(7)
        .allMatch(line -> line.startsWith("connect ::ffff:") || line.startsWith("connect fd00:"));
  }

  @Test
  void socketsThatListenAreInNoNetwork() {
    List<String> options = words("--lifecycle --to 0.0.0.0/0 --to ::/0");
    assertThat(shown(options, "server(80)\nserver(80, \"::\")")).isEmpty();
    assertThat(shown(words("--lifecycle --port 80"), "server(80)\nserver(80, \"::\")"))
        .containsExactlyInAnyOrder("listen", "listen", "close", "close");
  }

  /** What succeeds, then what fails: at once, later, and in another family. */
  private static final String FAILURES =
      """
      import os, select
      s = server(80)
      connect("127.0.0.1", 80)
      kept.append(s.accept()[0])
      for port in (81, 82):
          refused = socket.socket()
          refused.setblocking(port == 81)
          refused.connect_ex(("127.0.0.1", port))
          select.select([], [refused], [])
          kept.append(refused)
      later = socket.socket()
      later.setblocking(False)
      later.connect_ex(("127.0.0.1", 80))
      select.select([], [later], [])
      socket.socket(socket.AF_UNIX).connect_ex("/none")
      """;

  @Test
  void failedShowsFailedConnectsAndNothingElse() {
    assertThat(shown(words("--failed"), FAILURES))
        .containsExactly("connect 127.0.0.1 81 ECONNREFUSED", "failed 127.0.0.1 82 ECONNREFUSED");
    assertThat(shown(words("-l --failed"), FAILURES)).hasSize(2);
    assertThat(shown(words("--failed --port 82"), FAILURES))
        .containsExactly("failed 127.0.0.1 82 ECONNREFUSED");
    assertThat(shown(words("--failed --connect-only --to 127.0.0.0/8"), FAILURES)).hasSize(2);
    assertThat(shown(words("-X --failed"), FAILURES)).hasSize(3).contains("connect ENOENT");
  }

  @Tag("user-space")
  @Test
  void oneSideAlone() {
    assertThat(shown(words("--connect-only"), THREE))
        .hasSize(3)
        .allMatch(line -> line.startsWith("connect "));
    assertThat(shown(words("--accept-only"), THREE))
        .hasSize(3)
        .allMatch(line -> line.startsWith("accept "));
    assertThat(shown(words("--accept-only --port 8002"), THREE))
        .containsExactly("accept 127.0.0.1 9002");
  }

  @Tag("user-space")
  @Test
  void portsAndNetworksHideSocketsThatHaveNone() {
    String script =
        THREE
            + """
            socket.socket(socket.AF_UNIX).connect_ex("/none")
            socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).connect((0, 0))
            """;
    assertThat(shown(words("-X -N"), script)).hasSize(8);
    assertThat(shown(words("-X -N --port 8001"), script)).hasSize(2);
    assertThat(shown(words("-X -N --to 127.0.0.1"), script)).hasSize(6);
  }

  @ParameterizedTest
  @CsvSource({
    "--port 8002, 2",
    "--port 8002 --connect-only, 1",
    "--port 8002 --accept-only, 1",
    "--port 1, 0",
    "--to 127.0.0.1, 6",
    "--to 127.0.0.2, 0",
    "--failed, 0",
  })
  void closesObeyTheFiltersToo(String options, int closes) {
    String script = THREE + "for s in kept: s.close()\n";
    List<String> lines = shown(words("-l " + options), script);
    assertThat(lines.stream().filter(line -> line.startsWith("close ") && line.length() > 6))
        .as("%s", lines)
        .hasSize(closes);
    assertThat(lines.stream().filter(line -> line.matches("(connect|accept) .*")))
        .as("%s", lines)
        .hasSize(closes);
  }

  @Test
  void datagramsObeyTheFiltersToo() {
    String script =
        """
        import socket
        s = socket.socket(type=socket.SOCK_DGRAM)
        for port in (81, 82): s.sendto(b"x", ("127.0.0.1", port))
        """;
    assertThat(shown(words("-U --port 82"), script)).containsExactly("datagram 127.0.0.1 82");
    assertThat(shown(words("-U --to 127.0.0.2"), script)).isEmpty();
  }

  @Tag("user-space")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--port 0",
        "--port 65536",
        "--port http",
        "--port -1",
        "--port ''",
        "--port 1 --port 2 --port 3 --port 4 --port 5 --port 6 --port 7 --port 8 --port 9",
        "--to example.com",
        "--to 127.1",
        "--to 010.0.0.1",
        "--to 10.0.0.0/33",
        "--to 10.0.0.1/8",
        "--to 10.0.0.0/",
        "--to ''",
        "--to ::1%lo",
        "--to [::1]",
        "--to fd00::/129",
        "--to fd00::1/64",
        "--connect-only --accept-only",
        "--accept-only --failed",
        "--pid 1 --all",
        "--pid 0",
        "--pid 99999999999",
        "--format yaml",
        "--time soon",
        "--format json --time delta",
        "--format csv --summary",
      })
  void nonsenseIsSaidInOneLineBeforeTheCommandRuns(String options) {
    Path ran = directory.resolve("ran");
    Run run = Tcpw.shell("$tcpw " + options + " touch " + ran).exitsWith(125);
    assertThat(run.stdout()).isEmpty();
    assertThat(run.stderr()).as("%s", run).matches("tcpw: [^\n]+\n");
    assertThat(ran).doesNotExist();
  }
}
