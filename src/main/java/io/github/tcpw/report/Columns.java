// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

/** How much room text takes on a terminal: most characters one column, some two or none. */
final class Columns {
  private static final String ELLIPSIS = "...";

  private Columns() {}

  /** The columns that a text takes. */
  static int count(String text) {
    int columns = 0;
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      columns += count(text.codePointAt(i));
    }
    return columns;
  }

  private static int count(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    return isWide(codePoint) ? 2 : 1;
  }

  /** East Asian wide and fullwidth characters and emoji, by blocks (Unicode Annex 11). */
  private static boolean isWide(int codePoint) {
    return codePoint >= 0x1100
        && (codePoint <= 0x115f
            || (codePoint >= 0x2e80 && codePoint <= 0xa4cf)
            || (codePoint >= 0xa960 && codePoint <= 0xa97f)
            || (codePoint >= 0xac00 && codePoint <= 0xd7a3)
            || (codePoint >= 0xf900 && codePoint <= 0xfaff)
            || (codePoint >= 0xfe10 && codePoint <= 0xfe6f)
            || (codePoint >= 0xff00 && codePoint <= 0xff60)
            || (codePoint >= 0xffe0 && codePoint <= 0xffe6)
            || (codePoint >= 0x16fe0 && codePoint <= 0x1b2ff)
            || (codePoint >= 0x1f000 && codePoint <= 0x1faff)
            || (codePoint >= 0x20000 && codePoint <= 0x3fffd));
  }

  /**
   * A text of at most so many columns: as it is, or with an ellipsis in the middle, since paths and
   * addresses differ at their ends.
   */
  static String shorten(String text, int columns) {
    if (count(text) <= columns) {
      return text;
    }
    if (columns <= ELLIPSIS.length()) {
      return head(text, columns);
    }
    int room = columns - ELLIPSIS.length();
    return head(text, room - room / 2) + ELLIPSIS + tail(text, room / 2);
  }

  /** What fits into so many columns, from the beginning. */
  static String head(String text, int columns) {
    int end = 0;
    int room = columns;
    while (end < text.length()) {
      room -= count(text.codePointAt(end));
      if (room < 0) {
        break;
      }
      end = text.offsetByCodePoints(end, 1);
    }
    return text.substring(0, end);
  }

  private static String tail(String text, int columns) {
    int start = text.length();
    int room = columns;
    while (start > 0) {
      room -= count(text.codePointBefore(start));
      if (room < 0) {
        break;
      }
      start = text.offsetByCodePoints(start, -1);
    }
    return text.substring(start);
  }
}
