// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.linux.FileMode;
import io.github.tcpw.linux.ProcFile;
import io.github.tcpw.trace.Notices;
import java.util.HashSet;
import java.util.Set;

/**
 * Warns of programs that run without the privilege that they would have: nobody without any may
 * filter or trace those (no_new_privs, ptrace(2)).
 */
final class Executions {
  private static final String KEY = "\nNoNewPrivs:\t1";

  private final Notices notices;
  private final Set<String> warnedOf = new HashSet<>();

  Executions(Notices notices) {
    this.notices = notices;
  }

  /** A thread runs another program from now on. */
  void executed(int thread) {
    String file = "/proc/" + thread + "/exe";
    if (FileMode.givesPrivilege(file)
        && ProcFile.read("/proc/" + thread + "/status").contains(KEY)) {
      String program = ProcFile.readLink(file);
      if (warnedOf.add(program)) {
        notices.warn(
            (isHarmless(program) ? program : "a program of process " + thread)
                + " is set-user-ID or the like, and runs without its privilege: the ptrace engine"
                + " cannot trace it otherwise; run tcpw as root");
      }
    }
  }

  /** To a terminal, and to whoever reads the message. */
  private static boolean isHarmless(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~' || c == '\\') {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
