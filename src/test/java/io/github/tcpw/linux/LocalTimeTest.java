// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalTimeTest {
  private final LocalTime time = new LocalTime("%Y/%m/%d %H:%M:%S");

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 951_782_400, 1_795_444_935, 4_102_444_799L})
  void agreesWithJava(long second) {
    assertThat(time.format(second)).isEqualTo(java(second));
  }

  @Test
  void anotherSecondReplacesTheRememberedOne() {
    assertThat(time.format(1_795_444_935)).isEqualTo(java(1_795_444_935));
    assertThat(time.format(1_795_444_936)).isEqualTo(java(1_795_444_936));
    assertThat(time.format(1_795_444_935)).isEqualTo(java(1_795_444_935));
  }

  private static String java(long second) {
    return DateTimeFormatter.ofPattern("uuuu/MM/dd HH:mm:ss")
        .withZone(ZoneId.systemDefault())
        .format(Instant.ofEpochSecond(second));
  }
}
