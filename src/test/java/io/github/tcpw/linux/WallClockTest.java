// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class WallClockTest {
  @Test
  void agreesWithJava() {
    long before = java();
    long now = WallClock.now();
    assertThat(now).isBetween(before, java());
  }

  private static long java() {
    return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
  }
}
