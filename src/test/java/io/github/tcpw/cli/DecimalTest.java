// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
  @ParameterizedTest
  @CsvSource({"0, 0", "7, 7", "007, 7", "99, 99", "100, 100"})
  void numberUpToTheLargestIsOne(String text, int number) {
    assertThat(Decimal.parse(text, 100)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " 1", "1 ", "+1", "-1", "1e1", "x", "\u0663", "101", "99999999999999999999"})
  void everythingElseIsNone(String text) {
    assertThat(Decimal.parse(text, 100)).isEqualTo(Decimal.NONE);
  }

  @ParameterizedTest
  @CsvSource({"2147483647, 2147483647", "2147483648, -1", "4294967297, -1"})
  void nothingOverflows(String text, int number) {
    assertThat(Decimal.parse(text, Integer.MAX_VALUE)).isEqualTo(number);
  }
}
