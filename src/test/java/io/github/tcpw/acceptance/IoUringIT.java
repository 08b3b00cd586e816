// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/** connect and accept through io_uring, which makes no such system call. */
class IoUringIT {
  private static final int NO_IO_URING = 77;

  @Test
  void fexitSeesBothEndsAndTheOthersNone() {
    Run run = Tcpw.run("target/test-programs/io_uring");
    assumeTrue(run.status() != NO_IO_URING, "this kernel has no io_uring, or forbids it");
    run.exitsWith(0);
    String[] ports = run.stdout().strip().split(" ");
    String client = "127.0.0.1:" + ports[0];
    String server = "127.0.0.1:" + ports[1];
    if (Tcpw.engine().equals("fexit")) {
      assertThat(run.sockets().stream().map(SocketLine::what))
          .as("%s", run)
          .containsExactly(
              "AF_INET TCP " + client + " -> " + server, "AF_INET TCP " + server + " <- " + client);
    } else {
      assertThat(run.sockets()).as("the limit that the README names: %s", run).isEmpty();
    }
  }
}
