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

  /** Levenshtein's: insertions, deletions and replacements of a letter. */
  private static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(row[j - 1], above[j]) + 1);
      }
      above = row;
    }
    return above[b.length()];
  }
}
