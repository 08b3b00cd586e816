// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.command.Starter;
import io.github.tcpw.linux.EventDescriptor;
import io.github.tcpw.linux.NativeFunction;
import io.github.tcpw.linux.Ptrace;
import io.github.tcpw.linux.SystemCallException;
import io.github.tcpw.linux.WaitStatus;
import java.util.HashMap;
import java.util.Map;
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

  private static final int SIGSTOP = 19;
  private static final int SIGTSTP = 20;
  private static final int SIGTTIN = 21;
  private static final int SIGTTOU = 22;

  private final int command;
  private final Starter starter;
  private final byte[] filter;
  private final boolean followsEnds;
  private final SocketCalls calls;
  private final Executions executions;
  private final Map<Integer, Tracee> tracees = new HashMap<>();
  private @Nullable Handover handover;
  private boolean mayLeave = true;
  private boolean hasStoppedAll;
  private final EventDescriptor end = new EventDescriptor();

  // Shared with the other thread, guarded by this.
  private State state = State.STARTING;
  private int status;
  private boolean commandEnded;
  private @Nullable Exception failure;

  private enum State {
    STARTING,
    RUNNING,
    ENDED
  }

  /**
   * A thread to trace a command.
   *
   * @param starter that is to become it
   * @param filter that it is to have
   * @param followsEnds whether threads are to stop before they end
   */
  TracingThread(
      Starter starter, byte[] filter, boolean followsEnds, SocketCalls calls, Executions executions)
      throws SystemCallException {
    super("ptrace");
    setDaemon(true);
    this.command = starter.process().pid();
    this.starter = starter;
    this.filter = filter;
    this.followsEnds = followsEnds;
    this.calls = calls;
    this.executions = executions;
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
      set(State.ENDED, null);
    } catch (SystemCallException | RuntimeException e) {
      set(State.ENDED, e);
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
    if (mayLeave && hasCommandEnded() && !tracees.isEmpty()) {
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
      if (thread >= 0) {
        return thread;
      }
      LockSupport.parkNanos(200_000);
    }
    return leaving != null && tracees.isEmpty() ? 0 : Ptrace.await();
  }

  /** One that has forked: the child stops soon, and is known from now on. */
  private void forked(int child) {
    if (child > 0 && !tracees.containsKey(child)) {
      add(child);
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
      CallInProgress call = tracee.call;
      calls.end(tracee);
      if (call != null && call.call() == Call.CLOSE) {
        calls.closed(call, tracees.values());
      }
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
        if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU) {
          if (handover == null) {
            Ptrace.listen(thread);
            tracee.isListening = true;
          } else {
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
      set(State.RUNNING, null);
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
      synchronized (this) {
        status = found;
        commandEnded = true;
      }
    }
  }

  private void forget(int thread) {
    Tracee tracee = tracees.remove(thread);
    if (tracee != null) {
      tracee.forget();
    }
  }

  // ---- for the other thread ----

  private synchronized void set(State next, @Nullable Exception cause) {
    if (state != State.ENDED) {
      state = next;
      failure = cause;
      notifyAll();
      if (next == State.ENDED) {
        end.wake();
      }
    }
  }

  /**
   * Waits until the command has begun, or will not.
   *
   * @throws SystemCallException if it may not be traced
   */
  synchronized void awaitStart() throws SystemCallException {
    await(State.STARTING);
  }

  /**
   * Waits until nothing is traced any more.
   *
   * @throws SystemCallException if tracing failed
   */
  synchronized void awaitEnd() throws SystemCallException {
    await(State.STARTING);
    await(State.RUNNING);
  }

  private synchronized void await(State before) throws SystemCallException {
    while (state == before) {
      try {
        wait();
      } catch (InterruptedException nobodyDoes) {
        throw new AssertionError(nobodyDoes);
      }
    }
    if (failure instanceof SystemCallException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
  }

  /** Readable when nothing is traced any more. */
  int endFd() {
    return end.fd();
  }

  /** Whether the command itself has ended; descendants of it may not have. */
  synchronized boolean hasCommandEnded() {
    return commandEnded;
  }

  /** Has {@link #awaitEnd} wait no longer; the kernel kills what is left when tcpw ends. */
  void giveUp() {
    set(State.ENDED, null);
  }

  /** How the command ended. */
  synchronized WaitStatus status() {
    return new WaitStatus(status);
  }
}
