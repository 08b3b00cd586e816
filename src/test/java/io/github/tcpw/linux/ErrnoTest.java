// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrnoTest {
  @ParameterizedTest
  @CsvSource({"1, EPERM", "2, ENOENT", "101, ENETUNREACH", "110, ETIMEDOUT", "111, ECONNREFUSED"})
  void errorHasItsSymbolicName(int errno, String name) {
    assertThat(Errno.name(errno)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 9999, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void errorWithoutNameIsItsNumber(int errno) {
    assertThat(Errno.name(errno)).isEqualTo(Integer.toString(errno));
  }

  @Test
  void errorIsExplained() {
    assertThat(Errno.text(Errno.EPERM)).isEqualTo("Operation not permitted");
    assertThat(Errno.text(9999)).isEqualTo("Unknown error 9999");
    assertThat(Errno.text(524)).isEqualTo("not supported by this kernel");
  }

  @Test
  void exceptionSaysWhatWasCalledAndWhy() {
    SystemCallException failure = new SystemCallException("open", Errno.EACCES);
    assertThat(failure).hasMessage("open: Permission denied");
    assertThat(failure.errno()).isEqualTo(Errno.EACCES);
  }
}
