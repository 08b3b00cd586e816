// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.report.Escape;
import io.github.tcpw.trace.TraceOptions;
import java.util.ArrayList;
import java.util.List;

/** The processes of the option --pid. */
final class ProcessIds {
  private ProcessIds() {}

  /** Parses the values; each process is in the list once. */
  static List<Integer> parse(List<String> words) throws UsageException {
    List<Integer> pids = new ArrayList<>();
    for (String word : words) {
      int pid = (int) Decimal.parse(word, Integer.MAX_VALUE);
      if (pid <= 0) {
        throw new UsageException(
            "no process ID: " + Escape.word(word) + "; give a number such as 1234");
      }
      if (!pids.contains(pid)) {
        pids.add(pid);
      }
    }
    if (pids.size() > TraceOptions.MAX_PIDS) {
      throw new UsageException(
          pids.size()
              + " processes are too many; give --pid at most "
              + TraceOptions.MAX_PIDS
              + " times");
    }
    return List.copyOf(pids);
  }
}
