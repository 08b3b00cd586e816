// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A set of signals.
 *
 * @param bits bit n - 1 stands for signal n, as in {@code /proc/PID/status} and as glibc's sigset_t
 *     begins
 */
public record SignalSet(long bits) {
  public static final SignalSet ALL = new SignalSet(-1);

  // signal(7), the same on x86-64 and AArch64
  public static final int SIGHUP = 1;
  public static final int SIGINT = 2;
  public static final int SIGQUIT = 3;
  public static final int SIGILL = 4;
  public static final int SIGBUS = 7;
  public static final int SIGFPE = 8;
  public static final int SIGKILL = 9;
  public static final int SIGSEGV = 11;
  public static final int SIGPIPE = 13;
  public static final int SIGTERM = 15;
  public static final int SIGCHLD = 17;
  public static final int SIGSTOP = 19;
  public static final int SIGTSTP = 20;
  public static final int SIGTTIN = 21;
  public static final int SIGTTOU = 22;

  static final int SIZE_OF_SIGSET = 128;

  /** The set of these signals. */
  public static SignalSet of(int... signals) {
    long bits = 0;
    for (int signal : signals) {
      bits |= 1L << (signal - 1);
    }
    return new SignalSet(bits);
  }

  /** Whether a signal is in the set. */
  public boolean contains(int signal) {
    return (bits >>> (signal - 1) & 1) != 0;
  }

  /** The signals of this set that are not in the other. */
  public SignalSet without(SignalSet other) {
    return new SignalSet(bits & ~other.bits);
  }

  /** A sigset_t. */
  MemorySegment allocate(Arena arena) {
    MemorySegment set = arena.allocate(SIZE_OF_SIGSET, 8);
    set.set(ValueLayout.JAVA_LONG, 0, bits);
    return set;
  }
}
