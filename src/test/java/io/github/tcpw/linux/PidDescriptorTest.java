// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class PidDescriptorTest {
  private static final int NO_PROCESS = Integer.MAX_VALUE; // more than pid_max can be

  @Test
  void becomesReadableWhenTheProcessEnds() throws Exception {
    Process cat = new ProcessBuilder("cat").start();
    int fd = PidDescriptor.open((int) cat.pid());
    try {
      Poll poll = new Poll(fd);
      poll.await(0);
      assertThat(poll.isReady(0)).isFalse();
      cat.getOutputStream().close(); // the end of what it copies
      poll.await(10_000_000_000L);
      assertThat(poll.isReady(0)).isTrue();
    } finally {
      new Descriptor(fd).close();
      cat.destroy();
    }
  }

  @Test
  void processThatIsNotThereSaysSo() {
    assertThatExceptionOfType(SystemCallException.class)
        .isThrownBy(() -> PidDescriptor.open(NO_PROCESS))
        .withMessage("pidfd_open: No such process")
        .satisfies(failure -> assertThat(failure.errno()).isEqualTo(Errno.ESRCH));
  }
}
