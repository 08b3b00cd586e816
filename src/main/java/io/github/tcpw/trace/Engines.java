// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.FexitProgram;
import io.github.tcpw.libbpf.Libbpf;
import io.github.tcpw.linux.JobControl;
import io.github.tcpw.linux.User;
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
    boolean mayFallBack =
        options.engine() == Engine.AUTO && !options.all() && options.pids().isEmpty();
    if (mayFallBack && !User.isRoot()) { // or it would cost more to be told so by the kernel
      KernelFacts facts = KernelFacts.read();
      if (!Refusal.missingCapabilities(facts.capabilities()).isEmpty()) {
        return withoutPrivilege(options, notices, "it needs CAP_BPF and CAP_PERFMON");
      }
    }
    try {
      return startBpf(options, notices);
    } catch (TraceException e) {
      if (!mayFallBack) {
        throw e;
      }
      if (e.getCause() instanceof BpfException && Refusal.isOfPrivilege(KernelFacts.read())) {
        return withoutPrivilege(options, notices, e.getMessage());
      }
      notices.warn("tracing with ptrace (slower): " + e.getMessage());
      notices.debug("engine ptrace, because BPF is refused");
      return PtraceEngine.start(options, notices);
    }
  }

  private static EventSource withoutPrivilege(
      TraceOptions options, Notices notices, @Nullable String reason) throws TraceException {
    notices.warn(
        (User.isRoot() ? "no privilege for BPF" : "not root")
            + ": tracing with ptrace (slower; setuid programs lose their privilege)");
    notices.debug("engine ptrace, because BPF is refused: " + reason);
    return PtraceEngine.start(options, notices);
  }

  private static EventSource startBpf(TraceOptions options, Notices notices) throws TraceException {
    loadLibbpf(notices);
    try {
      EventSource source = start(options, notices, options.engine());
      // Not with ptrace: nothing goes on while its thread is stopped.
      JobControl.stopWhenAsked();
      return source;
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
    } catch (LinkageError e) {
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
