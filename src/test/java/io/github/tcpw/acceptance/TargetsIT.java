// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The functions that the fexit engine hooks on a real kernel. */
class TargetsIT {
  private static final String[] KERNEL = {
    "inet_accept",
    "inet_dgram_connect",
    "inet_stream_connect",
    "mptcp_stream_accept",
    "netlink_connect",
    "unix_accept",
    "unix_dgram_connect",
    "unix_stream_connect"
  };

  private static final Map<String, List<String>> OF_MODULES =
      Map.of(
          "vsock", List.of("vsock_connect", "vsock_accept", "vsock_dgram_connect"),
          "sctp", List.of("sctp_inet_connect"), // SCTP's accept is inet's
          "smc", List.of("smc_connect", "smc_accept"),
          "tipc", List.of("tipc_connect", "tipc_accept"));

  /** What --debug says behind these words, without the reason if there is one. */
  private static List<String> said(Run run, String words) {
    String prefix = "tcpw: debug: " + words + " ";
    return run.exitsWith(0)
        .stderr()
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()).replaceFirst(":.*", ""))
        .toList();
  }

  /** All that were found, hooked or left out. */
  private static List<String> targets(Run run) {
    assertThat(said(run, "skipped")).as("%s", run).isEmpty();
    List<String> all = new ArrayList<>(said(run, "attached to"));
    all.addAll(said(run, "left out"));
    return all;
  }

  private static void assumeFexit() {
    assumeTrue(
        Tcpw.engine().equals("fexit"),
        "this kernel refuses the fexit engine, or it is not asked for");
  }

  @Test
  void autoTakesFexitWhereTheKernelLetsIt() {
    Run fexit = Tcpw.shell("target/test-programs/tcpw-fexit true");
    Run auto = Tcpw.shell("target/test-programs/tcpw-auto --debug true").exitsWith(0);
    assertThat(auto.stderr())
        .contains(
            "tcpw: debug: engine " + (fexit.status() == 0 ? "fexit\n" : "syscall, because fexit"));
  }

  /** The kernel's own, and those of the modules that are loaded. */
  private static List<String> expected() {
    List<String> functions = new ArrayList<>(List.of(KERNEL));
    for (String module : Tcpw.shell("cut -d' ' -f1 /proc/modules").stdout().lines().toList()) {
      functions.addAll(OF_MODULES.getOrDefault(module, List.of()));
    }
    return functions;
  }

  @Test
  void everyConnectAndAcceptOfTheKernelIsFound() {
    assumeFexit();
    Run run = Tcpw.run("-UX", "--debug", "true");
    assertThat(targets(run)).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void everyConnectAndAcceptOfItsModulesIsFound() {
    assumeFexit();
    Tcpw.shell("for m in vsock_loopback sctp smc tipc; do modprobe $m; done");
    Run run = Tcpw.run("-UX", "--debug", "true");
    assertThat(targets(run)).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void onlyWhatIsAskedForIsHooked() {
    assumeFexit();
    List<String> unasked =
        new ArrayList<>(
            List.of("netlink_connect", "unix_accept", "unix_dgram_connect", "unix_stream_connect"));
    if (expected().contains("vsock_dgram_connect")) {
      unasked.add("vsock_dgram_connect");
    }
    assertThat(said(Tcpw.run("-U", "--debug", "true"), "left out"))
        .containsExactlyInAnyOrderElementsOf(unasked);
    unasked.add("inet_dgram_connect");
    assertThat(said(Tcpw.run("--debug", "true"), "left out"))
        .containsExactlyInAnyOrderElementsOf(unasked);
  }
}
