// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** A run of tcpw that has ended; bytes are chars. */
record Run(List<String> command, int status, String stdout, String stderr) {
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

  /** What it printed on stderr besides sockets. */
  List<String> otherLines() {
    return stderr.lines().filter(line -> !SocketLine.matches(line)).toList();
  }

  @Override
  public String toString() {
    return String.join(" ", command)
        + "\n-- status\n"
        + status
        + "\n-- stdout\n"
        + stdout
        + "\n-- stderr\n"
        + stderr;
  }
}
