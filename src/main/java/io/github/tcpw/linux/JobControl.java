// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;

/**
 * When the terminal stops tcpw: SIGTSTP (Ctrl-Z) and SIGTTIN go to all processes of a job, the
 * command among them.
 *
 * <p>The launcher has blocked them, and so does every thread, unless it is said here.
 */
public final class JobControl {
  private static final NativeFunction SET_MASK = NativeFunction.libc("pthread_sigmask");
  static final int SIG_BLOCK = 0;
  static final int SIG_UNBLOCK = 1;
  private static final SignalSet STOPS = SignalSet.of(SignalSet.SIGTSTP, SignalSet.SIGTTIN);

  private JobControl() {}

  /** From now on the terminal stops tcpw when it wants to. */
  public static void stopWhenAsked() {
    set(SIG_UNBLOCK);
  }

  /** Stops all of tcpw, until SIGCONT, if the terminal has wanted that since the last time. */
  public static void stopIfAsked() {
    set(SIG_UNBLOCK); // what is pending is delivered before this returns (sigprocmask(2))
    set(SIG_BLOCK);
  }

  private static void set(int how) {
    try (Arena arena = Arena.ofConfined()) {
      SET_MASK.call(how, STOPS.allocate(arena).address(), 0);
    }
  }
}
