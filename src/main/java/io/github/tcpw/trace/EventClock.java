// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

/**
 * Turns the kernel's time of an event into wall-clock time.
 *
 * <p>The kernel stamps events with CLOCK_MONOTONIC. An event's age by that clock is taken from what
 * the wall clock says now, so that a wall clock that was set, or a machine that slept, falsifies no
 * later event.
 */
public final class EventClock {
  private final long skew;

  /**
   * A clock.
   *
   * @param kernelTime what the kernel's clock says now, in nanoseconds; it differs from {@link
   *     System#nanoTime} in a time namespace (time_namespaces(7))
   */
  public EventClock(long kernelTime) {
    skew = kernelTime - System.nanoTime();
  }

  /** Nanoseconds since the epoch for a time of the kernel's clock. */
  long wallClock(long kernelTime) {
    long age = System.nanoTime() + skew - kernelTime;
    return System.currentTimeMillis() * 1_000_000 - age;
  }
}
