// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The functions that the fexit engine hooks on a real kernel. */
class TargetsIT {
  private static List<String> hooked(String... options) {
    List<String> words = new java.util.ArrayList<>(List.of(options));
    words.addAll(List.of("--debug", "true"));
    String prefix = "tcpw: debug: attached to ";
    return Tcpw.run(words.toArray(String[]::new))
        .exitsWith(0)
        .stderr()
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  private static void assumeFexit() {
    assumeTrue(
        Tcpw.engine().equals("fexit"),
        "this kernel refuses the fexit engine, or it is not asked for");
  }

  @Test
  void everyConnectAndAcceptOfTheKernelIsHooked() {
    assumeFexit();
    Tcpw.shell("modprobe -r -a vsock_loopback sctp smc tipc 2>/dev/null");
    assertThat(hooked("-UX"))
        .containsExactlyInAnyOrder(
            "inet_accept",
            "inet_dgram_connect",
            "inet_stream_connect",
            "mptcp_stream_accept",
            "unix_accept",
            "unix_dgram_connect",
            "unix_stream_connect");
    assertThat(hooked())
        .containsExactlyInAnyOrder(
            "inet_accept", "inet_dgram_connect", "inet_stream_connect", "mptcp_stream_accept");
  }

  @Test
  void modulesBringTheirOwn() {
    assumeFexit();
    Tcpw.shell("for m in vsock_loopback sctp smc tipc; do modprobe $m; done");
    List<String> functions = hooked();
    for (String module : Tcpw.shell("cut -d' ' -f1 /proc/modules").stdout().lines().toList()) {
      switch (module) {
        case "vsock" ->
            assertThat(functions).contains("vsock_connect", "vsock_accept", "vsock_dgram_connect");
        case "sctp" -> assertThat(functions).contains("sctp_inet_connect");
        case "smc" -> assertThat(functions).contains("smc_connect", "smc_accept");
        case "tipc" -> assertThat(functions).contains("tipc_connect", "tipc_accept");
        default -> {}
      }
    }
    assertThat(functions)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("\\w+_(connect|accept)"));
  }
}
