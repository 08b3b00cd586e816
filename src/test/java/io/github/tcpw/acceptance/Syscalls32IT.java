// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** 32-bit programs, whose system calls have other numbers, or one for the whole socket API. */
class Syscalls32IT {
  @Test
  void bothWaysOf32BitProgramsAreSeen() {
    Run run = Tcpw.run("target/test-programs/i386").exitsWith(0);
    List<SocketLine> lines = run.sockets();
    assertThat(lines.stream().map(line -> line.arrow() + " " + line.error()))
        .as("%s", run)
        .containsExactly(
            "-> ",
            "<- ",
            "-> ECONNREFUSED", // socketcall(2)
            "-> ",
            "<- ",
            "-> ECONNREFUSED"); // connect(2), accept4(2)
    assertThat(lines).allMatch(line -> line.comm().equals("i386"));
    assertThat(lines.get(1).remote()).isEqualTo(lines.get(0).local());
    assertThat(lines.get(4).remote()).isEqualTo(lines.get(3).local());
  }
}
