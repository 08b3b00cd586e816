// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.report.Escape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The value of an option that takes one of a few words. */
final class Choice {
  private Choice() {}

  /**
   * The value that is named, in lower case.
   *
   * @param what what is chosen, to be said in the message
   * @param word null: the first of the values
   */
  static <E extends Enum<E>> E parse(String what, @Nullable String word, E[] values)
      throws UsageException {
    if (word == null) {
      return values[0];
    }
    for (E value : values) {
      if (word(value).equals(word)) {
        return value;
      }
    }
    throw new UsageException(unknown(what, word, values));
  }

  private static <E extends Enum<E>> String unknown(String what, String word, E[] values) {
    List<String> words = new ArrayList<>();
    for (E value : values) {
      words.add(word(value));
    }
    @Nullable String similar = Similarity.closest(word, words);
    String last = words.removeLast();
    return "no "
        + what
        + " is named "
        + Escape.word(word)
        + (similar == null ? "" : "; did you mean " + similar + "?")
        + "; there are "
        + String.join(", ", words)
        + " and "
        + last;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
