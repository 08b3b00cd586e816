// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.linux.WallClock;

/**
 * Turns the kernel's time of an event into wall-clock time.
 *
 * <p>The kernel stamps events with CLOCK_MONOTONIC. How far the wall clock is from that is read
 * once, and again when it has been set or the machine has slept, so that neither falsifies a later
 * event, and events are as far apart as they were.
 */
public final class EventClock {
  private static final long MILLION = 1_000_000;
  private static final long TOLERANCE = 10 * MILLION;
  private static final long AT_ONCE = MILLION / 10;
  private static final int TRIES = 5;

  private final long skew;
  private long offset;

  /**
   * A clock.
   *
   * @param before {@link System#nanoTime} just before the kernel's clock was read
   * @param kernelTime what it said, in nanoseconds; it is another than Java's in a time namespace
   *     (time_namespaces(7))
   */
  public EventClock(long before, long kernelTime) {
    long now = System.nanoTime();
    skew = kernelTime - before >= 0 && now - kernelTime >= 0 ? 0 : kernelTime - now;
    offset = distance() - skew;
  }

  /** Nanoseconds since the epoch for a time of the kernel's clock. */
  public long wallClock(long kernelTime) {
    long now = System.nanoTime() + skew;
    long drift = System.currentTimeMillis() * MILLION - now - offset; // to the millisecond
    if (drift > TOLERANCE || drift < -TOLERANCE) {
      long measured = distance() - skew;
      if (Math.abs(measured - offset) > TOLERANCE) { // and not merely delayed between the two
        offset = measured;
      }
    }
    return kernelTime + offset;
  }

  /** How far the wall clock is from {@link System#nanoTime}: both read without a pause between. */
  private static long distance() {
    long distance = 0;
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < TRIES && shortest > AT_ONCE; i++) {
      long before = System.nanoTime();
      long wallClock = WallClock.now();
      long after = System.nanoTime();
      if (after - before < shortest) {
        shortest = after - before;
        distance = wallClock - before - shortest / 2;
      }
    }
    return distance;
  }
}
