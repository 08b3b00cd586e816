// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw;

import io.github.tcpw.cli.CommandLineParser;
import io.github.tcpw.cli.HelpScreen;
import io.github.tcpw.cli.Request;
import io.github.tcpw.cli.UsageException;
import io.github.tcpw.command.Invocation;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.linux.ChildProcess;
import io.github.tcpw.linux.Descriptor;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.Poll;
import io.github.tcpw.linux.SignalDescriptor;
import io.github.tcpw.linux.SignalSet;
import io.github.tcpw.linux.SystemCallException;
import io.github.tcpw.report.Escape;
import io.github.tcpw.report.LineWriter;
import io.github.tcpw.report.TextFormat;
import io.github.tcpw.trace.Engines;
import io.github.tcpw.trace.LostEvents;
import io.github.tcpw.trace.TraceException;
import io.github.tcpw.trace.Tracer;
import java.nio.charset.StandardCharsets;

/** Runs a command and prints every socket that it and its descendants use. */
public final class Main {
  private static final int FAILED = 125;
  private static final int CANNOT_EXECUTE = 126;
  private static final int NOT_FOUND = 127;

  private static final int NAP_MILLISECONDS = 1;

  private final Messages messages = new Messages();

  private Main() {}

  /**
   * Called by the launcher (src/main/launcher/tcpw.c).
   *
   * @param invocation address of its struct invocation
   * @return the exit status
   */
  public static int run(long invocation) {
    return new Main().run(new Invocation(invocation));
  }

  private int run(Invocation invocation) {
    try {
      Request request = CommandLineParser.parse(invocation.arguments());
      return switch (request.action()) {
        case HELP -> print(HelpScreen.text());
        case VERSION -> print("tcpw " + version() + "\n");
        case RUN -> trace(invocation, request);
      };
    } catch (UsageException e) {
      messages.say(String.valueOf(e.getMessage()));
    } catch (TraceException | SystemCallException e) {
      messages.fail(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException | Error e) {
      messages.fail("internal error: " + e, e);
    }
    return FAILED;
  }

  private int trace(Invocation invocation, Request request)
      throws TraceException, SystemCallException {
    if (request.debug()) {
      messages.enableDebug();
    }
    LineWriter lines = new LineWriter(output(request));
    Tracer tracer = Engines.start(request.trace(), messages);
    SignalDescriptor signals =
        new SignalDescriptor(SignalSet.of(SignalSet.SIGTERM, SignalSet.SIGHUP));
    ChildProcess command;
    try {
      command = invocation.spawnCommand(request.command());
    } catch (SystemCallException e) {
      return cannotRun(invocation.arguments()[request.command()], e);
    }
    report(tracer, command, signals, lines);
    int status = command.await();
    reportLosses(tracer, lines);
    return status;
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

  /** Prints events until the command has ended, and those that it caused before. */
  private static void report(
      Tracer tracer, ChildProcess command, SignalDescriptor signals, LineWriter lines)
      throws SystemCallException {
    TextFormat format = new TextFormat();
    Poll idle = new Poll(command.pidfd(), signals.fd(), tracer.fd());
    Poll busy = new Poll(command.pidfd(), signals.fd());
    boolean isBusy = false;
    boolean ended;
    SocketEvent event;
    do {
      // Where there was one event there are more: not woken by each, we cost the command less.
      if (isBusy) {
        busy.await(NAP_MILLISECONDS);
        ended = busy.isReady(0);
      } else {
        tracer.wakeReader();
        idle.await();
        ended = idle.isReady(0);
      }
      for (int signal = signals.next(); signal != 0; signal = signals.next()) {
        command.signal(signal);
      }
      isBusy = false;
      while ((event = tracer.next()) != null) {
        lines.write(format.format(event));
        isBusy = true;
      }
    } while (!ended);
    while ((event = tracer.nextOfLast()) != null) {
      lines.write(format.format(event));
    }
  }

  private int cannotRun(String command, SystemCallException failure) {
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

  private void reportLosses(Tracer tracer, LineWriter lines) {
    try {
      LostEvents lost = tracer.lost();
      sayIf(lost.bufferFull(), " events lost (raise --buffer)");
      sayIf(lost.socketGone(), " events lost (sockets closed by another thread too soon)");
      sayIf(lost.tasks(), " processes not followed (the kernel is out of memory)");
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

  private static int print(String text) throws SystemCallException {
    Descriptor.STDOUT.write(text.getBytes(StandardCharsets.UTF_8));
    return 0;
  }

  private static String version() {
    return Main.class.getModule().getDescriptor().rawVersion().orElse("(unknown version)");
  }
}
