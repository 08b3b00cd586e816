// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollTest {
  private static final byte[] BYTE = "x".getBytes(StandardCharsets.US_ASCII);
  private static final long SOON = 1_000_000;

  private final int[] one = pipe();
  private final int[] other = pipe();

  @AfterEach
  void closePipes() {
    for (int fd : new int[] {one[0], one[1], other[0], other[1]}) {
      new Descriptor(fd).close();
    }
  }

  @Test
  void tellsWhichDescriptorIsReadable() throws Exception {
    Poll poll = new Poll(one[0], other[0]);
    poll.await(SOON);
    assertThat(poll.isReady(0)).isFalse();
    assertThat(poll.isReady(1)).isFalse();
    new Descriptor(other[1]).write(BYTE);
    poll.await();
    assertThat(poll.isReady(0)).isFalse();
    assertThat(poll.isReady(1)).isTrue();
  }

  @Test
  void ignoredDescriptorIsNotWaitedFor() throws Exception {
    Poll poll = new Poll(one[0], other[0]);
    new Descriptor(one[1]).write(BYTE);
    poll.await();
    assertThat(poll.isReady(0)).isTrue();
    poll.ignore(0);
    assertThat(poll.isReady(0)).isFalse();
    poll.await(SOON);
    assertThat(poll.isReady(0)).isFalse();
    new Descriptor(other[1]).write(BYTE);
    poll.await();
    assertThat(poll.isReady(0)).isFalse();
    assertThat(poll.isReady(1)).isTrue();
  }

  @Test
  void negativeDescriptorIsPassedOver() throws Exception {
    Poll poll = new Poll(-1, one[0]);
    new Descriptor(one[1]).write(BYTE);
    poll.await();
    assertThat(poll.isReady(0)).isFalse();
    assertThat(poll.isReady(1)).isTrue();
  }

  /** The end to read, and the one to write. */
  private static int[] pipe() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(ValueLayout.JAVA_INT, 2);
      assertThat((int) NativeFunction.libc("pipe").call(fds.address())).isZero();
      return fds.toArray(ValueLayout.JAVA_INT);
    }
  }
}
