// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a mistyped word was meant to be. */
final class Similarity {
  private Similarity() {}

  /** The word that takes the fewest edits, of at most a third of its letters; null if none does. */
  static @Nullable String closest(String typed, List<String> words) {
    @Nullable String closest = null;
    int fewest = Integer.MAX_VALUE;
    for (String word : words) {
      int edits = distance(typed, word);
      if (edits < fewest && edits * 3 <= word.length()) {
        closest = word;
        fewest = edits;
      }
    }
    return closest;
  }

  /** Insertions, deletions and replacements of a letter, and swaps of two neighbours. */
  private static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1]; // of the first i and j letters
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
        } else {
          int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
          edits[i][j] = Math.min(replaced, Math.min(edits[i][j - 1], edits[i - 1][j]) + 1);
          if (isSwapped(a, i, b, j)) {
            edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
          }
        }
      }
    }
    return edits[a.length()][b.length()];
  }

  private static boolean isSwapped(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
