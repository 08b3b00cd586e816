// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BpfObjectTest {
  private static final String OBJECT = "target/bpf/tcpw.bpf.o";

  @BeforeAll
  static void silenceLibbpf() {
    Libbpf.silence();
  }

  @Test
  void whatIsNoElfFileCannotBeOpened() {
    assertThatExceptionOfType(BpfException.class)
        .isThrownBy(() -> BpfObject.open("pom.xml"))
        .withMessageStartingWith("cannot open the BPF object pom.xml: ")
        .satisfies(failure -> assertThat(failure.errno()).isPositive());
  }

  @Test
  void askingForWhatIsNotThereIsAMistake() throws Exception {
    try (BpfObject object = BpfObject.open(OBJECT)) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> object.map("nonesuch"))
          .withMessage("nothing in the BPF object is named nonesuch");
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> object.program("nonesuch"));
    }
  }

  @Test
  void closingTwiceIsClosing() throws Exception {
    BpfObject object = BpfObject.open(OBJECT);
    object.close();
    object.close();
  }
}
