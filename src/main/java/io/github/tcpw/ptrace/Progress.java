// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.linux.EventDescriptor;
import io.github.tcpw.linux.SystemCallException;
import io.github.tcpw.linux.WaitStatus;
import org.jspecify.annotations.Nullable;

/** How far the command is: the thread that traces it says so, and another one waits for it. */
final class Progress {
  private enum State {
    STARTING,
    RUNNING,
    ENDED
  }

  private final EventDescriptor end = new EventDescriptor();
  private State state = State.STARTING;
  private int status;
  private boolean commandEnded;
  private @Nullable Exception failure;

  Progress() throws SystemCallException {}

  // ---- said by the thread that traces ----

  /** The command has begun. */
  void executed() {
    set(State.RUNNING, null);
  }

  /**
   * The command itself has ended.
   *
   * @param found how, as waitpid(2) has it
   */
  synchronized void commandEnded(int found) {
    status = found;
    commandEnded = true;
  }

  /** Nothing is traced any more. */
  void over() {
    set(State.ENDED, null);
  }

  /** Tracing cannot begin, or go on. */
  void failed(Exception cause) {
    set(State.ENDED, cause);
  }

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

  // ---- asked by the other thread ----

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
