// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitStatusTest {
  @Test
  void everyExitCodeIsKept() {
    for (int code = 0; code <= 255; code++) {
      WaitStatus status = WaitStatus.exited(code);
      assertThat(status.isExit()).isTrue();
      assertThat(status.code()).isEqualTo(code);
    }
  }

  @Test
  void aSignalIsNoExitWithOrWithoutCoreDump() {
    for (int signal = 1; signal <= 64; signal++) {
      assertThat(new WaitStatus(signal).isExit()).isFalse();
      assertThat(new WaitStatus(signal | 0x80).isExit()).isFalse();
    }
  }
}
