// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BufferSizeTest {
  @Test
  void defaultIsOneMebibyte() throws UsageException {
    assertThat(BufferSize.parse(null, false)).isEqualTo(1 << 20);
    assertThat(BufferSize.parse(null, true)).isEqualTo(4 << 20);
  }

  @ParameterizedTest
  @CsvSource({
    "4096, 4096",
    "8K, 8192",
    "8KiB, 8192",
    "4M, 4194304",
    "4MiB, 4194304",
    "1G, 1073741824",
    "1GiB, 1073741824",
    "1073741824, 1073741824",
    "0000000008K, 8192"
  })
  void suffixMultiplies(String text, int bytes) throws UsageException {
    assertThat(BufferSize.parse(text, false)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 4096", // a page at least
    "4097, 8192",
    "3MiB, 4194304",
    "536870913, 1073741824"
  })
  void sizeIsRoundedUpToAPowerOfTwo(String text, int bytes) throws UsageException {
    assertThat(BufferSize.parse(text, false)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0M", "2G", "1025M", "1073741825", "9999999999", "9999999999G"})
  void sizeMustBeInRange(String text) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> BufferSize.parse(text, false))
        .withMessage("buffer size " + text + " is not between 1 byte and 1GiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-1", "+1", "1.5M", "1m", "1MB", "1T", "x", "12345678901"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> BufferSize.parse(text, false))
        .withMessage("no buffer size: " + text + "; give bytes, or a size such as 4MiB");
  }

  @Test
  void aRefusedSizeIsShownAsOneHarmlessWord() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> BufferSize.parse("1 M\u001b", false))
        .withMessage("no buffer size: 1\\x20M\\x1b; give bytes, or a size such as 4MiB");
  }
}
