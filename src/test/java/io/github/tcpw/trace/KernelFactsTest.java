// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KernelFactsTest {
  private final KernelFacts facts = KernelFacts.read();

  @Test
  void releaseIsThatOfUname() {
    assertThat(facts.release()).isEqualTo(Tool.run("uname", "-r").strip());
  }

  @Test
  void capabilitiesAreOurs() throws Exception {
    String status = Files.readString(Path.of("/proc/thread-self/status"));
    assertThat(status).contains("CapEff:\t%016x\n".formatted(facts.capabilities()));
  }
}
