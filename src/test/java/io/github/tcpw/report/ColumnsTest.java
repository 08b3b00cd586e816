// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnsTest {
  @ParameterizedTest
  @CsvSource({"curl, 4", "é, 1", "e\u0301, 1", "日本語, 6", "한, 2", "😀, 2", "'', 0"})
  void someCharactersAreWideAndSomeTakeNoRoom(String text, int columns) {
    assertThat(Columns.count(text)).isEqualTo(columns);
  }

  @ParameterizedTest
  @CsvSource({
    "/run/service.sock, 17, /run/service.sock",
    "/run/service.sock, 16, /run/se...e.sock",
    "/run/service.sock, 10, /run...ock",
    "/run/service.sock, 4, /...",
    "/run/service.sock, 3, /ru",
    "/run/service.sock, 0, ''",
    "日本語日本語, 8, 日...語",
    "日本語, 3, 日",
    "😀😀😀😀, 7, 😀...😀"
  })
  void longTextHasAnEllipsis(String text, int columns, String shortened) {
    assertThat(Columns.shorten(text, columns)).isEqualTo(shortened);
    assertThat(Columns.count(shortened)).isLessThanOrEqualTo(columns);
  }

  @Test
  void headDoesNotCutCharacters() {
    assertThat(Columns.head("a😀b", 2)).isEqualTo("a");
    assertThat(Columns.head("a😀b", 3)).isEqualTo("a😀");
  }
}
