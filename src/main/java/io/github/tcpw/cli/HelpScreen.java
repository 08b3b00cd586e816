// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import org.jspecify.annotations.Nullable;

/** The text of --help, at most 80 columns wide. */
public final class HelpScreen {
  private static final int WIDTH = 80;
  private static final int DESCRIPTION_COLUMN = 28;

  private HelpScreen() {}

  /** The whole screen. */
  public static String text() {
    StringBuilder text = new StringBuilder();
    text.append("Usage: tcpw [options] command [argument...]\n")
        .append("       tcpw [options] -p PID | -a\n\n")
        .append("Runs the command unchanged and prints every socket that it and its descendants\n")
        .append("connect or accept, as it happens, on stderr. TCP is always on.\n");
    OptionSpec.@Nullable Group group = null;
    for (OptionSpec option : OptionSpec.ALL) {
      if (option.group() != group) {
        group = option.group();
        text.append('\n').append(group.title()).append(":\n");
      }
      appendOption(text, option);
    }
    return text.append("\nOptions end at the command: tcpw curl -v gives -v to curl.\n\n")
        .append("Examples:\n")
        .append("  tcpw curl -s https://example.com -o /dev/null\n")
        .append("  tcpw -l curl -s https://example.com  how long, how much, how it ended\n")
        .append("  tcpw -U getent hosts example.com     DNS is UDP\n")
        .append("  tcpw -p 1234                         a process that is running\n")
        .append("  tcpw -s --to 10.0.0.0/8 make test    what it asked of this network\n")
        .append("  sudo tcpw -u $USER make              as yourself, traced with privilege\n")
        .append("  tcpw --format json -o x.jsonl make   for jq, DuckDB and the like\n\n")
        .append("Exit status: the command's; a signal that ends it ends tcpw (128+n in a shell);\n")
        .append("0 with -p and -a; 125 if tcpw itself failed, 126 if the command cannot be\n")
        .append("executed, 127 if not found.\n")
        .toString();
  }

  private static void appendOption(StringBuilder text, OptionSpec option) {
    StringBuilder line = new StringBuilder("  ");
    if (option.shortName() == null) {
      line.append("    ");
    } else {
      line.append('-').append(option.shortName());
      line.append(option.isArgumentOptional() ? option.synopsis(false) : "").append(", ");
    }
    line.append("--").append(option.longName()).append(option.synopsis(true));
    if (line.length() >= DESCRIPTION_COLUMN) {
      text.append(line).append('\n');
      line.setLength(0);
    }
    boolean first = true;
    for (String word : option.description().split(" ", -1)) {
      if (line.length() + 1 + word.length() > WIDTH) {
        text.append(line).append('\n');
        line.setLength(0);
        first = true;
      }
      while (line.length() < DESCRIPTION_COLUMN) {
        line.append(' ');
      }
      line.append(first ? "" : " ").append(word);
      first = false;
    }
    text.append(line).append('\n');
  }
}
