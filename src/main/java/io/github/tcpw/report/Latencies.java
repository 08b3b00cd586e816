// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.Step;
import java.util.Arrays;

/**
 * How long things took: a histogram of 32 steps for each doubling, so that what it says is at most
 * 1.6 % off, however many there were.
 */
final class Latencies {
  private static final int STEP_BITS = 5;
  private static final int STEPS = 1 << STEP_BITS;
  // The first for values below 32, which are exact, then one for each doubling of a long.
  private static final int OCTAVES = Long.SIZE - STEP_BITS;
  private static final int[] EMPTY = {};

  /** Made when first needed: most latencies to one place are alike. */
  private final int[][] octaves = new int[OCTAVES][];

  private long count;
  private long least = Long.MAX_VALUE;
  private long most;

  Latencies() {
    Arrays.fill(octaves, EMPTY);
  }

  /** Counts one, in nanoseconds, not negative. */
  void add(long nanos) {
    int octave = Math.max(0, Long.SIZE - STEP_BITS - Long.numberOfLeadingZeros(nanos));
    int[] steps = steps(octave);
    steps[(int) (nanos >>> shift(octave)) & (STEPS - 1)]++;
    count++;
    least = Math.min(least, nanos);
    most = Math.max(most, nanos);
  }

  /** Counts all of another's too. */
  void add(Latencies other) {
    for (int octave = 0; octave < OCTAVES; octave++) {
      int[] theirs = other.octaves[octave];
      if (theirs.length > 0) {
        int[] ours = steps(octave);
        for (int i = 0; i < STEPS; i++) {
          ours[i] += theirs[i];
        }
      }
    }
    count += other.count;
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
  }

  /**
   * What this share of them did not exceed.
   *
   * @param percent 1 to 100
   * @return nanoseconds; unknown if there were none
   */
  long percentile(int percent) {
    long rank = (count * percent + 99) / 100;
    for (int octave = 0; octave < OCTAVES; octave++) {
      int[] steps = octaves[octave];
      for (int i = 0; i < steps.length; i++) {
        rank -= steps[i];
        if (rank <= 0 && steps[i] > 0) {
          return Math.clamp(middle(octave, i), least, most); // one alone is exact
        }
      }
    }
    return Step.UNKNOWN;
  }

  private int[] steps(int octave) {
    if (octaves[octave].length == 0) {
      octaves[octave] = new int[STEPS];
    }
    return octaves[octave];
  }

  /** By how many bits values are cut in this octave. */
  private static int shift(int octave) {
    return Math.max(0, octave - 1);
  }

  private static long middle(int octave, int step) {
    int shift = shift(octave);
    long lowest = (octave == 0 ? step : (long) STEPS + step) << shift;
    return lowest + (1L << shift) / 2;
  }
}
