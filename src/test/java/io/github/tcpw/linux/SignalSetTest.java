// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SignalSetTest {
  @Test
  void bitsAreThoseOfProcStatus() {
    assertThat(SignalSet.of(SignalSet.SIGHUP, SignalSet.SIGTERM).bits()).isEqualTo(0x4001);
    assertThat(SignalSet.of(64).bits()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void setHoldsItsSignalsAndNoOthers() {
    SignalSet set = SignalSet.of(1, 33, 64);
    for (int signal = 1; signal <= 64; signal++) {
      assertThat(set.contains(signal))
          .as("signal %d", signal)
          .isEqualTo(signal == 1 || signal == 33 || signal == 64);
    }
  }

  @Test
  void withoutTakesSignalsAway() {
    assertThat(SignalSet.of(1, 2, 3).without(SignalSet.of(2, 9))).isEqualTo(SignalSet.of(1, 3));
    assertThat(SignalSet.ALL.without(SignalSet.ALL)).isEqualTo(SignalSet.of());
  }
}
