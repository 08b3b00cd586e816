// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** UDP sockets, shown with -U alone. */
class UdpIT {
  private static final String CONNECT =
      """
      import socket
      for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
          s = socket.socket(family, socket.SOCK_DGRAM)
          s.connect((address, 9))
          print(s.getsockname()[1])
      """;

  @Test
  void udpIsNotShownUnlessAskedFor() {
    Run run = Tcpw.python(CONNECT).exitsWith(0);
    run.showsNothing();
  }

  @Test
  void connectedUdpShowsBothEndsAndNoDirection() {
    Run run = Tcpw.python(List.of("-U"), CONNECT);
    String[] ports = run.stdout().split("\\s+");
    assertThat(run.sockets().stream().map(SocketLine::what))
        .containsExactly(
            "AF_INET UDP 127.0.0.1:%s -- 127.0.0.1:9".formatted(ports[0]),
            "AF_INET6 UDPv6 [::1]:%s -- [::1]:9".formatted(ports[1]));
  }

  @Test
  void socatSendsFromTheSocketShown() {
    Run run = Tcpw.shell("echo x | $tcpw --udp socat -u - UDP4:127.0.0.1:9");
    SocketLine line = run.socket();
    assertThat(line.what()).startsWith("AF_INET UDP 127.0.0.1:").endsWith(" -- 127.0.0.1:9");
    assertThat(line.comm()).isEqualTo("socat");
  }

  @Test
  void resolverShowsTheDnsServer() {
    // getent asks the server in a resolv.conf of the test's own; nobody answers there. It asks
    // for IPv4 addresses only where there is one besides the loopback (getaddrinfo(3)).
    Run run =
        Tcpw.shell(
            """
            unshare --mount --net sh -c '
            ip link set lo up
            ip address add 192.0.2.7/32 dev lo
            echo "nameserver 127.0.0.53\\noptions timeout:1 attempts:1" >/run/tcpw-resolv
            mount --bind /run/tcpw-resolv /etc/resolv.conf
            exec '$tcpw' -U getent ahostsv4 name.example'; rm /run/tcpw-resolv
            """);
    assertThat(run.sockets())
        .as("%s", run)
        .isNotEmpty()
        .allMatch(
            line -> line.what().matches("AF_INET UDP 127\\.0\\.0\\.1:\\d+ -- 127\\.0\\.0\\.53:53"));
  }

  /**
   * To sort several addresses getaddrinfo connects a UDP socket to each, with the service's port or
   * 0, and never sends a packet (RFC 3484, sysdeps/posix/getaddrinfo.c); between them it
   * disconnects.
   */
  @Test
  void getaddrinfoProbesAreUdpLinesWithPortZero() {
    String script =
        """
        unshare --mount --net sh -c '
        ip link set lo up
        echo "127.0.0.2 several.example\\n127.0.0.3 several.example\\n::1 several.example" \
        >/run/tcpw-hosts
        mount --bind /run/tcpw-hosts /etc/hosts
        exec '$tcpw' %s getent ahosts several.example' >/dev/null; rm /run/tcpw-hosts
        """;
    Run run = Tcpw.shell(script.formatted("-U"));
    assertThat(run.sockets())
        .as("%s", run)
        .isNotEmpty()
        .allMatch(line -> line.proto().startsWith("UDP"))
        .allMatch(line -> line.arrow().equals("--"))
        .allMatch(line -> line.remote().endsWith(":0"));
    Tcpw.shell(script.formatted("")).showsNothing();
  }
}
