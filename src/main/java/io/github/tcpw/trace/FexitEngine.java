// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.SocketCall;
import io.github.tcpw.libbpf.AttachedProgram;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.BpfProgram;
import io.github.tcpw.libbpf.Btf;
import io.github.tcpw.libbpf.FexitProgram;
import io.github.tcpw.libbpf.KernelModule;
import io.github.tcpw.trace.FexitTargets.Target;
import java.io.File;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hooks the return of every protocol's connect and accept function that the kernel and its loaded
 * modules have.
 */
final class FexitEngine {
  private final TraceOptions options;
  private final Notices notices;
  private final Programs programs;
  private final List<AttachedProgram> attached = new ArrayList<>();
  private final Set<Integer> knownModules = new HashSet<>();
  private final Set<String> hooked = new HashSet<>();
  private final Set<String> unhooked = new HashSet<>();
  private boolean isIncomplete;
  private boolean fallsBack;
  private @Nullable BpfException refusal;

  /**
   * A function to hook.
   *
   * @param btfFd of the module it is in; 0: the kernel itself
   */
  private record Hook(Target target, int btfFd) {}

  private FexitEngine(TraceOptions options, Notices notices) throws BpfException {
    this.options = options;
    this.notices = notices;
    programs = Programs.open(options, true, notices);
  }

  static Tracer start(TraceOptions options, Notices notices) throws BpfException, TraceException {
    return new FexitEngine(options, notices).start();
  }

  private Tracer start() throws BpfException, TraceException {
    boolean hasModules = new File("/proc/modules").exists();
    if (!hasModules) { // nor the tracepoint for them
      programs.object().program(Programs.FOLLOW_MODULES).skip();
    }
    programs.object().load();
    attached.addAll(programs.attachCommon());
    if (hasModules) { // from here on none is missed
      programs.object().program(Programs.FOLLOW_MODULES).attach();
    }
    List<Hook> hooks = new ArrayList<>();
    try (Btf kernel = Btf.ofKernel()) {
      FexitTargets targets = new FexitTargets(kernel);
      addHooks(hooks, targets.find(kernel), 0);
      addModuleHooks(hooks, targets, kernel);
    }
    attach(hooks);
    if (hooked.isEmpty()) {
      throw new TraceException(
          "no function can be hooked" + (refusal == null ? "" : ": " + refusal.getMessage()),
          refusal);
    }
    if (isIncomplete) {
      fallBack();
    }
    warnOfUnhookedFamilies();
    notices.debug("engine fexit");
    return new Tracer(programs.object(), attached, options, this::hookNewModules);
  }

  /**
   * What modules bring that are loaded later. Until their functions are hooked, and for calls that
   * have begun by then, syscall_exit tells. It stays: one module is often followed by another, and
   * what comes between would be lost.
   */
  private void hookNewModules() {
    try {
      fallBack();
      List<Hook> hooks = new ArrayList<>();
      try (Btf kernel = Btf.ofKernel()) {
        addModuleHooks(hooks, new FexitTargets(kernel), kernel);
      }
      attach(hooks);
    } catch (BpfException | TraceException e) {
      notices.warn("sockets of new kernel modules may not be seen: " + e.getMessage());
    }
  }

  /** Has syscall_exit tell what no hooked function does. */
  private void fallBack() throws BpfException {
    if (!fallsBack) {
      BpfProgram fallback = programs.object().program(Programs.SYSCALL_EXIT);
      fallback.attach();
      attached.add(fallback);
      fallsBack = true;
      notices.debug("attached " + Programs.SYSCALL_EXIT + " for what is not hooked");
    }
  }

  private void addModuleHooks(List<Hook> hooks, FexitTargets targets, Btf kernel) {
    List<KernelModule> modules;
    try {
      modules = KernelModule.loaded(knownModules);
    } catch (BpfException e) {
      notices.debug("no functions of kernel modules: " + e.getMessage());
      isIncomplete = true;
      return;
    }
    for (KernelModule module : modules) {
      knownModules.add(module.btfId());
      try (Btf btf = Btf.ofModule(module, kernel)) {
        addHooks(hooks, targets.find(btf), module.btfFd());
      } catch (BpfException e) {
        notices.debug("skipped the module " + module.name() + ": " + e.getMessage());
        isIncomplete = true;
      }
    }
  }

  private void addHooks(List<Hook> hooks, List<Target> targets, int btfFd) {
    for (Target target : targets) {
      if (isAskedFor(target)) {
        hooks.add(new Hook(target, btfFd));
      } else {
        notices.debug("left out " + target.function() + ": not asked for");
      }
    }
  }

  /** The programs would report nothing of the others, and each costs time to attach. */
  private boolean isAskedFor(Target target) {
    return switch (target.family()) {
      case "unix" -> options.unixDomain();
      case "netlink" -> options.netlink();
      case "inet" -> options.udp() || !target.isForDatagrams();
      default -> !target.isForDatagrams();
    };
  }

  private void attach(List<Hook> hooks) {
    for (Hook hook : hooks) {
      String function = hook.target().function();
      @Nullable StringBuilder log = notices.isDebug() ? new StringBuilder() : null;
      try {
        AttachedProgram program = attach(hook, log);
        attached.add(programs.fexitTwice() ? new Twins(program, copy(hook, log)) : program);
        hooked.add(hook.target().family());
        notices.debug("attached to " + function);
      } catch (BpfException e) {
        notices.debug("skipped " + function + ": " + e.getMessage());
        unhooked.add(hook.target().family());
        refusal = e;
        isIncomplete = true;
        if (log != null && !log.isEmpty()) {
          notices.debug(log.toString());
        }
      }
    }
  }

  private AttachedProgram attach(Hook hook, @Nullable StringBuilder log) throws BpfException {
    BpfProgram program = program(hook);
    if (hook.target().function().equals(program.target())) {
      program.attach();
      return program;
    }
    return copy(hook, log);
  }

  private AttachedProgram copy(Hook hook, @Nullable StringBuilder log) throws BpfException {
    Target target = hook.target();
    return FexitProgram.attach(program(hook), target.function(), target.btfId(), hook.btfFd(), log);
  }

  private BpfProgram program(Hook hook) {
    return programs
        .object()
        .program(
            hook.target().call() == SocketCall.CONNECT
                ? Programs.CONNECT_EXIT
                : Programs.ACCEPT_EXIT);
  }

  private void warnOfUnhookedFamilies() {
    unhooked.removeAll(hooked);
    for (String family : unhooked) {
      notices.warn(
          "no function of the "
              + family
              + " family can be hooked: what io_uring does with its sockets will not be seen"
              + " (see --debug)");
    }
  }
}
