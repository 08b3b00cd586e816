// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.UntrustedText;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Makes text from traced programs harmless and keeps it one word: everything that is not a visible
 * character of valid UTF-8 is written byte by byte as {@code \xNN}, and so are the backslash and
 * the space.
 */
public final class Escape {
  private static final String HEX = "0123456789abcdef";

  private Escape() {}

  /** A word, one char a byte, escaped. */
  public static String word(String bytes) {
    StringBuilder word = new StringBuilder();
    append(word, new UntrustedText(bytes));
    return word.toString();
  }

  /** A character of ASCII as it is written where it must not stand for itself. */
  static String hex(char c) {
    StringBuilder escaped = new StringBuilder(4);
    appendByte(escaped, c);
    return escaped.toString();
  }

  /** Appends the text, escaped. */
  public static void append(StringBuilder line, UntrustedText text) {
    String bytes = text.bytes();
    int length = bytes.length();
    for (int i = 0; i < length; i++) {
      char c = bytes.charAt(i);
      if (c >= 0x80) {
        appendUtf8(line, bytes.substring(i));
        return;
      }
      appendAscii(line, c);
    }
  }

  private static void appendAscii(StringBuilder line, char c) {
    if (c > ' ' && c < 0x7f && c != '\\') {
      line.append(c);
    } else {
      appendByte(line, c);
    }
  }

  private static void appendByte(StringBuilder line, int b) {
    line.append("\\x").append(HEX.charAt(b >> 4 & 0xf)).append(HEX.charAt(b & 0xf));
  }

  private static void appendUtf8(StringBuilder line, String bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
    CharBuffer out = CharBuffer.allocate(bytes.length());
    while (in.hasRemaining()) {
      CoderResult result = decoder.decode(in, out, true);
      out.flip();
      out.toString().codePoints().forEach(codePoint -> appendCodePoint(line, codePoint));
      out.clear();
      if (result.isError()) {
        for (int i = result.length(); i > 0; i--) {
          appendByte(line, in.get());
        }
        decoder.reset();
      }
    }
  }

  private static void appendCodePoint(StringBuilder line, int codePoint) {
    if (codePoint < 0x80) {
      appendAscii(line, (char) codePoint);
    } else if (isVisible(codePoint)) {
      line.appendCodePoint(codePoint);
    } else {
      for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
        appendByte(line, b);
      }
    }
  }

  /** Not what terminals obey (controls), reorder by (bidirectional formats) or show as nothing. */
  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
