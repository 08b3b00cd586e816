// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.libbpf.BpfObject;
import io.github.tcpw.libbpf.Libbpf;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The object of this build, opened but not loaded, which needs no privilege. */
class ProgramsTest {
  private static final int BUFFER_SIZE = 1 << 16;

  @BeforeAll
  static void silenceLibbpf() {
    Libbpf.silence();
  }

  @Test
  void objectIsConfiguredAsAsked() throws Exception {
    try (BpfObject object = open(true, false, true)) {
      ByteBuffer config = object.map(".rodata.config").initialValue();
      assertThat(config.capacity()).isEqualTo(Programs.SIZE_OF_CONFIG);
      assertThat(config.get(Programs.CONFIG_UDP)).isEqualTo((byte) 1);
      assertThat(config.get(Programs.CONFIG_UNIX_DOMAIN)).isZero();
      assertThat(config.get(Programs.CONFIG_FEXIT)).isEqualTo((byte) 1);
    }
    try (BpfObject object = open(false, true, false)) {
      ByteBuffer config = object.map(".rodata.config").initialValue();
      assertThat(config.get(Programs.CONFIG_UDP)).isZero();
      assertThat(config.get(Programs.CONFIG_UNIX_DOMAIN)).isEqualTo((byte) 1);
      assertThat(config.get(Programs.CONFIG_FEXIT)).isZero();
    }
  }

  @Test
  void objectHasWhatTheEnginesAskFor() throws Exception {
    try (BpfObject object = open(true, true, true)) {
      for (String program :
          new String[] {
            Programs.FOLLOW_FORK,
            Programs.FOLLOW_HANDSHAKE,
            Programs.FOLLOW_MODULES,
            Programs.SYSCALL_EXIT,
            Programs.CONNECT_EXIT,
            Programs.ACCEPT_EXIT,
            "mark_spawner"
          }) {
        assertThat(object.program(program).name()).isEqualTo(program);
      }
      for (String map : new String[] {"events", "lost", ".data.state"}) {
        assertThat(object.map(map)).isNotNull();
      }
    }
  }

  @Test
  void twinsAreMissedWhenBothAre() {
    assertThat(new Twins(() -> 5, () -> 2).misses()).isEqualTo(2);
    assertThat(new Twins(() -> 0, () -> 2).misses()).isZero();
  }

  private static final class Quiet implements Notices {
    @Override
    public void warn(String line) {}

    @Override
    public void debug(String line) {}

    @Override
    public boolean isDebug() {
      return false;
    }
  }

  private static BpfObject open(boolean udp, boolean unix, boolean fexit) throws Exception {
    return Programs.open(
            "target/bpf/tcpw.bpf.o",
            new TraceOptions(Engine.AUTO, udp, unix, BUFFER_SIZE),
            fexit,
            new Quiet())
        .object();
  }
}
