// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.linux.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalTest {
  // capabilities(7)
  private static final long SYS_ADMIN = 1L << 21;
  private static final long PERFMON = 1L << 38;
  private static final long BPF = 1L << 39;
  private static final long ROOT = 0x1ff_ffff_ffffL;

  private static final KernelFacts GOOD =
      new KernelFacts("6.1.0-45-amd64", true, ROOT, true, "[none] integrity confidentiality");

  @ParameterizedTest
  @CsvSource({
    "0, CAP_BPF and CAP_PERFMON",
    "0x4000000000, CAP_BPF", // has CAP_PERFMON
    "0x8000000000, CAP_PERFMON", // has CAP_BPF
    "0x3fffdfffff, CAP_BPF and CAP_PERFMON" // all that are older, but CAP_SYS_ADMIN
  })
  void missingCapabilitiesAreNamed(String capabilities, String missing) {
    assertThat(explain(withCapabilities(Long.decode(capabilities))))
        .isEqualTo(
            "not permitted to use BPF: missing "
                + missing
                + "; run it as root (sudo tcpw ...), and a container with these capabilities");
  }

  @Test
  void capabilitiesThatSufficeAreNotMissing() {
    assertThat(explain(withCapabilities(BPF | PERFMON))).doesNotContain("CAP_");
    assertThat(explain(withCapabilities(SYS_ADMIN))).doesNotContain("CAP_");
    assertThat(explain(withCapabilities(-1))).doesNotContain("CAP_"); // unknown
  }

  @Test
  void rootOfAUserNamespaceIsToldSo() {
    KernelFacts container = new KernelFacts(GOOD.release(), true, ROOT, false, "");
    assertThat(explain(container))
        .isEqualTo(
            "not permitted to use BPF: root in a user namespace does not count;"
                + " run it outside the container");
  }

  @Test
  void userNamespaceIsNoReasonForOtherErrors() {
    KernelFacts container = new KernelFacts(GOOD.release(), true, ROOT, false, "");
    assertThat(Refusal.explain(refusal(Errno.EINVAL), container, Engine.AUTO))
        .doesNotContain("namespace");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5.10.0-30-amd64",
        "5.12.19",
        "4.19.0",
        "3.10.0-1160.el7.x86_64",
        "5.10",
        "5.4-rc1"
      })
  void oldKernelIsToldWhatIsNeeded(String release) {
    assertThat(explain(withRelease(release)))
        .isEqualTo(
            "kernel " + release + " is too old: tcpw needs 5.13 or newer (BPF task storage)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.13.0", "5.15.0-91-generic", "6.1.0", "6.0", "10.0", "", "custom", "6"})
  void newOrUnknownKernelIsNotTooOld(String release) {
    assertThat(explain(withRelease(release))).doesNotContain("too old");
  }

  @Test
  void kernelWithoutBtfIsToldHowToGetIt() {
    assertThat(explain(new KernelFacts(GOOD.release(), false, ROOT, true, "")))
        .isEqualTo(
            "this kernel does not describe its types: /sys/kernel/btf/vmlinux is missing;"
                + " use one built with CONFIG_DEBUG_INFO_BTF=y");
  }

  @Test
  void lockdownForConfidentialityIsNamed() {
    assertThat(explain(withLockdown("none integrity [confidentiality]")))
        .isEqualTo(
            "kernel lockdown forbids BPF to read kernel memory; boot with lockdown=integrity");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[none] integrity confidentiality", "none [integrity] confidentiality", ""})
  void otherLockdownIsNoReason(String lockdown) {
    assertThat(explain(withLockdown(lockdown))).doesNotContain("lockdown");
  }

  @Test
  void kernelThatRefusesFexitIsToldOfTheOtherEngine() {
    assertThat(Refusal.explain(refusal(Errno.EPERM), GOOD, Engine.FEXIT))
        .isEqualTo(
            "cannot load it: Operation not permitted;"
                + " this kernel refuses them, use --engine syscall");
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS})
  void whatNothingElseForbidsAContainerDoes(int errno) {
    assertThat(Refusal.explain(refusal(errno), GOOD, Engine.SYSCALL))
        .startsWith("cannot load it: ")
        .endsWith("; in a container, its seccomp profile has to allow bpf(2)");
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void whatCannotBeExplainedLeadsToDebug(Engine engine) {
    assertThat(Refusal.explain(refusal(Errno.EINVAL), GOOD, engine))
        .isEqualTo(
            "cannot load it: Invalid argument; tcpw --debug shows what the kernel objects to");
  }

  @Test
  void privilegeIsWantedFirstThenTheKernel() {
    KernelFacts nothing = new KernelFacts("5.10.0", false, 0, false, "[confidentiality]");
    assertThat(explain(nothing)).contains("CAP_BPF");
    assertThat(explain(new KernelFacts("5.10.0", false, ROOT, true, "[confidentiality]")))
        .contains("too old");
    assertThat(explain(new KernelFacts("5.15.0", false, ROOT, true, "[confidentiality]")))
        .contains("BTF");
  }

  @Test
  void everyExplanationIsOneLine() {
    for (boolean hasBtf : new boolean[] {true, false}) {
      for (boolean isInitial : new boolean[] {true, false}) {
        for (long capabilities : new long[] {0, BPF, PERFMON, ROOT}) {
          for (String release : new String[] {"5.10.0", "6.12.0"}) {
            for (String lockdown : new String[] {"", "none integrity [confidentiality]"}) {
              for (Engine engine : Engine.values()) {
                KernelFacts facts =
                    new KernelFacts(release, hasBtf, capabilities, isInitial, lockdown);
                assertThat(Refusal.explain(refusal(Errno.EPERM), facts, engine))
                    .as("%s", facts)
                    .matches("[ -~]{20,160}");
              }
            }
          }
        }
      }
    }
  }

  private static String explain(KernelFacts facts) {
    return Refusal.explain(refusal(Errno.EPERM), facts, Engine.AUTO);
  }

  private static BpfException refusal(int errno) {
    return new BpfException("load it", errno);
  }

  private static KernelFacts withCapabilities(long capabilities) {
    return new KernelFacts(GOOD.release(), true, capabilities, true, GOOD.lockdown());
  }

  private static KernelFacts withRelease(String release) {
    return new KernelFacts(release, true, ROOT, true, GOOD.lockdown());
  }

  private static KernelFacts withLockdown(String lockdown) {
    return new KernelFacts(GOOD.release(), true, ROOT, true, lockdown);
  }
}
