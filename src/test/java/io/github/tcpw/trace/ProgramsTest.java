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
    try (BpfObject object = open(true, false)) {
      ByteBuffer config = object.map(".rodata.config").initialValue();
      assertThat(config.capacity()).isEqualTo(Programs.SIZE_OF_CONFIG);
      assertThat(config.get(Programs.CONFIG_UDP)).isEqualTo((byte) 1);
      assertThat(config.get(Programs.CONFIG_UNIX_DOMAIN)).isZero();
    }
    try (BpfObject object = open(false, true)) {
      ByteBuffer config = object.map(".rodata.config").initialValue();
      assertThat(config.get(Programs.CONFIG_UDP)).isZero();
      assertThat(config.get(Programs.CONFIG_UNIX_DOMAIN)).isEqualTo((byte) 1);
    }
  }

  @Test
  void objectHasWhatTheEnginesAskFor() throws Exception {
    try (BpfObject object = open(true, true)) {
      for (String program :
          new String[] {
            Programs.SYSCALL_EXIT, Programs.CONNECT_EXIT, Programs.ACCEPT_EXIT, "mark_spawner"
          }) {
        assertThat(object.program(program).name()).isEqualTo(program);
      }
      for (String map : new String[] {"events", "lost", ".data.state"}) {
        assertThat(object.map(map)).isNotNull();
      }
    }
  }

  private static BpfObject open(boolean udp, boolean unix) throws Exception {
    return Programs.open(new TraceOptions(Engine.AUTO, udp, unix, BUFFER_SIZE));
  }
}
