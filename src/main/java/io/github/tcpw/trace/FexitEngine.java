// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.SocketCall;
import io.github.tcpw.libbpf.AttachedProgram;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.BpfObject;
import io.github.tcpw.libbpf.BpfProgram;
import io.github.tcpw.libbpf.Btf;
import io.github.tcpw.libbpf.FexitProgram;
import io.github.tcpw.libbpf.KernelModule;
import io.github.tcpw.trace.FexitTargets.Target;
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
  private final List<Hook> hooks = new ArrayList<>();
  private final List<AttachedProgram> attached = new ArrayList<>();
  private final Set<String> hooked = new HashSet<>();
  private final Set<String> unhooked = new HashSet<>();

  /**
   * A function to hook.
   *
   * @param btfFd of the module it is in; 0: the kernel itself
   */
  private record Hook(Target target, int btfFd) {}

  private FexitEngine(TraceOptions options, Notices notices) {
    this.options = options;
    this.notices = notices;
  }

  static Tracer start(TraceOptions options, Notices notices) throws BpfException, TraceException {
    return new FexitEngine(options, notices).start();
  }

  private Tracer start() throws BpfException, TraceException {
    try (Btf kernel = Btf.ofKernel()) {
      FexitTargets targets = new FexitTargets(kernel);
      addHooks(targets.find(kernel), 0);
      addModuleHooks(targets, kernel);
    }
    BpfObject object = Programs.open(options);
    object.program(Programs.SYSCALL_EXIT).skip();
    object.load();
    attached.addAll(Programs.attachCommon(object, notices));
    for (Hook hook : hooks) {
      attach(object, hook);
    }
    if (hooked.isEmpty()) {
      throw new TraceException("nothing could be attached", null);
    }
    warnOfUnhookedFamilies();
    notices.debug("engine fexit");
    return new Tracer(object, attached, options.bufferSize());
  }

  private void addModuleHooks(FexitTargets targets, Btf kernel) {
    List<KernelModule> modules;
    try {
      modules = KernelModule.loaded();
    } catch (BpfException e) {
      notices.debug("no functions of kernel modules: " + e.getMessage());
      return;
    }
    for (KernelModule module : modules) {
      try (Btf btf = Btf.ofModule(module, kernel)) {
        addHooks(targets.find(btf), module.btfFd());
      } catch (BpfException e) {
        notices.debug("skipped the module " + module.name() + ": " + e.getMessage());
      }
    }
  }

  private void addHooks(List<Target> targets, int btfFd) {
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
      case "netlink" -> false;
      default -> true;
    };
  }

  private void attach(BpfObject object, Hook hook) {
    Target target = hook.target();
    BpfProgram template =
        object.program(
            target.call() == SocketCall.CONNECT ? Programs.CONNECT_EXIT : Programs.ACCEPT_EXIT);
    @Nullable StringBuilder log = notices.isDebug() ? new StringBuilder() : null;
    try {
      if (target.function().equals(template.target())) {
        template.attach();
        attached.add(template);
      } else {
        attached.add(
            FexitProgram.attach(template, target.function(), target.btfId(), hook.btfFd(), log));
      }
      hooked.add(target.family());
      notices.debug("attached to " + target.function());
    } catch (BpfException e) {
      notices.debug("skipped " + target.function() + ": " + e.getMessage());
      unhooked.add(target.family());
      if (log != null && !log.isEmpty()) {
        notices.debug(log.toString());
      }
    }
  }

  private void warnOfUnhookedFamilies() {
    unhooked.removeAll(hooked);
    for (String family : unhooked) {
      notices.warn(
          "no function of the "
              + family
              + " family can be hooked: its sockets will not be seen (see --debug)");
    }
  }
}
