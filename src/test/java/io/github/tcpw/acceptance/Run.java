// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run of tcpw that has ended; bytes are chars. */
record Run(List<String> command, int status, String stdout, String stderr) {
  private static final Pattern PERHAPS_LOST =
      Pattern.compile(
          "tcpw: (\\d+) events perhaps lost \\(the kernel skipped a busy BPF program\\)");

  /** Of stderr in the message of a test that fails: JUnit's listeners choke on much more. */
  private static final int MOST_SHOWN = 50_000;

  /** Fails unless the status is this. */
  Run exitsWith(int expected) {
    assertThat(status).as("status of %s", this).isEqualTo(expected);
    return this;
  }

  /** The sockets it printed on stderr, in order. */
  List<SocketLine> sockets() {
    return SocketLine.parseAll(stderr);
  }

  /** The only socket it printed. */
  SocketLine socket() {
    assertThat(sockets()).as("sockets of %s", this).hasSize(1);
    return sockets().getFirst();
  }

  /**
   * What it printed on stderr besides sockets, and besides the notice of what a preempting kernel
   * skipped: that is counted for all tasks of the machine, so it may come up anywhere.
   */
  List<String> otherLines() {
    return stderr
        .lines()
        .filter(line -> !SocketLine.matches(line) && !PERHAPS_LOST.matcher(line).matches())
        .toList();
  }

  /** What it printed on stderr, without that notice: where all of it is looked at. */
  String printed() {
    return stderr.replaceFirst(PERHAPS_LOST.pattern() + "\n", "");
  }

  /** Fails unless it printed so many sockets; those that may have been skipped may be missing. */
  void losesNothingInSilence(int expected) {
    int perhapsLost = perhapsLost();
    assertThat(sockets().size())
        .as("sockets of %s", command)
        .isBetween(expected - perhapsLost, expected);
    assertThat(otherLines()).isEmpty();
  }

  /** How many events a preempting kernel may have skipped, as it says. */
  int perhapsLost() {
    return stderr
        .lines()
        .map(PERHAPS_LOST::matcher)
        .filter(Matcher::matches)
        .mapToInt(notice -> Integer.parseInt(notice.group(1)))
        .sum();
  }

  /** Fails if it printed anything on stderr. */
  void showsNothing() {
    assertThat(sockets()).as("%s", this).isEmpty();
    assertThat(otherLines()).as("%s", this).isEmpty();
  }

  @Override
  public String toString() {
    return String.join(" ", command)
        + "\n-- status\n"
        + status
        + "\n-- stdout\n"
        + stdout
        + "\n-- stderr\n"
        + (stderr.length() > MOST_SHOWN ? stderr.substring(0, MOST_SHOWN) + "..." : stderr);
  }
}
