// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of output, taken apart, with empty strings for what it has not; the patterns are the
 * format that docs/output.md promises.
 *
 * @param event which step of a socket's life it is; empty: the line is a plain one, without -l
 * @param rest what follows, by its key: {@code after}, {@code ended}, {@code sent}, ...
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
    String peer,
    String error,
    String event,
    Map<String, String> rest) {

  private static final String END =
      "\\d+\\.\\d+\\.\\d+\\.\\d+:\\d+|\\[[0-9a-f:.]+\\]:\\d+|(?:\\d+|\\*):(?:\\d+|\\*)";
  private static final String TIME = "\\d+(?:\\.\\d+)?ms";
  private static final String STATE = "(?: state=[A-Z0-9_]+)?";

  /** What all lines begin with. */
  private static final String BEGIN =
      "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d tcpw: pid=(?<pid>\\d+) comm=(?<comm>\\S*)"
          + " af=(?<af>AF_\\w+) proto=(?<proto>\\S+)";

  private static final String BOTH_ENDS =
      " (?<local>" + END + ") (?<arrow>->|<-|--) (?<remote>" + END + ")";

  private static final Pattern PLAIN =
      Pattern.compile(
          BEGIN
              + "(?:"
              + BOTH_ENDS
              + "| path=(?<path>\\S*))?"
              + "(?<rest>(?: error=[A-Z0-9]+(?: after="
              + TIME
              + ")?)?)");

  /** With -l; what has but one end listens, or has had more than one peer. */
  private static final Pattern LIFECYCLE =
      Pattern.compile(
          BEGIN
              + "(?:"
              + BOTH_ENDS.replace(" (?<arrow>", "(?: (?<arrow>")
              + ")?| path=(?<path>\\S*)(?: peer=(?<peer>\\d+/\\S*))?)?"
              + " event=(?<event>(?:"
              + String.join(
                  "|",
                  "connect(?: error=[A-Z0-9]+)?(?: after=" + TIME + ")?",
                  "established(?: after=" + TIME + ")?",
                  "failed error=[A-Z0-9]+(?: after=" + TIME + ")?",
                  "accept",
                  "listen backlog=-?\\d+",
                  "datagram",
                  "found" + STATE,
                  "subflow",
                  "close ended=[a-z-]+ duration="
                      + TIME
                      + "(?: sent=\\d+ received=\\d+"
                      + "(?: datagrams-sent=\\d+ datagrams-received=\\d+)?"
                      + "(?: rtt="
                      + TIME
                      + ")?(?: retransmits=\\d+)?)?")
              + "))");

  static boolean matches(String line) {
    return PLAIN.matcher(line).matches() || LIFECYCLE.matcher(line).matches();
  }

  static List<SocketLine> parseAll(String text) {
    return text.lines().map(SocketLine::parse).filter(line -> line != null).toList();
  }

  private static @Nullable SocketLine parse(String line) {
    Matcher plain = PLAIN.matcher(line);
    if (plain.matches()) {
      return of(plain, "", "", plain.group("rest"));
    }
    Matcher step = LIFECYCLE.matcher(line);
    if (!step.matches()) {
      return null;
    }
    String[] event = step.group("event").split(" ", 2);
    return of(step, orEmpty(step.group("peer")), event[0], event.length == 2 ? event[1] : "");
  }

  private static SocketLine of(Matcher line, String peer, String event, String suffix) {
    Map<String, String> rest = new LinkedHashMap<>();
    for (String field : suffix.strip().split(" ")) {
      String[] pair = field.split("=", 2);
      if (pair.length == 2) {
        rest.put(pair[0], pair[1]);
      }
    }
    String error = rest.remove("error");
    return new SocketLine(
        Integer.parseInt(line.group("pid")),
        line.group("comm"),
        line.group("af"),
        line.group("proto"),
        orEmpty(line.group("local")),
        orEmpty(line.group("arrow")),
        orEmpty(line.group("remote")),
        orEmpty(line.group("path")),
        peer,
        orEmpty(error),
        event,
        rest);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /**
   * All that does not depend on time, from the address family on, but for the step: {@code AF_INET
   * TCP 127.0.0.1:1 -> 127.0.0.1:2}.
   */
  String what() {
    StringBuilder text = new StringBuilder(af).append(' ').append(proto);
    if (!local.isEmpty()) {
      text.append(' ').append(local);
    }
    if (!arrow.isEmpty()) {
      text.append(' ').append(arrow).append(' ').append(remote);
    }
    if (!path.isEmpty()) {
      text.append(" path=").append(path);
    }
    if (!error.isEmpty()) {
      text.append(" error=").append(error);
    }
    return text.toString();
  }

  /** What comes with a key, as it is printed; empty if there is none. */
  String get(String key) {
    return rest.getOrDefault(key, "");
  }

  /** A number that comes with a key. */
  long number(String key) {
    return Long.parseLong(get(key));
  }

  /** A time that comes with a key. */
  double milliseconds(String key) {
    return Double.parseDouble(get(key).replaceFirst("ms$", ""));
  }

  /** How a socket ended, with what went through: {@code fin-by-us 5/0}. */
  String end() {
    return get("ended") + " " + get("sent") + "/" + get("received");
  }
}
