// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static io.github.tcpw.CFacts.c;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.Tool;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.VsockSocket;
import io.github.tcpw.libbpf.Btf;
import java.nio.file.Path;
import java.util.List;
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
      event.has("after", EventDecoder.AFTER);
      event.has("inode", EventDecoder.INODE);
      event.has("pid", EventDecoder.PID);
      event.has("result", EventDecoder.RESULT);
      event.has("kind", EventDecoder.KIND);
      event.has("family", EventDecoder.FAMILY);
      event.has("type", EventDecoder.TYPE);
      event.has("direction", EventDecoder.DIRECTION);
      event.has("ending", EventDecoder.ENDING);
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

      Struct close = new Struct(btf, "close_event");
      close.has("inet", 0);
      close.has("traffic", EventDecoder.SIZE_OF_INET_EVENT);
      close.isOfSize(EventDecoder.SIZE_OF_CLOSE_EVENT);
      Struct traffic = new Struct(btf, "traffic", EventDecoder.SIZE_OF_INET_EVENT);
      traffic.has("sent", EventDecoder.SENT);
      traffic.has("received", EventDecoder.RECEIVED);
      traffic.has("datagrams_sent", EventDecoder.DATAGRAMS_SENT);
      traffic.has("datagrams_received", EventDecoder.DATAGRAMS_RECEIVED);
      traffic.has("round_trip", EventDecoder.ROUND_TRIP);
      traffic.has("retransmits", EventDecoder.RETRANSMITS);

      Struct unix = new Struct(btf, "unix_event");
      unix.has("event", 0);
      unix.has("peer_pid", EventDecoder.PEER_PID);
      unix.has("peer_comm", EventDecoder.PEER_COMM);
      unix.has("path_length", EventDecoder.PATH_LENGTH);
      unix.has("path", EventDecoder.PATH);
      unix.has("pad", EventDecoder.PATH + EventDecoder.PATH_SIZE);
      unix.isOfSize(EventDecoder.SIZE_OF_UNIX_EVENT);
      assertThat(EventDecoder.PEER_COMM + EventDecoder.COMM_SIZE)
          .isEqualTo(EventDecoder.PATH_LENGTH);

      Struct vsock = new Struct(btf, "vsock_event");
      vsock.has("event", 0);
      vsock.has("local_cid", EventDecoder.LOCAL_CID);
      vsock.has("local_port", EventDecoder.LOCAL_VSOCK_PORT);
      vsock.has("remote_cid", EventDecoder.REMOTE_CID);
      vsock.has("remote_port", EventDecoder.REMOTE_VSOCK_PORT);
      vsock.isOfSize(EventDecoder.SIZE_OF_VSOCK_EVENT);
    }
  }

  @Test
  void variablesOfThePrograms() throws Exception {
    try (Btf btf = Btf.ofFile(OBJECT)) {
      Struct config = new Struct(btf, "config");
      config.has("udp", Programs.CONFIG_UDP);
      config.has("unix_domain", Programs.CONFIG_UNIX_DOMAIN);
      config.has("netlink", Programs.CONFIG_NETLINK);
      config.has("fexit", Programs.CONFIG_FEXIT);
      config.has("twice", Programs.CONFIG_TWICE);
      config.has("lifecycle", Programs.CONFIG_LIFECYCLE);
      config.has("all", Programs.CONFIG_ALL);
      config.has("failed", Programs.CONFIG_FAILED);
      config.has("only", Programs.CONFIG_ONLY);
      config.has("port_count", Programs.CONFIG_PORT_COUNT);
      config.has("network_count", Programs.CONFIG_NETWORK_COUNT);
      config.has("pid_count", Programs.CONFIG_PID_COUNT);
      config.has("ports", Programs.CONFIG_PORTS);
      config.has("networks", Programs.CONFIG_NETWORKS);
      config.has("pids", Programs.CONFIG_PIDS);
      config.isOfSize(Programs.SIZE_OF_CONFIG);

      Struct network = new Struct(btf, "network");
      network.has("address", 0);
      network.has("length", Programs.NETWORK_LENGTH);
      network.isOfSize(Programs.SIZE_OF_NETWORK);

      Struct state = new Struct(btf, "state");
      state.has("marked_at", (int) Tracer.STATE_MARKED_AT);
      state.has("reader_sleeps", (int) Tracer.STATE_READER_SLEEPS);
      state.has("modules", (int) Tracer.STATE_MODULES);
      state.has("marked", (int) Tracer.STATE_MARKED);
    }
  }

  @Test
  void kindsOfEvents() {
    assertThat(EventDecoder.EVENT_CONNECT).isEqualTo((int) c("EVENT_CONNECT"));
    assertThat(EventDecoder.EVENT_ACCEPT).isEqualTo((int) c("EVENT_ACCEPT"));
    assertThat(EventDecoder.EVENT_ESTABLISHED).isEqualTo((int) c("EVENT_ESTABLISHED"));
    assertThat(EventDecoder.EVENT_FAILED).isEqualTo((int) c("EVENT_FAILED"));
    assertThat(EventDecoder.EVENT_LISTEN).isEqualTo((int) c("EVENT_LISTEN"));
    assertThat(EventDecoder.EVENT_DATAGRAM).isEqualTo((int) c("EVENT_DATAGRAM"));
    assertThat(EventDecoder.EVENT_FOUND).isEqualTo((int) c("EVENT_FOUND"));
    assertThat(EventDecoder.EVENT_SUBFLOW).isEqualTo((int) c("EVENT_SUBFLOW"));
    assertThat(EventDecoder.EVENT_CLOSE).isEqualTo((int) c("EVENT_CLOSE"));
  }

  @Test
  void directions() {
    assertThat(c("DIRECTION_NONE")).isZero();
    assertThat(EventDecoder.DIRECTION_OUTGOING).isEqualTo((int) c("DIRECTION_OUTGOING"));
    assertThat(EventDecoder.DIRECTION_INCOMING).isEqualTo((int) c("DIRECTION_INCOMING"));
  }

  @Test
  void endingsAreInOrder() {
    List<Ending> endings = List.of(Ending.values());
    for (Ending ending : endings) {
      assertThat(endings.indexOf(ending)).isEqualTo((int) c("ENDING_" + ending.name()));
    }
    assertThat(endings).hasSize((int) c("ENDING_STILL_OPEN") + 1);
  }

  @Test
  void addressFamilies() {
    assertThat(EventDecoder.AF_UNIX).isEqualTo((int) c("AF_UNIX"));
    assertThat(EventDecoder.AF_INET).isEqualTo((int) c("AF_INET"));
    assertThat(EventDecoder.AF_INET6).isEqualTo((int) c("AF_INET6"));
    assertThat(EventDecoder.AF_VSOCK).isEqualTo((int) c("AF_VSOCK"));
  }

  @Test
  void whatIsNotThere() {
    assertThat(Step.UNKNOWN).isEqualTo(c("(long long)UNKNOWN"));
    assertThat(VsockSocket.End.ANY)
        .isEqualTo(c("VMADDR_CID_ANY") & 0xffff_ffffL)
        .isEqualTo(c("VMADDR_PORT_ANY") & 0xffff_ffffL);
  }

  @Test
  void roomThatTheKernelsSideHas() {
    assertThat(Filter.MAX_PORTS).isEqualTo((int) c("MAX_PORTS"));
    assertThat(Filter.MAX_NETWORKS).isEqualTo((int) c("MAX_NETWORKS"));
    assertThat(TraceOptions.MAX_PIDS).isEqualTo((int) c("MAX_PIDS"));
  }

  @Test
  void reasonsOfLoss() {
    assertThat(Tracer.LOST_BUFFER_FULL).isEqualTo((int) c("LOST_BUFFER_FULL"));
    assertThat(Tracer.LOST_SOCKET).isEqualTo((int) c("LOST_SOCKET"));
    assertThat(Tracer.LOST_TASK).isEqualTo((int) c("LOST_TASK"));
    assertThat(Tracer.LOST_UNFOLLOWED).isEqualTo((int) c("LOST_UNFOLLOWED"));
    assertThat(c("LOST_REASONS")).as("all are known here").isEqualTo(4);
  }

  /**
   * A struct as the compiler lays it out.
   *
   * @param start where it lies in what Java's offsets count from
   */
  private record Struct(Btf btf, String name, int start) {
    Struct(Btf btf, String name) {
      this(btf, name, 0);
    }

    int id() {
      int id = btf.find(name, Btf.KIND_STRUCT);
      assertThat(id).as("struct %s", name).isPositive();
      return id;
    }

    void has(String member, int offset) {
      assertThat(start + btf.memberOffset(id(), member))
          .as("%s.%s", name, member)
          .isEqualTo(offset);
    }

    void isOfSize(int size) {
      assertThat(btf.size(id())).as("sizeof(struct %s)", name).isEqualTo(size);
    }
  }
}
