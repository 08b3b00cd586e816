// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimilarityTest {
  private static final List<String> WORDS = List.of("--udp", "--unix", "--output", "--version");

  @ParameterizedTest
  @CsvSource({
    "--udp, --udp",
    "--uddp, --udp", // a letter too many
    "--unx, --unix", // one too few
    "--utp, --udp", // another one
    "--upd, --udp", // two swapped
    "--otuput, --output",
    "-version, --version"
  })
  void closestWordIsFound(String typed, String meant) {
    assertThat(Similarity.closest(typed, WORDS)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "--", "-x", "--frobnicate", "--u"})
  void wordLikeNoneIsNone(String typed) {
    assertThat(Similarity.closest(typed, WORDS)).isNull();
  }

  @Test
  void fewestEditsWinOverOrder() {
    assertThat(Similarity.closest("abcdefgh", List.of("abcdefxy", "abcdefgx")))
        .isEqualTo("abcdefgx");
    assertThat(Similarity.closest("abcdefgh", List.of("abcdefgx", "abcdefgy")))
        .isEqualTo("abcdefgx");
  }

  @Test
  void noWordsAreLikeNothing() {
    assertThat(Similarity.closest("--udp", List.of())).isNull();
  }
}
