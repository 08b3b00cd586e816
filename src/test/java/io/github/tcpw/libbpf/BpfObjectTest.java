// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BpfObjectTest {
  private static final Path OBJECT = Path.of("target/classes/io/github/tcpw/trace/tcpw.bpf.o");

  @BeforeAll
  static void silenceLibbpf() {
    Libbpf.silence();
  }

  @Test
  void whatIsNoElfFileCannotBeOpened() {
    assertThatExceptionOfType(BpfException.class)
        .isThrownBy(() -> BpfObject.open(new byte[100]))
        .withMessageStartingWith("cannot open the BPF object: ")
        .satisfies(failure -> assertThat(failure.errno()).isPositive());
  }

  @Test
  void askingForWhatIsNotThereIsAMistake() throws Exception {
    try (BpfObject object = BpfObject.open(Files.readAllBytes(OBJECT))) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> object.map("nonesuch"))
          .withMessage("nothing in the BPF object is named nonesuch");
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> object.program("nonesuch"));
    }
  }

  @Test
  void closingTwiceIsClosing() throws Exception {
    BpfObject object = BpfObject.open(Files.readAllBytes(OBJECT));
    object.close();
    object.close();
  }
}
