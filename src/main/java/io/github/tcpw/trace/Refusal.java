// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.linux.Errno;
import java.util.ArrayList;
import java.util.List;

/** Explains why the kernel refused BPF, and what to do about it, in one line. */
final class Refusal {
  // capabilities(7)
  private static final int CAP_SYS_ADMIN = 21;
  private static final int CAP_PERFMON = 38;
  private static final int CAP_BPF = 39;
  // Task storage came in 5.11, for tracing programs in 5.13 (commit a10787e6d58c).
  private static final int OLDEST_MAJOR = 5;
  private static final int OLDEST_MINOR = 13;

  private Refusal() {}

  /**
   * The line to say.
   *
   * @param engine the one that was asked for
   */
  static String explain(BpfException refusal, KernelFacts facts, Engine engine) {
    List<String> missing = missingCapabilities(facts.capabilities());
    if (!missing.isEmpty()) {
      return "not permitted to use BPF: missing "
          + String.join(" and ", missing)
          + "; run it as root (sudo tcpw ...), and a container with these capabilities";
    }
    if (!facts.isInitialUserNamespace() && refusal.errno() == Errno.EPERM) {
      return "not permitted to use BPF: root in a user namespace does not count;"
          + " run it outside the container";
    }
    if (isTooOld(facts.release())) {
      return "kernel "
          + facts.release()
          + " is too old: tcpw needs "
          + OLDEST_MAJOR
          + "."
          + OLDEST_MINOR
          + " or newer (BPF task storage)";
    }
    if (!facts.hasBtf()) {
      return "this kernel does not describe its types: /sys/kernel/btf/vmlinux is missing;"
          + " use one built with CONFIG_DEBUG_INFO_BTF=y";
    }
    if (facts.lockdown().contains("[confidentiality]")) {
      return "kernel lockdown forbids BPF to read kernel memory; boot with lockdown=integrity";
    }
    if (engine == Engine.FEXIT && refusal.errno() == Errno.EPERM) {
      return refusal.getMessage() + "; this kernel refuses them, use --engine syscall";
    }
    if (refusal.errno() == Errno.EPERM || refusal.errno() == Errno.ENOSYS) { // nobody else is left
      return refusal.getMessage() + "; in a container, its seccomp profile has to allow bpf(2)";
    }
    return refusal.getMessage() + "; tcpw --debug shows what the kernel objects to";
  }

  /** Whether it is who runs tcpw that the kernel objects to, and not what it can do. */
  static boolean isOfPrivilege(KernelFacts facts) {
    return !missingCapabilities(facts.capabilities()).isEmpty() || !facts.isInitialUserNamespace();
  }

  /** The names of those that BPF needs. */
  static List<String> missingCapabilities(long effective) {
    List<String> missing = new ArrayList<>();
    if ((effective >>> CAP_SYS_ADMIN & 1) == 0) { // which stands for both
      if ((effective >>> CAP_BPF & 1) == 0) {
        missing.add("CAP_BPF");
      }
      if ((effective >>> CAP_PERFMON & 1) == 0) {
        missing.add("CAP_PERFMON");
      }
    }
    return missing;
  }

  private static boolean isTooOld(String release) {
    String[] numbers = release.split("[^0-9]+", 3);
    if (numbers.length < 2 || numbers[0].isEmpty() || numbers[1].isEmpty()) {
      return false;
    }
    int major = Integer.parseInt(numbers[0]);
    int minor = Integer.parseInt(numbers[1]);
    return major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR);
  }
}
