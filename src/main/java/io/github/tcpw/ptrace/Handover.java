// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.linux.Capabilities;
import io.github.tcpw.linux.ChildProcess;
import io.github.tcpw.linux.ProcFile;
import io.github.tcpw.linux.Ptrace;
import io.github.tcpw.linux.SystemCallException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Leaves what outlives the command to another tracer (src/main/launcher/keep.c), so that tcpw can
 * end: every process is stopped as by SIGSTOP, let go as it is, and continued by that one, so that
 * none makes a call while nobody traces.
 */
final class Handover {
  /** Nobody stops while a child of vfork has not executed yet: then tcpw waits for their end. */
  private static final long PATIENCE = 2_000_000_000L;

  private final Set<Integer> stopping = new HashSet<>();
  private final List<String> tasks = new ArrayList<>();
  private final long began = System.nanoTime();

  /** Whether another process of this user may trace what does not descend from it (Yama). */
  static boolean isAllowed() {
    String scope = ProcFile.read("/proc/sys/kernel/yama/ptrace_scope").strip();
    return scope.isEmpty()
        || scope.equals("0")
        || (!scope.equals("3") && Capabilities.has(Capabilities.SYS_PTRACE));
  }

  /** Has the process of a thread stop, unless it has been told already or is stopped. */
  void stop(Tracee tracee) {
    if (stopping.add(tracee.process())) {
      if (tracee.isListening) { // stopped by somebody else, who will continue it
        Ptrace.interrupt(tracee.thread());
      } else {
        tasks.add("c" + tracee.process());
        ChildProcess.signal(tracee.process(), 19);
      }
    } else if (tracee.isListening) {
      Ptrace.interrupt(tracee.thread());
    }
  }

  /** Lets go of a thread whose process is stopped. */
  void release(Tracee tracee) {
    Ptrace.detach(tracee.thread());
    tasks.add("t" + tracee.thread());
  }

  boolean isOverdue() {
    return System.nanoTime() - began > PATIENCE;
  }

  /** Starts the other tracer. */
  void end() throws SystemCallException {
    if (tasks.isEmpty()) {
      return;
    }
    tasks.addFirst(System.getProperty("java.home") + "/lib/keep");
    ChildProcess.spawn(tasks.toArray(String[]::new));
  }
}
