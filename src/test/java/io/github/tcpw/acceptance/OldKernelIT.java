// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/** Kernels from before 5.13, where BPF programs cannot mark tasks. */
class OldKernelIT {
  @Test
  void aKernelThatIsTooOldIsToldInOneLine() {
    String release = System.getProperty("os.version");
    assumeTrue(release.matches("[1-4]\\..*|5\\.(\\d|1[0-2])\\..*"), release + " is new enough");
    Run run = Tcpw.run("--engine", "syscall", "echo", "ran").exitsWith(125);
    assertThat(run.stdout()).isEmpty();
    assertThat(run.stderr()).matches("tcpw: .*5\\.13.*\n");
    // Without asking for one, the engine that needs no BPF takes over, and says why.
    run = Tcpw.run("echo", "ran").exitsWith(0);
    assertThat(run.stdout()).isEqualTo("ran\n");
    assertThat(run.stderr()).matches("tcpw: tracing with ptrace .*5\\.13.*\n");
  }
}
