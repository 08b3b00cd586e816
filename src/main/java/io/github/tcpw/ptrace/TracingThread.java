// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.command.Starter;
import io.github.tcpw.linux.JobControl;
import io.github.tcpw.linux.NativeFunction;
import io.github.tcpw.linux.Ptrace;
import io.github.tcpw.linux.SignalSet;
import io.github.tcpw.linux.SystemCallException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that traces: ptrace(2) wants all requests from the one that has seized.
 *
 * <p>Each stop is answered before anything else is done that can wait: a stopped process is a slow
 * one. Every request may fail because the thread was killed meanwhile; waitpid tells that later, so
 * no failure is looked at.
 */
final class TracingThread extends Thread {
  private static final int OPTIONS =
      Ptrace.O_TRACESYSGOOD
          | Ptrace.O_TRACEFORK
          | Ptrace.O_TRACEVFORK
          | Ptrace.O_TRACECLONE
          | Ptrace.O_TRACEEXEC
          | Ptrace.O_TRACESECCOMP
          // A call that is to stop fails with ENOSYS where nobody traces: rather no command than
          // one that is lied to.
          | Ptrace.O_EXITKILL;

  private static final SignalSet STOPS =
      SignalSet.of(SignalSet.SIGSTOP, SignalSet.SIGTSTP, SignalSet.SIGTTIN, SignalSet.SIGTTOU);

  private final int command;
  private final Starter starter;
  private final byte[] filter;
  private final boolean followsEnds;
  private final SocketCalls calls;
  private final Executions executions;
  private final Progress progress;
  private final Map<Integer, Tracee> tracees = new HashMap<>();

  /** Threads that are gone before who made them was seen to: on a busy machine that comes late. */
  private final Set<Integer> goneEarly = new HashSet<>();

  private @Nullable Handover handover;
  private boolean mayLeave = true;
  private boolean hasStoppedAll;

  /**
   * A thread to trace a command.
   *
   * @param starter that is to become it
   * @param filter that it is to have
   * @param followsEnds whether threads are to stop before they end
   */
  TracingThread(
      Starter starter,
      byte[] filter,
      boolean followsEnds,
      SocketCalls calls,
      Executions executions,
      Progress progress) {
    super("ptrace");
    setDaemon(true);
    this.command = starter.process().pid();
    this.starter = starter;
    this.filter = filter;
    this.followsEnds = followsEnds;
    this.calls = calls;
    this.executions = executions;
    this.progress = progress;
  }

  @Override
  public void run() {
    NativeFunction.callFromSecondThread();
    try {
      try {
        Ptrace.seize(command, followsEnds ? OPTIONS | Ptrace.O_TRACEEXIT : OPTIONS);
      } catch (SystemCallException e) {
        starter.cancel();
        throw e;
      }
      tracees.put(command, new Tracee(command));
      starter.go(filter);
      trace();
      calls.end();
      progress.over();
    } catch (SystemCallException | RuntimeException e) {
      progress.failed(e);
    }
  }

  private void trace() throws SystemCallException {
    int thread;
    while ((thread = next()) != 0) {
      int found = Ptrace.status();
      if (Ptrace.isStopped(found)) {
        Tracee tracee = tracees.get(thread);
        if (tracee == null) { // it may stop before who made it is known to have
          tracee = add(thread);
        }
        stopped(tracee, found);
      } else {
        ended(thread, found);
      }
    }
  }

  /** The next thread that something happened to; 0: there is none left to wait for. */
  private int next() throws SystemCallException {
    if (mayLeave && progress.hasCommandEnded() && !tracees.isEmpty()) {
      mayLeave = false; // at once or never
      handover = Handover.isAllowed() ? new Handover() : null;
    }
    if (handover != null && !hasStoppedAll) {
      hasStoppedAll = true;
      for (Tracee tracee : tracees.values()) {
        handover.stop(tracee);
      }
    }
    Handover leaving = handover;
    while (leaving != null) {
      if (tracees.isEmpty() || leaving.isOverdue()) {
        leaving.end();
        handover = null;
        break;
      }
      int thread = Ptrace.poll();
      if (thread > 0) {
        return thread;
      }
      if (thread == 0) { // none is traced, whatever is known of
        tracees.clear();
      }
      LockSupport.parkNanos(200_000);
    }
    return leaving != null && tracees.isEmpty() ? 0 : Ptrace.await();
  }

  /** One that has forked: the child stops soon, and is known from now on. */
  private void forked(int child) {
    if (child > 0 && !goneEarly.remove(child)) {
      Tracee tracee = tracees.get(child);
      if (tracee == null) {
        tracee = add(child);
      }
      tracee.isAnnounced = true;
    }
  }

  private Tracee add(int thread) {
    Tracee tracee = new Tracee(thread);
    tracees.put(thread, tracee);
    if (handover != null) {
      handover.stop(tracee);
    }
    return tracee;
  }

  private void stopped(Tracee tracee, int found) {
    int thread = tracee.thread();
    int signal = Ptrace.signal(found);
    tracee.isListening = false;
    if (Ptrace.isAtSystemCall(found)) {
      calls.end(tracee, tracees.values());
      calls.look(tracee, tracees.values());
      tracee.goesOn();
      resume(tracee, 0);
      return;
    }
    switch (Ptrace.event(found)) {
      case Ptrace.EVENT_SECCOMP -> {
        if (calls.begin(tracee, tracees.values())) {
          Ptrace.resumeToCall(thread, 0);
        } else {
          resume(tracee, 0);
        }
      }
      case Ptrace.EVENT_EXEC -> {
        executed(tracee, Ptrace.message(thread));
        Ptrace.resume(thread, 0);
      }
      case Ptrace.EVENT_EXIT -> {
        tracee.isExiting = true;
        calls.exits(tracee, tracees.values());
        Ptrace.resume(thread, 0);
      }
      case Ptrace.EVENT_STOP -> {
        // The stop of a whole process lasts until SIGCONT; else a new thread's first one.
        if (STOPS.contains(signal)) {
          if (handover == null) {
            Ptrace.listen(thread);
            tracee.isListening = true;
            if (tracee.process() == command) {
              JobControl.stopIfAsked(); // not before: nothing goes on without this thread
            }
          } else {
            calls.leaves(tracee);
            handover.release(tracee);
            forget(thread);
          }
        } else {
          resume(tracee, 0);
        }
      }
      case 0 -> resume(tracee, signal); // it is delivered now
      default -> {
        forked(Ptrace.message(thread));
        resume(tracee, 0);
      }
    }
  }

  /** At full speed, unless it has connects in progress: then up to its next call or its end. */
  private void resume(Tracee tracee, int signal) {
    if (tracee.pending.isEmpty()) {
      Ptrace.resume(tracee.thread(), signal);
      return;
    }
    if (!tracee.stopsAtExit) {
      tracee.stopsAtExit = true;
      Ptrace.setOptions(tracee.thread(), OPTIONS | Ptrace.O_TRACEEXIT);
    }
    Ptrace.resumeToCall(tracee.thread(), signal);
  }

  /** All other threads have ended; the one that executes has taken over the ID of the first. */
  private void executed(Tracee tracee, int before) {
    if (before != tracee.thread()) {
      forget(before);
    }
    tracee.forget();
    tracee.call = null;
    tracee.pending.clear();
    if (tracee.thread() == command) {
      progress.executed();
    }
    executions.executed(tracee.thread());
    calls.left(tracee.process(), tracees.values());
  }

  private void ended(int thread, int found) {
    Tracee tracee = tracees.get(thread);
    int process = tracee == null ? thread : tracee.knownProcess();
    forget(thread);
    calls.left(process, tracees.values());
    if (thread == command) {
      progress.commandEnded(found);
    }
  }

  private void forget(int thread) {
    Tracee tracee = tracees.remove(thread);
    if (tracee != null) {
      tracee.forget();
    }
    if (thread != command && (tracee == null || !tracee.isAnnounced)) {
      goneEarly.add(thread);
    }
  }
}
