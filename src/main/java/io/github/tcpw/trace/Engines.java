// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.FexitProgram;
import io.github.tcpw.libbpf.Libbpf;
import io.github.tcpw.ptrace.PtraceEngine;
import org.jspecify.annotations.Nullable;

/** Starts tracing with the engine that is asked for, or the best that the kernel allows. */
public final class Engines {
  private Engines() {}

  /**
   * Starts tracing what the calling thread will spawn.
   *
   * @throws TraceException if nothing could be attached
   */
  public static EventSource start(TraceOptions options, Notices notices) throws TraceException {
    if (options.engine() == Engine.PTRACE) {
      notices.debug("engine ptrace, as asked for");
      return PtraceEngine.start(options, notices);
    }
    loadLibbpf(notices);
    try {
      return start(options, notices, options.engine());
    } catch (BpfException e) {
      throw new TraceException(Refusal.explain(e, KernelFacts.read(), options.engine()), e);
    }
  }

  private static EventSource start(TraceOptions options, Notices notices, Engine engine)
      throws BpfException, TraceException {
    if (engine == Engine.SYSCALL) {
      notices.debug("engine syscall, as asked for");
      return SyscallEngine.start(options, notices);
    }
    @Nullable Exception reason = engine == Engine.FEXIT ? null : FexitProgram.refusal();
    if (reason == null) {
      try {
        return FexitEngine.start(options, notices);
      } catch (BpfException | TraceException e) {
        reason = e;
      }
    }
    if (engine == Engine.FEXIT) {
      @Nullable BpfException refusal = FexitProgram.refusal();
      if (refusal != null) {
        throw refusal;
      }
      if (reason instanceof TraceException unhookable) {
        throw new TraceException(unhookable.getMessage() + "; use --engine syscall", unhookable);
      }
      throw (BpfException) reason;
    }
    notices.debug("engine syscall, because fexit is refused: " + reason.getMessage());
    return SyscallEngine.start(options, notices);
  }

  private static void loadLibbpf(Notices notices) throws TraceException {
    try {
      Libbpf.require();
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      throw new TraceException(
          "libbpf.so.1 is not installed; install it: apt-get install libbpf1"
              + " (Fedora: dnf install libbpf)",
          e);
    }
    if (!notices.isDebug()) {
      Libbpf.silence(); // with --debug it prints the verifier's log itself
    }
  }
}
