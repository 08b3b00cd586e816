// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Netlink sockets, shown with -N alone. */
class NetlinkIT {
  @Test
  void ipLinkAsksTheKernelThroughOne() {
    Tcpw.needsBpf("netlink is seen at connect alone");
    Run run = Tcpw.run("-N", "ip", "link").exitsWith(0);
    assertThat(run.stdout()).contains("lo");
    assertThat(run.socket().what()).isEqualTo("AF_NETLINK NETLINK");
    assertThat(run.socket().comm()).isEqualTo("ip");
    assertThat(run.otherLines()).isEmpty();
    Tcpw.run("ip", "link").exitsWith(0).showsNothing();
    Tcpw.run("-U", "-X", "ip", "link").exitsWith(0).showsNothing();
  }

  @Test
  void eachSocketIsShownOnceHoweverItIsUsed() {
    Run run =
        Tcpw.python(
            List.of("--netlink"),
            """
            import socket
            request = b"\\x14\\0\\0\\0\\x12\\0\\x01\\x03\\1\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0"
            for connects in (False, True):
                s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
                if connects: s.connect((0, 0))
                for _ in range(3):
                    s.send(request)
                    s.recv(65536)
            unused = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
            unused.bind((0, 0))
            """);
    run.exitsWith(0);
    assertThat(run.sockets().stream().map(SocketLine::what))
        .as("%s", run)
        .hasSize(Tcpw.isPtrace() ? 1 : 2) // the one that connects
        .containsOnly("AF_NETLINK NETLINK");
  }

  @Test
  void jsonSaysWhichWayTheFirstMessageWent() {
    Tcpw.needsBpf("netlink is seen at connect alone");
    Run run = Tcpw.run("-N", "--format", "json", "ip", "link").exitsWith(0);
    List<JsonLine> lines = JsonLine.parseAll(run.stderr());
    assertThat(lines).as("%s", run).hasSize(1);
    assertThat(lines.getFirst().get("event")).isEqualTo("datagram");
    assertThat(lines.getFirst().get("family")).isEqualTo("AF_NETLINK");
    assertThat(lines.getFirst().get("outgoing")).isEqualTo("true");
  }
}
