// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

/** What a line of text begins with. */
public enum TimeStyle {
  /** Date and time of the day. */
  WALL("wall"),
  /** Seconds since tcpw began to trace. */
  RELATIVE("relative"),
  /** Seconds since the line before. */
  DELTA("delta"),
  /** No time. */
  NONE("none");

  private final String word;

  TimeStyle(String word) {
    this.word = word;
  }

  /** As the option --time has it. */
  public String word() {
    return word;
  }
}
