// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

/** What lines are made of. */
public enum OutputFormat {
  /** For people: one line of words. */
  TEXT("text"),
  /** For programs: one JSON object a line. */
  JSON("json"),
  /** For spreadsheets: one record of RFC 4180 a line, below a header. */
  CSV("csv");

  private final String word;

  OutputFormat(String word) {
    this.word = word;
  }

  /** As the option --format has it. */
  public String word() {
    return word;
  }
}
