// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static io.github.tcpw.CFacts.c;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.Tool;
import io.github.tcpw.libbpf.Btf;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Java knows of src/main/bpf/event.h, against the compiler's own description (BTF). */
class EventLayoutTest {
  private static final String OBJECT = "target/bpf/tcpw.bpf.o";

  @TempDir private Path directory;

  @Test
  void records() throws Exception {
    Path object = directory.resolve("event.o");
    Tool.compileBpf("src/test/bpf/event.c", object.toString());
    try (Btf btf = Btf.ofFile(object.toString())) {
      Struct event = new Struct(btf, "event");
      event.has("time", EventDecoder.TIME);
      event.has("pid", EventDecoder.PID);
      event.has("result", EventDecoder.RESULT);
      event.has("kind", EventDecoder.KIND);
      event.has("family", EventDecoder.FAMILY);
      event.has("type", EventDecoder.TYPE);
      event.has("comm", EventDecoder.COMM);
      event.has("proto", EventDecoder.PROTO);
      event.isOfSize(EventDecoder.SIZE_OF_EVENT);
      assertThat(EventDecoder.COMM + EventDecoder.COMM_SIZE).isEqualTo(EventDecoder.PROTO);
      assertThat(EventDecoder.PROTO + EventDecoder.PROTO_SIZE)
          .isEqualTo(EventDecoder.SIZE_OF_EVENT);

      Struct inet = new Struct(btf, "inet_event");
      inet.has("event", 0);
      inet.has("local", EventDecoder.LOCAL);
      inet.has("remote", EventDecoder.REMOTE);
      inet.has("local_port", EventDecoder.LOCAL_PORT);
      inet.has("remote_port", EventDecoder.REMOTE_PORT);
      inet.isOfSize(EventDecoder.SIZE_OF_INET_EVENT);

      Struct unix = new Struct(btf, "unix_event");
      unix.has("event", 0);
      unix.has("path_length", EventDecoder.PATH_LENGTH);
      unix.has("path", EventDecoder.PATH);
      unix.has("pad", EventDecoder.PATH + EventDecoder.PATH_SIZE);
      unix.isOfSize(EventDecoder.SIZE_OF_UNIX_EVENT);
    }
  }

  @Test
  void variablesOfThePrograms() throws Exception {
    try (Btf btf = Btf.ofFile(OBJECT)) {
      Struct config = new Struct(btf, "config");
      config.has("udp", Programs.CONFIG_UDP);
      config.has("unix_domain", Programs.CONFIG_UNIX_DOMAIN);
      config.has("fexit", Programs.CONFIG_FEXIT);
      config.has("twice", Programs.CONFIG_TWICE);
      config.isOfSize(Programs.SIZE_OF_CONFIG);

      Struct state = new Struct(btf, "state");
      state.has("marked_at", (int) Tracer.STATE_MARKED_AT);
      state.has("reader_sleeps", (int) Tracer.STATE_READER_SLEEPS);
      state.has("modules", (int) Tracer.STATE_MODULES);
    }
  }

  @Test
  void constants() {
    assertThat(EventDecoder.EVENT_CONNECT).isEqualTo((int) c("EVENT_CONNECT"));
    assertThat(EventDecoder.EVENT_ACCEPT).isEqualTo((int) c("EVENT_ACCEPT"));
    assertThat(EventDecoder.AF_UNIX).isEqualTo((int) c("AF_UNIX"));
    assertThat(EventDecoder.AF_INET).isEqualTo((int) c("AF_INET"));
    assertThat(EventDecoder.AF_INET6).isEqualTo((int) c("AF_INET6"));
    assertThat(Tracer.LOST_BUFFER_FULL).isEqualTo((int) c("LOST_BUFFER_FULL"));
    assertThat(Tracer.LOST_SOCKET).isEqualTo((int) c("LOST_SOCKET"));
    assertThat(Tracer.LOST_TASK).isEqualTo((int) c("LOST_TASK"));
  }

  private record Struct(Btf btf, String name) {
    int id() {
      int id = btf.find(name, Btf.KIND_STRUCT);
      assertThat(id).as("struct %s", name).isPositive();
      return id;
    }

    void has(String member, int offset) {
      assertThat(btf.memberOffset(id(), member)).as("%s.%s", name, member).isEqualTo(offset);
    }

    void isOfSize(int size) {
      assertThat(btf.size(id())).as("sizeof(struct %s)", name).isEqualTo(size);
    }
  }
}
