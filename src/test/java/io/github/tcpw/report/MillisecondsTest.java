// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MillisecondsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.000ms",
    "499, 0.000ms",
    "500, 0.001ms",
    "35000, 0.035ms",
    "99999, 0.100ms",
    "100000, 0.10ms",
    "214999, 0.21ms",
    "9994999, 9.99ms",
    "9999999, 10.00ms",
    "10000000, 10.0ms",
    "12345678, 12.3ms",
    "99999999, 100.0ms",
    "100000000, 100ms",
    "1234499999, 1234ms",
    "1234500000, 1235ms",
    "9223372036854775807, 9223372036855ms"
  })
  void threeDigitsCount(long nanos, String text) {
    StringBuilder line = new StringBuilder();
    Milliseconds.append(line, nanos);
    assertThat(line).hasToString(text);
  }
}
