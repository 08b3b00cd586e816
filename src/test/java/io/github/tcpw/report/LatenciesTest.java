// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {
  @Test
  void ofNoneNothingIsKnown() {
    assertThat(new Latencies().percentile(50)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        31,
        32,
        33,
        63,
        64,
        65,
        127,
        128,
        35_000,
        999_999,
        1_000_000,
        130_000_000_000L,
        1L << 62,
        Long.MAX_VALUE
      })
  void oneIsFoundAgain(long nanos) {
    Latencies latencies = new Latencies();
    latencies.add(nanos);
    assertThat(latencies.percentile(1)).isEqualTo(nanos);
    assertThat(latencies.percentile(100)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33, 63, 64, 65, 127, 128, 35_000, 999_999, 1L << 62})
  void neighboursAreToldApart(long nanos) {
    Latencies latencies = new Latencies();
    latencies.add(nanos / 2);
    latencies.add(nanos);
    latencies.add(nanos + nanos / 2);
    assertThat(latencies.percentile(33)).isCloseTo(nanos / 2, withinPercentage(1.6));
    assertThat(latencies.percentile(66)).isCloseTo(nanos, withinPercentage(1.6));
  }

  @Test
  void percentilesAreAtMostThreePercentOff() {
    Random random = new Random(4711);
    long[] all = new long[10_001];
    Latencies latencies = new Latencies();
    for (int i = 0; i < all.length; i++) {
      all[i] = (long) Math.exp(random.nextDouble(Math.log(1_000), Math.log(1e11)));
      latencies.add(all[i]);
    }
    Arrays.sort(all);
    for (int percent : new int[] {1, 5, 50, 90, 95, 99, 100}) {
      int rank = (all.length * percent + 99) / 100;
      assertThat(latencies.percentile(percent))
          .as("p%d", percent)
          .isCloseTo(all[rank - 1], withinPercentage(3));
    }
  }

  @Test
  void thoseOfSeveralAddUp() {
    Latencies one = new Latencies();
    Latencies other = new Latencies();
    one.add(10);
    other.add(20);
    other.add(1_000_000);
    one.add(other);
    assertThat(one.percentile(33)).isEqualTo(10);
    assertThat(one.percentile(50)).isEqualTo(20);
    assertThat(one.percentile(95)).isCloseTo(1_000_000, withinPercentage(1.6));
  }
}
