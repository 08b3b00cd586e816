// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tcpw.Tool;
import io.github.tcpw.linux.Errno;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BtfTest {
  @TempDir private static Path directory;
  private static String object = "";

  @BeforeAll
  static void compile() {
    Libbpf.silence();
    object = directory.resolve("kernel.o").toString();
    Tool.compileBpf("src/test/bpf/kernel.c", object, "-DKERNEL=612");
  }

  @Test
  void structsHaveMembersWithTypesAndOffsets() throws Exception {
    try (Btf btf = Btf.ofFile(object)) {
      int operations = btf.find("proto_ops", Btf.KIND_STRUCT);
      assertThat(btf.kind(operations)).isEqualTo(Btf.KIND_STRUCT);
      assertThat(btf.length(operations)).isEqualTo(4);
      assertThat(btf.size(operations)).isEqualTo(32);
      assertThat(btf.memberOffset(operations, "family")).isZero();
      assertThat(btf.memberOffset(operations, "connect")).isEqualTo(16);
      assertThat(btf.name(btf.member(operations, "family"))).isEqualTo("int");
    }
  }

  @Test
  void functionsHaveAPrototypeWithParameters() throws Exception {
    try (Btf btf = Btf.ofFile(object)) {
      int prototype = btf.target(btf.find("tcp_v4_connect", Btf.KIND_FUNC));
      assertThat(btf.kind(prototype)).isEqualTo(Btf.KIND_FUNC_PROTO);
      assertThat(btf.length(prototype)).isEqualTo(3);
      int socket = btf.target(btf.parameter(prototype, 0));
      assertThat(btf.kind(socket)).isEqualTo(Btf.KIND_FWD);
      assertThat(btf.name(socket)).isEqualTo("sock");
      assertThat(btf.name(btf.parameter(prototype, 2))).isEqualTo("int");
    }
  }

  @Test
  void whatIsNotThereHasNoNumber() throws Exception {
    try (Btf btf = Btf.ofFile(object)) {
      assertThat(btf.find("nonesuch", Btf.KIND_STRUCT)).isZero();
      assertThat(btf.find("proto_ops", Btf.KIND_FUNC)).isZero();
      int operations = btf.find("proto_ops", Btf.KIND_STRUCT);
      assertThat(btf.member(operations, "nonesuch")).isZero();
      assertThat(btf.memberOffset(operations, "nonesuch")).isEqualTo(-1);
    }
  }

  @Test
  void numbersBeginAtOneBecauseZeroIsVoid() throws Exception {
    try (Btf btf = Btf.ofFile(object)) {
      assertThat(btf.firstId()).isEqualTo(1);
      assertThat(btf.kind(0)).isZero();
      assertThat(btf.kind(btf.typeCount() - 1)).isPositive();
    }
  }

  @Test
  void fileWithoutBtfIsRefused() {
    assertThatExceptionOfType(BpfException.class)
        .isThrownBy(() -> Btf.ofFile("/nonesuch"))
        .withMessage("cannot read the BTF of /nonesuch: No such file or directory")
        .satisfies(failure -> assertThat(failure.errno()).isEqualTo(Errno.ENOENT));
  }
}
