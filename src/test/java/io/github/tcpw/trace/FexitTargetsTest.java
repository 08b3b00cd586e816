// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tcpw.Tool;
import io.github.tcpw.event.SocketCall;
import io.github.tcpw.libbpf.Btf;
import io.github.tcpw.trace.FexitTargets.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The prototypes are those of real kernels: src/test/bpf/kernel.c, module.c. */
class FexitTargetsTest {
  private static final String[] KERNEL_TARGETS = {
    "CONNECT inet_stream_connect",
    "CONNECT inet_dgram_connect",
    "CONNECT unix_stream_connect",
    "CONNECT unix_dgram_connect",
    "CONNECT netlink_connect",
    "ACCEPT inet_accept",
    "ACCEPT unix_accept",
    "ACCEPT mptcp_stream_accept"
  };

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {601, 612, 703})
  void functionsWithTheKernelsOwnPrototypesAreTargets(int version) throws Exception {
    try (Btf kernel = Btf.ofFile(kernel(version))) {
      assertThat(described(new FexitTargets(kernel).find(kernel)))
          .containsExactlyInAnyOrder(KERNEL_TARGETS);
    }
  }

  @Test
  void kernel510HasNoAcceptOfMptcp() throws Exception {
    try (Btf kernel = Btf.ofFile(kernel(510))) {
      assertThat(described(new FexitTargets(kernel).find(kernel)))
          .hasSize(KERNEL_TARGETS.length - 1)
          .isSubsetOf(KERNEL_TARGETS);
    }
  }

  @Test
  void targetsCarryTheirNumberAndFamily() throws Exception {
    try (Btf kernel = Btf.ofFile(kernel(612))) {
      for (Target target : new FexitTargets(kernel).find(kernel)) {
        assertThat(target.btfId()).isEqualTo(kernel.find(target.function(), Btf.KIND_FUNC));
        assertThat(target.function()).startsWith(target.family() + "_");
      }
    }
  }

  @Test
  void familyIsTheFirstWordOfTheName() {
    assertThat(new Target("vsock_dgram_connect", SocketCall.CONNECT, 1).family())
        .isEqualTo("vsock");
  }

  @Test
  void datagramsHaveFunctionsOfTheirOwn() {
    assertThat(new Target("inet_dgram_connect", SocketCall.CONNECT, 1).isForDatagrams()).isTrue();
    assertThat(new Target("inet_stream_connect", SocketCall.CONNECT, 1).isForDatagrams()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', dedup", // types of the kernel's, as the kernel's build makes it
    "'', ''", // types described anew
    "-DDECLARED, ''" // types known by name alone
  })
  void moduleFunctionsAreTargetsHoweverTheModuleDescribesTheirTypes(String option, String dedup)
      throws Exception {
    String kernelFile = kernel(612);
    try (Btf kernel = Btf.ofFile(kernelFile);
        Btf module = Btf.ofFile(module(kernelFile, option, dedup), kernel)) {
      List<Target> targets = new FexitTargets(kernel).find(module);
      assertThat(described(targets))
          .containsExactlyInAnyOrder("CONNECT vsock_connect", "ACCEPT vsock_accept");
      assertThat(targets).allMatch(target -> target.btfId() >= kernel.typeCount());
    }
  }

  @Test
  void kernelWithoutProtoOpsIsRefused() throws Exception {
    Path object = directory.resolve("event.o");
    Tool.compileBpf("src/test/bpf/event.c", object.toString());
    try (Btf other = Btf.ofFile(object.toString())) {
      assertThatExceptionOfType(TraceException.class)
          .isThrownBy(() -> new FexitTargets(other))
          .withMessage("the kernel's BTF has no function proto_ops.connect");
    }
  }

  @Test
  void thisMachinesKernelHasTheUsualTargets() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/sys/kernel/btf/vmlinux")), "this kernel has no BTF");
    try (Btf kernel = Btf.ofKernel()) {
      assertThat(described(new FexitTargets(kernel).find(kernel)))
          .contains(
              "CONNECT inet_stream_connect",
              "CONNECT inet_dgram_connect",
              "CONNECT unix_stream_connect",
              "ACCEPT inet_accept",
              "ACCEPT unix_accept")
          .noneMatch(target -> target.contains("kernel_") || target.contains("sock_no_"))
          .noneMatch(target -> target.endsWith("_socket_connect"));
    }
  }

  private String kernel(int version) {
    Path object = directory.resolve("kernel.o");
    Tool.compileBpf("src/test/bpf/kernel.c", object.toString(), "-DKERNEL=" + version);
    return object.toString();
  }

  private String module(String kernel, String option, String dedup) {
    Path object = directory.resolve("module.o");
    Path split = directory.resolve("split");
    Path module = directory.resolve("module.btf");
    Tool.compileBpf(
        "src/test/bpf/module.c",
        object.toString(),
        option.isEmpty() ? new String[0] : new String[] {option});
    Tool.run("clang", "-Wall", "-Werror", "src/test/c/split.c", "-lbpf", "-o", split.toString());
    Tool.run(split.toString(), kernel, object.toString(), module.toString(), dedup);
    return module.toString();
  }

  private static List<String> described(List<Target> targets) {
    return targets.stream().map(target -> target.call() + " " + target.function()).toList();
  }
}
