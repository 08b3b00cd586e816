// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** 32-bit programs, whose system calls have other numbers, or one for the whole socket API. */
class Syscalls32IT {
  private static final int CANNOT_BE_EXECUTED = 126;

  @Test
  void bothWaysOf32BitProgramsAreSeen() {
    Run run = Tcpw.run("target/test-programs/syscalls32");
    assumeTrue(run.status() != CANNOT_BE_EXECUTED, "this machine runs no 32-bit programs");
    run.exitsWith(0);
    List<SocketLine> lines = run.sockets();
    assertThat(lines.stream().map(line -> line.arrow() + " " + line.error()))
        .as("%s", run)
        .containsExactly(
            "-> ",
            "<- ",
            "-> ECONNREFUSED", // socketcall(2); on ARM connect(2), accept(2)
            "-> ",
            "<- ",
            "-> ECONNREFUSED"); // connect(2), accept4(2)
    assertThat(lines).allMatch(line -> line.comm().equals("syscalls32"));
    assertThat(lines.get(1).remote()).isEqualTo(lines.get(0).local());
    assertThat(lines.get(4).remote()).isEqualTo(lines.get(3).local());
  }
}
