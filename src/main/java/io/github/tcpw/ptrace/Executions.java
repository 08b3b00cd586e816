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
  private static final String NO_NEW_PRIVILEGE = "\nNoNewPrivs:\t1";
  private static final String UIDS = "\nUid:\t"; // real, effective, saved, of the file system
  private static final String GIDS = "\nGid:\t";

  private final Notices notices;
  private final Set<String> warnedOf = new HashSet<>();

  Executions(Notices notices) {
    this.notices = notices;
  }

  /** A thread runs another program from now on. */
  void executed(int thread) {
    String file = "/proc/" + thread + "/exe";
    FileMode mode = FileMode.of(file);
    if (!mode.givesPrivilege()) {
      return;
    }
    String status = ProcFile.read("/proc/" + thread + "/status");
    if (status.contains(NO_NEW_PRIVILEGE)
        && mode.givesPrivilege(effective(status, UIDS), effective(status, GIDS))) {
      String program = ProcFile.readLink(file);
      if (warnedOf.add(program)) {
        notices.warn(
            (isHarmless(program) ? program : "a program of process " + thread)
                + " is set-user-ID or the like, and runs without its privilege: the ptrace engine"
                + " cannot trace it otherwise; run tcpw as root");
      }
    }
  }

  private static int effective(String status, String key) {
    int start = status.indexOf('\t', status.indexOf(key) + key.length()) + 1;
    return Integer.parseUnsignedInt(status, start, status.indexOf('\t', start), 10);
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
