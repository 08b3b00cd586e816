// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.linux.WallClock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventClockTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void eventOfNowHappensNow() {
    long kernelTime = System.nanoTime();
    EventClock clock = new EventClock(kernelTime, kernelTime);
    assertThat(clock.wallClock(kernelTime) - now()).isBetween(-SECOND, SECOND);
  }

  @Test
  void eventKeepsItsAge() {
    long kernelTime = System.nanoTime();
    EventClock clock = new EventClock(kernelTime, kernelTime);
    assertThat(now() - clock.wallClock(kernelTime - 100 * SECOND))
        .isBetween(99 * SECOND, 101 * SECOND);
  }

  @Test
  void kernelClockOfAnotherTimeNamespaceIsUnderstood() {
    for (long distance : new long[] {1_000_000 * SECOND, -SECOND, 3 * SECOND}) {
      long before = System.nanoTime();
      long kernelTime = before + distance;
      EventClock clock = new EventClock(before, kernelTime);
      assertThat(clock.wallClock(kernelTime) - now()).isBetween(-SECOND / 2, SECOND / 2);
    }
  }

  @Test
  void delayAfterTheKernelsClockWasReadIsNoneOfTheEvents() throws Exception {
    long before = System.nanoTime();
    long wallClock = WallClock.now();
    long kernelTime = System.nanoTime();
    Thread.sleep(300);
    EventClock clock = new EventClock(before, kernelTime);
    assertThat(clock.wallClock(kernelTime) - wallClock).isBetween(-SECOND / 10, SECOND / 10);
  }

  @Test
  void eventsAreAsFarApartAsTheyWere() {
    long kernelTime = System.nanoTime();
    EventClock clock = new EventClock(kernelTime, kernelTime);
    long first = clock.wallClock(kernelTime);
    for (long distance : new long[] {0, 1, 999, 1_000_001, 59 * SECOND + 7, -3}) {
      assertThat(clock.wallClock(kernelTime + distance) - first).isEqualTo(distance);
    }
  }

  @Test
  void eventsStayAsFarApartWhileTimePasses() throws Exception {
    long kernelTime = System.nanoTime();
    EventClock clock = new EventClock(kernelTime, kernelTime);
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
