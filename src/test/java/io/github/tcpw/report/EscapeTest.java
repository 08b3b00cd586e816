// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.UntrustedText;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscapeTest {
  @ParameterizedTest
  @ValueSource(strings = {"curl", "/run/x.sock", "!\"#$%&'()*+,-./0:;<=>?@[]^_`{|}~"})
  void visibleAsciiStays(String text) {
    assertThat(escaped(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"é", "日本語", "Ωµ", "😀", "e\u0301"})
  void visibleUtf8Stays(String text) {
    assertThat(escaped(utf8(text))).isEqualTo(text);
  }

  @Test
  void everyControlCharacterIsEscaped() {
    for (char c = 0; c < 0x20; c++) {
      assertThat(escaped("a" + c + "b")).isEqualTo("a\\x%02xb".formatted((int) c));
    }
    assertThat(escaped("\u001b[2J")).isEqualTo("\\x1b[2J");
    assertThat(escaped("\u007f")).isEqualTo("\\x7f");
  }

  @Test
  void spaceAndBackslashAreEscaped() {
    assertThat(escaped("a b")).isEqualTo("a\\x20b");
    assertThat(escaped("\\x20")).isEqualTo("\\x5cx20");
  }

  @Test
  void asciiIsEscapedBehindUtf8Too() {
    assertThat(escaped(utf8("é\n \\\u007f"))).isEqualTo("é\\x0a\\x20\\x5c\\x7f");
  }

  @Test
  void invalidUtf8IsEscapedByteByByte() {
    assertThat(escaped("a\u00ffb\u00feé")).isEqualTo("a\\xffb\\xfe\\xe9");
    assertThat(escaped("\u0080")).isEqualTo("\\x80"); // continues nothing
    assertThat(escaped("\u00e6\u0097")).isEqualTo("\\xe6\\x97"); // cut off
    assertThat(escaped("\u00e6\u0097x")).isEqualTo("\\xe6\\x97x");
  }

  @Test
  void validUtf8AroundInvalidStays() {
    assertThat(escaped(utf8("日") + "\u00ff" + utf8("本"))).isEqualTo("日\\xff本");
  }

  @Test
  void overlongFormsAreEscaped() {
    assertThat(escaped("\u00c0\u00af")).isEqualTo("\\xc0\\xaf"); // a slash in two bytes
    assertThat(escaped("\u00c1\u009b")).isEqualTo("\\xc1\\x9b");
    assertThat(escaped("\u00e0\u0080\u00af")).isEqualTo("\\xe0\\x80\\xaf");
  }

  @Test
  void surrogatesAndCodesBeyondUnicodeAreEscaped() {
    assertThat(escaped("\u00ed\u00a0\u0080")).isEqualTo("\\xed\\xa0\\x80"); // U+D800
    assertThat(escaped("\u00f4\u0090\u0080\u0080")).isEqualTo("\\xf4\\x90\\x80\\x80"); // U+110000
  }

  @Test
  void c1ControlsAreEscaped() {
    assertThat(escaped(utf8("\u009b31m"))).isEqualTo("\\xc2\\x9b31m"); // CSI
    assertThat(escaped("\u009b31m")).isEqualTo("\\x9b31m"); // the same as a lone byte
    assertThat(escaped(utf8("\u0085"))).isEqualTo("\\xc2\\x85"); // NEL
  }

  @Test
  void charactersThatReorderOrHideTextAreEscaped() {
    assertThat(escaped(utf8("a\u202eb"))).isEqualTo("a\\xe2\\x80\\xaeb"); // right-to-left override
    assertThat(escaped(utf8("\u2066"))).isEqualTo("\\xe2\\x81\\xa6"); // left-to-right isolate
    assertThat(escaped(utf8("\u200b"))).isEqualTo("\\xe2\\x80\\x8b"); // zero width space
    assertThat(escaped(utf8("\ufeff"))).isEqualTo("\\xef\\xbb\\xbf"); // byte order mark
    assertThat(escaped(utf8("\u00ad"))).isEqualTo("\\xc2\\xad"); // soft hyphen
  }

  @Test
  void separatorsPrivateUseAndUnassignedAreEscaped() {
    assertThat(escaped(utf8("\u00a0"))).isEqualTo("\\xc2\\xa0"); // no-break space
    assertThat(escaped(utf8("\u2028"))).isEqualTo("\\xe2\\x80\\xa8"); // line separator
    assertThat(escaped(utf8("\u3000"))).isEqualTo("\\xe3\\x80\\x80"); // ideographic space
    assertThat(escaped(utf8("\ue000"))).isEqualTo("\\xee\\x80\\x80");
    assertThat(escaped(utf8("\uffff"))).isEqualTo("\\xef\\xbf\\xbf");
  }

  @Test
  void escapingAppends() {
    StringBuilder line = new StringBuilder("comm=");
    Escape.append(line, new UntrustedText("nc"));
    assertThat(line).hasToString("comm=nc");
  }

  private static String escaped(String bytes) {
    StringBuilder line = new StringBuilder();
    Escape.append(line, new UntrustedText(bytes));
    return line.toString();
  }

  /** One char a byte. */
  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
