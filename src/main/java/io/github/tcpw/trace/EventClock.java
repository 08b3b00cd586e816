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

  private final long skew;
  private long offset;

  /**
   * A clock.
   *
   * @param kernelTime what the kernel's clock says now, in nanoseconds; it differs from {@link
   *     System#nanoTime} in a time namespace (time_namespaces(7))
   */
  public EventClock(long kernelTime) {
    skew = kernelTime - System.nanoTime();
    offset = WallClock.now() - System.nanoTime() - skew;
  }

  /** Nanoseconds since the epoch for a time of the kernel's clock. */
  public long wallClock(long kernelTime) {
    long now = System.nanoTime() + skew;
    long drift = System.currentTimeMillis() * MILLION - now - offset; // to the millisecond
    if (drift > TOLERANCE || drift < -TOLERANCE) {
      offset = WallClock.now() - System.nanoTime() - skew;
    }
    return kernelTime + offset;
  }
}
