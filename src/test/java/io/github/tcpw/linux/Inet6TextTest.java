// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms of RFC 5952. */
class Inet6TextTest {
  private final Inet6Text text = new Inet6Text();

  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0000000000000000, ::",
    "0000000000000000, 0000000000000001, ::1",
    "0000000000000000, 0000ffff01020304, ::ffff:1.2.3.4",
    "20010db800000000, 0000000000000001, 2001:db8::1",
    "20010db800010002, 0003000400050006, 2001:db8:1:2:3:4:5:6",
    "20010db800000000, 0001000000000001, 2001:db8::1:0:0:1", // the first of two equal runs
    "2001000000000001, 0000000000000001, 2001:0:0:1::1", // the longest run
    "20010db800000001, 0001000100010001, 2001:db8:0:1:1:1:1:1", // one group is no run
    "fe80000000000000, 0000000000000000, fe80::",
    "ffffffffffffffff, ffffffffffffffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  })
  void shortestForm(String high, String low, String expected) {
    assertThat(text.format(Long.parseUnsignedLong(high, 16), Long.parseUnsignedLong(low, 16)))
        .isEqualTo(expected);
  }

  @Test
  void anotherAddressReplacesTheRememberedOne() {
    assertThat(text.format(0, 1)).isEqualTo("::1");
    assertThat(text.format(0, 1)).isEqualTo("::1");
    assertThat(text.format(0, 2)).isEqualTo("::2");
    assertThat(text.format(1, 2)).isEqualTo("::1:0:0:0:2");
    assertThat(text.format(0, 0)).isEqualTo("::");
  }
}
