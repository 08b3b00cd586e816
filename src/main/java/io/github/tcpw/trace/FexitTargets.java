// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.SocketCall;
import io.github.tcpw.libbpf.Btf;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Finds the functions that fexit programs hook: every protocol's connect and accept.
 *
 * <p>The kernel's own {@code struct proto_ops} (include/linux/net.h) says which parameters they
 * have; they changed in 6.10 and in 6.19. A function is a target when its name ends in _connect or
 * _accept and its parameters are of the types of that member.
 */
public final class FexitTargets {
  private final Btf kernel;
  private final int connect;
  private final int accept;

  /** The kernel's own; a module's function may have one of them. */
  private final Prototypes prototypes = new Prototypes(new BitSet(), new BitSet());

  /** The prototypes that fit, by number: few among thousands, so that names are read last. */
  private record Prototypes(BitSet connects, BitSet accepts) {
    Prototypes(Prototypes other) {
      this((BitSet) other.connects.clone(), (BitSet) other.accepts.clone());
    }
  }

  /**
   * A kernel function to hook.
   *
   * @param btfId its type number in the BTF of the kernel or of its module
   */
  public record Target(String function, SocketCall call, int btfId) {
    /**
     * The protocol family it belongs to, as the first word of its name has it: inet, unix, vsock.
     */
    String family() {
      int end = function.indexOf('_', 1);
      return function.substring(0, end);
    }

    /** Whether it serves datagram and raw sockets alone: inet_dgram_connect. */
    boolean isForDatagrams() {
      return function.contains("_dgram_");
    }
  }

  /**
   * A finder for this kernel.
   *
   * @throws TraceException if its BTF does not describe struct proto_ops
   */
  public FexitTargets(Btf kernel) throws TraceException {
    this.kernel = kernel;
    connect = prototype("connect");
    accept = prototype("accept");
    collect(kernel, prototypes);
  }

  private int prototype(String member) throws TraceException {
    int operations = kernel.find("proto_ops", Btf.KIND_STRUCT);
    int pointer = operations == 0 ? 0 : kernel.member(operations, member);
    if (pointer == 0
        || kernel.kind(pointer) != Btf.KIND_PTR
        || kernel.kind(kernel.target(pointer)) != Btf.KIND_FUNC_PROTO) {
      throw new TraceException("the kernel's BTF has no function proto_ops." + member, null);
    }
    return kernel.target(pointer);
  }

  /** The targets in the BTF of the kernel itself, or of one of its modules. */
  public List<Target> find(Btf btf) {
    Prototypes fitting = btf == kernel ? prototypes : new Prototypes(prototypes);
    if (btf != kernel) {
      collect(btf, fitting);
    }
    List<Target> targets = new ArrayList<>();
    for (int id : btf.functions()) {
      addIfTarget(targets, btf, id, fitting);
    }
    return targets;
  }

  // The loops over thousands do nothing but call: a method is soon compiled, a loop is not.

  private static void addIfTarget(List<Target> targets, Btf btf, int id, Prototypes fitting) {
    int prototype = btf.target(id);
    if (fitting.connects.get(prototype) && isTarget(btf.name(id), "_connect")) {
      targets.add(new Target(btf.name(id), SocketCall.CONNECT, id));
    } else if (fitting.accepts.get(prototype) && isTarget(btf.name(id), "_accept")) {
      targets.add(new Target(btf.name(id), SocketCall.ACCEPT, id));
    }
  }

  private void collect(Btf btf, Prototypes fitting) {
    for (int id : btf.prototypes()) {
      addIfFitting(btf, id, fitting);
    }
  }

  private void addIfFitting(Btf btf, int id, Prototypes fitting) {
    if (hasParametersOf(btf, id, connect)) {
      fitting.connects.set(id);
    } else if (hasParametersOf(btf, id, accept)) {
      fitting.accepts.set(id);
    }
  }

  /**
   * kernel_* are the in-kernel callers of these functions, sock_no_* the stubs of those without.
   */
  private static boolean isTarget(String function, String suffix) {
    return function.endsWith(suffix)
        && !function.startsWith("kernel_")
        && !function.startsWith("sock_no_");
  }

  private boolean hasParametersOf(Btf btf, int prototype, int wanted) {
    int count = kernel.length(wanted);
    if (btf.length(prototype) != count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!isSameType(btf, btf.parameter(prototype, i), kernel.parameter(wanted, i))) {
        return false;
      }
    }
    return true;
  }

  /** A module may describe a type of the kernel's anew, or only declare it. */
  private boolean isSameType(Btf btf, int a, int b) {
    if (a < kernel.typeCount()) { // both are the kernel's, which describes each type once
      return a == b;
    }
    int kindA = btf.kind(a);
    int kindB = kernel.kind(b);
    if (kindA == Btf.KIND_PTR && kindB == Btf.KIND_PTR) {
      return isSameType(btf, btf.target(a), kernel.target(b));
    }
    boolean sameKind =
        kindA == kindB
            || (kindA == Btf.KIND_FWD && kindB == Btf.KIND_STRUCT)
            || (kindA == Btf.KIND_STRUCT && kindB == Btf.KIND_FWD);
    boolean isNamed =
        kindA == Btf.KIND_STRUCT
            || kindA == Btf.KIND_FWD
            || kindA == Btf.KIND_INT
            || kindA == Btf.KIND_TYPEDEF;
    return sameKind && isNamed && btf.name(a).equals(kernel.name(b));
  }
}
