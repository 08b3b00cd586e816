// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtcTimeTest {
  private final UtcTime time = new UtcTime();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1970-01-01T00:00:00.000000000Z",
        "1969-12-31T23:59:59.999999999Z",
        "2024-02-29T23:59:59.120000000Z",
        "2026-11-23T14:42:15.000000001Z",
        "2199-12-31T01:02:03.999999999Z"
      })
  void nanosecondsAreAlwaysThere(String text) {
    Instant instant = Instant.parse(text);
    long nanos = Math.addExact(instant.getEpochSecond() * 1_000_000_000, instant.getNano());
    assertThat(time.format(nanos)).isEqualTo(text);
    assertThat(time.format(nanos)).isEqualTo(text);
  }
}
