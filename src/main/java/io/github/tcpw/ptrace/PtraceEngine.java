// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.command.Command;
import io.github.tcpw.command.StartException;
import io.github.tcpw.command.Starter;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.linux.Capabilities;
import io.github.tcpw.linux.ChildProcess;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.RunningProcess;
import io.github.tcpw.linux.SystemCallException;
import io.github.tcpw.linux.WaitStatus;
import io.github.tcpw.trace.EventClock;
import io.github.tcpw.trace.EventSource;
import io.github.tcpw.trace.LostEvents;
import io.github.tcpw.trace.Notices;
import io.github.tcpw.trace.TraceException;
import io.github.tcpw.trace.TraceOptions;
import org.jspecify.annotations.Nullable;

/**
 * Stops the processes themselves at the system calls that matter (ptrace(2), seccomp(2)), and so
 * needs no privilege and no BPF.
 */
public final class PtraceEngine implements EventSource {
  private final TraceOptions options;
  private final Notices notices;
  private final EventClock clock = new EventClock(System.nanoTime(), System.nanoTime());
  private final long startTime = clock.wallClock(System.nanoTime());
  private final EventQueue queue;
  private final SocketCalls calls;

  private PtraceEngine(TraceOptions options, Notices notices) throws SystemCallException {
    this.options = options;
    this.notices = notices;
    queue = new EventQueue(options.bufferSize());
    calls = new SocketCalls(options, notices, clock, queue);
  }

  /**
   * An engine that waits for the command.
   *
   * @throws TraceException if it cannot do what is asked for
   */
  public static EventSource start(TraceOptions options, Notices notices) throws TraceException {
    if (options.all() || !options.pids().isEmpty()) {
      throw new TraceException(
          "the ptrace engine traces a command from its start and nothing that runs already;"
              + " for --pid and --all use BPF, as root: sudo tcpw ...",
          null);
    }
    try {
      return new PtraceEngine(options, notices);
    } catch (SystemCallException e) {
      throw new TraceException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public RunningProcess start(Command command)
      throws SystemCallException, StartException, TraceException {
    if (command.user() != null
        && command.user().uid() != 0
        && !Capabilities.has(Capabilities.SYS_PTRACE)) {
      throw new TraceException(
          "the ptrace engine may not look into a command of another user without CAP_SYS_PTRACE;"
              + " leave out --user, or give tcpw that capability",
          null);
    }
    Starter starter = command.spawnStarter();
    byte[] filter =
        SeccompFilter.stopping(
            SocketCalls.calls(options),
            SocketCalls.wholeCalls(options),
            Abi.ofProcessor(System.getProperty("os.arch")));
    Progress progress = new Progress();
    new TracingThread(
            starter, filter, options.lifecycle(), calls, new Executions(notices), progress)
        .start();
    try {
      progress.awaitStart();
    } catch (SystemCallException e) {
      throw new TraceException(
          e.errno() == Errno.EPERM
              ? "not permitted to trace the command: somebody traces tcpw itself (strace, gdb,"
                  + " another tcpw), or /proc/sys/kernel/yama/ptrace_scope forbids it"
              : "cannot trace the command: " + e.getMessage(),
          e);
    }
    starter.await();
    return new TracedCommand(starter.process(), progress);
  }

  /**
   * The process is the tracing thread's child too, which alone is told its status. It has ended for
   * the rest of tcpw when all its descendants have: a filtered call fails where nobody traces.
   */
  private record TracedCommand(ChildProcess process, Progress progress) implements RunningProcess {
    @Override
    public int pidfd() {
      return progress.endFd();
    }

    @Override
    public void signal(int signal) {
      if (progress.hasCommandEnded()) { // and descendants go on: whoever ends tcpw ends these
        progress.giveUp();
      } else {
        process.signal(signal);
      }
    }

    @Override
    public WaitStatus await() throws SystemCallException {
      progress.awaitEnd();
      return progress.status();
    }
  }

  @Override
  public long startTime() {
    return startTime;
  }

  @Override
  public int fd() {
    return queue.fd();
  }

  @Override
  public void wakeReader() {
    queue.sleep();
  }

  @Override
  public @Nullable SocketEvent next() {
    return queue.poll();
  }

  @Override
  public @Nullable SocketEvent nextOfLast() {
    return queue.poll();
  }

  @Override
  public LostEvents lost() {
    return new LostEvents(queue.lost(), calls.gone(), calls.unlisted(), 0, 0, 0, 0);
  }
}
