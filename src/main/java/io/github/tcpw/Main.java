// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw;

import io.github.tcpw.cli.CommandLineParser;
import io.github.tcpw.cli.HelpScreen;
import io.github.tcpw.cli.Request;
import io.github.tcpw.cli.UsageException;
import io.github.tcpw.command.Command;
import io.github.tcpw.command.Credentials;
import io.github.tcpw.command.Invocation;
import io.github.tcpw.command.StartException;
import io.github.tcpw.command.TargetUser;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.linux.Descriptor;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.PidDescriptor;
import io.github.tcpw.linux.RunningProcess;
import io.github.tcpw.linux.SignalDescriptor;
import io.github.tcpw.linux.SignalSet;
import io.github.tcpw.linux.SystemCallException;
import io.github.tcpw.linux.User;
import io.github.tcpw.linux.WaitStatus;
import io.github.tcpw.report.Escape;
import io.github.tcpw.report.LineWriter;
import io.github.tcpw.report.Report;
import io.github.tcpw.report.ReportOptions;
import io.github.tcpw.trace.Engines;
import io.github.tcpw.trace.EventSource;
import io.github.tcpw.trace.LostEvents;
import io.github.tcpw.trace.TraceException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a command and prints every socket that it and its descendants use. */
public final class Main {
  private static final WaitStatus DONE = WaitStatus.exited(0);
  private static final WaitStatus FAILED = WaitStatus.exited(125);
  private static final WaitStatus CANNOT_EXECUTE = WaitStatus.exited(126);
  private static final WaitStatus NOT_FOUND = WaitStatus.exited(127);

  private final Messages messages = new Messages();

  private Main() {}

  /**
   * Called by the launcher (src/main/launcher/tcpw.c).
   *
   * @param invocation address of its struct invocation
   * @return how tcpw is to end, as waitpid(2) has it: as the command did
   */
  public static int run(long invocation) {
    return new Main().run(new Invocation(invocation)).bits();
  }

  private WaitStatus run(Invocation invocation) {
    try {
      Request request = CommandLineParser.parse(invocation.arguments());
      return switch (request.action()) {
        case HELP -> print(HelpScreen.text());
        case VERSION -> print("tcpw " + version() + "\n");
        case RUN -> trace(invocation, request);
        case WATCH -> watch(request);
      };
    } catch (UsageException e) {
      messages.say(String.valueOf(e.getMessage()));
    } catch (TraceException | StartException | SystemCallException e) {
      messages.fail(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException | Error e) {
      messages.fail("internal error: " + e, e);
    }
    return FAILED;
  }

  private WaitStatus trace(Invocation invocation, Request request)
      throws TraceException, StartException, SystemCallException {
    Descriptor output = prepare(request);
    TargetUser user = request.user();
    Command command =
        new Command(invocation, request.command(), user == null ? null : Credentials.of(user));
    EventSource events = Engines.start(request.trace(), messages);
    SignalDescriptor signals =
        new SignalDescriptor(SignalSet.of(SignalSet.SIGTERM, SignalSet.SIGHUP));
    RunningProcess process;
    try {
      process = events.start(command);
    } catch (SystemCallException e) {
      return cannotRun(command.name(), e);
    }
    Report report = report(request, output, events);
    EventLoop loop = new EventLoop(events, report, signals, process.pidfd());
    for (int signal = loop.run(); signal != 0; signal = loop.run()) {
      process.signal(signal);
    }
    WaitStatus status = process.await();
    end(loop, events, report);
    return status;
  }

  /** Until the processes have ended, or a signal ends it. */
  private WaitStatus watch(Request request) throws TraceException, SystemCallException {
    if (User.hasPrivilegeOfFile()) { // and so others' processes are not the user's business
      throw new TraceException(
          "the capabilities of this file (setcap) are for tracing commands of one's own;"
              + " for --pid and --all use root: sudo tcpw ...",
          null);
    }
    Descriptor output = prepare(request);
    List<Integer> pids = request.trace().pids();
    int[] processes = new int[pids.size()];
    for (int i = 0; i < processes.length; i++) {
      processes[i] = open(pids.get(i));
    }
    SignalDescriptor signals =
        new SignalDescriptor(
            SignalSet.of(SignalSet.SIGINT, SignalSet.SIGQUIT, SignalSet.SIGTERM, SignalSet.SIGHUP));
    EventSource events = Engines.start(request.trace(), messages);
    Report report = report(request, output, events);
    EventLoop loop = new EventLoop(events, report, signals, processes);
    loop.run();
    end(loop, events, report);
    return DONE;
  }

  private static int open(int pid) throws TraceException {
    try {
      return PidDescriptor.open(pid);
    } catch (SystemCallException e) {
      throw new TraceException(
          "cannot trace process "
              + pid
              + ": "
              + (e.errno() == Errno.EINVAL || e.errno() == Errno.ENOENT // since 6.16
                  ? "it is a thread; give the ID of its process"
                  : Errno.text(e.errno())),
          e);
    }
  }

  /** What can fail before anything is traced. */
  private Descriptor prepare(Request request) throws TraceException {
    if (request.debug()) {
      messages.enableDebug();
    }
    return output(request);
  }

  private static Report report(Request request, Descriptor output, EventSource events) {
    ReportOptions options = request.report();
    String noColour = System.getenv("NO_COLOR"); // no-color.org: an empty one does not count
    boolean colour = output.isTerminal() && (noColour == null || noColour.isEmpty());
    int width = options.summary() ? output.width() : 0;
    return new Report(options, output, colour, width, events.startTime());
  }

  private void end(EventLoop loop, EventSource events, Report report) {
    try {
      loop.drain();
    } catch (BpfException e) {
      messages.fail("cannot tell which sockets are still open: " + e.getMessage(), e);
    }
    report.end();
    reportLosses(events, report.lines());
  }

  private static Descriptor output(Request request) throws TraceException {
    String file = request.output();
    if (file == null) {
      return Descriptor.STDERR;
    }
    try {
      return Descriptor.append(file);
    } catch (SystemCallException e) {
      throw new TraceException(
          "cannot write to " + Escape.word(file) + ": " + Errno.text(e.errno()), e);
    }
  }

  private WaitStatus cannotRun(String command, SystemCallException failure) {
    if (failure.errno() == Errno.ENOENT) {
      messages.fail(
          Escape.word(command)
              + (command.indexOf('/') < 0
                  ? ": command not found in PATH"
                  : ": no such file (or its interpreter is missing)"),
          failure);
      return NOT_FOUND;
    }
    messages.fail(
        Escape.word(command) + ": cannot execute: " + Errno.text(failure.errno()), failure);
    return CANNOT_EXECUTE;
  }

  private void reportLosses(EventSource events, LineWriter lines) {
    try {
      LostEvents lost = events.lost();
      sayIf(lost.bufferFull(), " events lost (raise --buffer)");
      sayIf(lost.socketGone(), " events lost (sockets closed by another thread too soon)");
      sayIf(
          lost.unlisted(),
          " events lost (pidfd_getfd is refused here, and /proc/PID/net has no such socket or two)");
      sayIf(lost.tasks(), " processes not followed (the kernel is out of memory)");
      sayIf(lost.unfollowed(), " sockets not followed to their end (raise --buffer)");
      sayIf(lost.skipped(), " events perhaps lost (the kernel skipped a busy BPF program)");
      sayIf(lost.unknown(), " events not understood (a defect of tcpw)");
    } catch (BpfException e) {
      messages.fail("cannot tell how many events were lost: " + e.getMessage(), e);
    }
    SystemCallException failure = lines.failure();
    if (failure != null) {
      sayIf(lines.unwritten(), " lines not written: " + Errno.text(failure.errno()));
    }
  }

  private void sayIf(long count, String what) {
    if (count > 0) {
      messages.say(count + what);
    }
  }

  private static WaitStatus print(String text) throws SystemCallException {
    Descriptor.STDOUT.write(text.getBytes(StandardCharsets.UTF_8));
    return DONE;
  }

  private static String version() {
    return Main.class.getModule().getDescriptor().rawVersion().orElse("(unknown version)");
  }
}
