// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventClockTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void eventOfNowHappensNow() {
    long kernelTime = System.nanoTime();
    EventClock clock = new EventClock(kernelTime);
    assertThat(clock.wallClock(kernelTime) - now()).isBetween(-SECOND, SECOND);
  }

  @Test
  void eventKeepsItsAge() {
    long kernelTime = System.nanoTime();
    EventClock clock = new EventClock(kernelTime);
    assertThat(now() - clock.wallClock(kernelTime - 100 * SECOND))
        .isBetween(99 * SECOND, 101 * SECOND);
  }

  @Test
  void kernelClockOfAnotherTimeNamespaceIsUnderstood() {
    long kernelTime = System.nanoTime() + 1_000_000 * SECOND;
    EventClock clock = new EventClock(kernelTime);
    assertThat(clock.wallClock(kernelTime) - now()).isBetween(-SECOND, SECOND);
  }

  @Test
  void eventsAreAsFarApartAsTheyWere() {
    long kernelTime = System.nanoTime();
    EventClock clock = new EventClock(kernelTime);
    long first = clock.wallClock(kernelTime);
    for (long distance : new long[] {0, 1, 999, 1_000_001, 59 * SECOND + 7, -3}) {
      assertThat(clock.wallClock(kernelTime + distance) - first).isEqualTo(distance);
    }
  }

  @Test
  void eventsStayAsFarApartWhileTimePasses() throws Exception {
    long kernelTime = System.nanoTime();
    EventClock clock = new EventClock(kernelTime);
    long first = clock.wallClock(kernelTime);
    for (int i = 0; i < 20; i++) {
      Thread.sleep(1);
      assertThat(clock.wallClock(kernelTime) - first).isZero();
    }
  }

  private static long now() {
    return System.currentTimeMillis() * 1_000_000;
  }
}
