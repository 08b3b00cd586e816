// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of output, taken apart, with empty strings for what it has not; the pattern is the format
 * that docs/output.md promises.
 */
record SocketLine(
    int pid,
    String comm,
    String af,
    String proto,
    String local,
    String arrow,
    String remote,
    String path,
    String error) {

  private static final String END = "\\d+\\.\\d+\\.\\d+\\.\\d+:\\d+|\\[[0-9a-f:.]+\\]:\\d+";
  private static final Pattern FORMAT =
      Pattern.compile(
          "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d tcpw: pid=(\\d+) comm=(\\S*) af=(AF_\\w+)"
              + " proto=(\\S+)"
              + "(?: ("
              + END
              + ") (->|<-|--) ("
              + END
              + ")| path=(\\S*))?"
              + "(?: error=([A-Z0-9]+))?");

  static boolean matches(String line) {
    return FORMAT.matcher(line).matches();
  }

  static List<SocketLine> parseAll(String text) {
    return text.lines()
        .map(FORMAT::matcher)
        .filter(Matcher::matches)
        .map(
            m ->
                new SocketLine(
                    Integer.parseInt(m.group(1)),
                    m.group(2),
                    m.group(3),
                    m.group(4),
                    orEmpty(m.group(5)),
                    orEmpty(m.group(6)),
                    orEmpty(m.group(7)),
                    orEmpty(m.group(8)),
                    orEmpty(m.group(9))))
        .toList();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** All from the address family on: {@code AF_INET TCP 127.0.0.1:1 -> 127.0.0.1:2}. */
  String what() {
    StringBuilder text = new StringBuilder(af).append(' ').append(proto);
    if (!arrow.isEmpty()) {
      text.append(' ').append(local).append(' ').append(arrow).append(' ').append(remote);
    }
    if (!path.isEmpty()) {
      text.append(" path=").append(path);
    }
    if (!error.isEmpty()) {
      text.append(" error=").append(error);
    }
    return text.toString();
  }
}
