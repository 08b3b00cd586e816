// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.SocketCall;
import io.github.tcpw.libbpf.AttachedProgram;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.BpfObject;
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
  private final Set<String> hooked = new HashSet<>();
  private final Set<String> unhooked = new HashSet<>();

  /**
   * A function that the kernel lets us hook.
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
    int acceptParameters;
    try (Btf kernel = Btf.ofKernel()) {
      FexitTargets targets = new FexitTargets(kernel);
      acceptParameters = targets.acceptParameters();
      addHooks(targets.find(kernel), 0);
      addModuleHooks(targets, kernel);
    }
    @Nullable Hook connect = firstOfKernel(SocketCall.CONNECT);
    @Nullable Hook accept = firstOfKernel(SocketCall.ACCEPT);
    if (connect == null || accept == null) {
      throw new TraceException("no connect or accept function of this kernel can be hooked", null);
    }

    BpfObject object = Programs.open(options, acceptParameters);
    object.program(Programs.SYSCALL_EXIT).skip();
    object.program(Programs.CONNECT_EXIT).setTarget(connect.target().function());
    object.program(Programs.ACCEPT_EXIT).setTarget(accept.target().function());
    object.load();
    List<AttachedProgram> attached = Programs.attachCommon(object, notices);
    List<FexitProgram> fexitPrograms = attach(object);
    if (fexitPrograms.isEmpty()) {
      throw new TraceException("nothing could be attached", null);
    }
    attached.addAll(fexitPrograms);
    warnOfUnhookedFamilies();
    notices.debug("engine fexit, with " + fexitPrograms.size() + " programs");
    return new Tracer(object, attached, options.bufferSize());
  }

  private void addHooks(List<Target> targets, int btfFd) {
    for (Target target : targets) {
      @Nullable BpfException refusal =
          FexitProgram.refusal(target.function(), target.btfId(), btfFd);
      if (refusal == null) {
        hooks.add(new Hook(target, btfFd));
      } else {
        skipped(target, refusal);
      }
    }
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

  /** libbpf loads the template for one function; the kernel itself always has inet's. */
  private @Nullable Hook firstOfKernel(SocketCall call) {
    for (Hook hook : hooks) {
      if (hook.btfFd() == 0 && hook.target().call() == call) {
        return hook;
      }
    }
    return null;
  }

  private List<FexitProgram> attach(BpfObject object) {
    List<FexitProgram> attached = new ArrayList<>();
    for (Hook hook : hooks) {
      Target target = hook.target();
      String template =
          target.call() == SocketCall.CONNECT ? Programs.CONNECT_EXIT : Programs.ACCEPT_EXIT;
      @Nullable StringBuilder log = notices.isDebug() ? new StringBuilder() : null;
      try {
        attached.add(
            FexitProgram.attach(
                object.program(template), target.function(), target.btfId(), hook.btfFd(), log));
        hooked.add(target.family());
        notices.debug("attached to " + target.function());
      } catch (BpfException e) {
        skipped(target, e);
        if (log != null && !log.isEmpty()) {
          notices.debug(log.toString());
        }
      }
    }
    return attached;
  }

  private void skipped(Target target, BpfException reason) {
    notices.debug("skipped " + target.function() + ": " + reason.getMessage());
    unhooked.add(target.family());
  }

  private void warnOfUnhookedFamilies() {
    unhooked.removeAll(hooked);
    for (String family : unhooked) {
      if (!family.equals("netlink") && (options.unixDomain() || !family.equals("unix"))) {
        notices.warn(
            "no function of the "
                + family
                + " family can be hooked: its sockets will not be seen (see --debug)");
      }
    }
  }
}
