// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.SocketCall;
import io.github.tcpw.libbpf.BpfObject;
import io.github.tcpw.libbpf.Libbpf;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The object of this build, opened but not loaded, which needs no privilege. */
class ProgramsTest {
  private static final int BUFFER_SIZE = 1 << 16;

  @BeforeAll
  static void silenceLibbpf() {
    Libbpf.silence();
  }

  @Test
  void nothingButTcpIsAskedForAtFirst() throws Exception {
    try (BpfObject object = open(Asked.NOTHING.options(), false)) {
      ByteBuffer config = config(object);
      assertThat(config.capacity()).isEqualTo(Programs.SIZE_OF_CONFIG);
      config.put(Programs.CONFIG_TWICE, (byte) 0); // depends on the kernel
      byte[] bytes = new byte[Programs.SIZE_OF_CONFIG];
      config.get(0, bytes);
      assertThat(bytes).containsOnly(0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void enginesDiffer(boolean fexit) throws Exception {
    try (BpfObject object = open(Asked.NOTHING.options(), fexit)) {
      assertThat(config(object).get(Programs.CONFIG_FEXIT)).isEqualTo((byte) (fexit ? 1 : 0));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UDP, " + Programs.CONFIG_UDP,
    "UNIX, " + Programs.CONFIG_UNIX_DOMAIN,
    "NETLINK, " + Programs.CONFIG_NETLINK,
    "LIFECYCLE, " + Programs.CONFIG_LIFECYCLE,
    "ALL, " + Programs.CONFIG_ALL,
    "FAILED, " + Programs.CONFIG_FAILED
  })
  void eachOptionSetsItsFlagAlone(Asked asked, int flag) throws Exception {
    try (BpfObject object = open(asked.options(), false)) {
      ByteBuffer config = config(object);
      for (int i = 0; i < Programs.CONFIG_PORTS; i++) {
        if (i != Programs.CONFIG_TWICE) { // depends on the kernel
          assertThat(config.get(i)).as("byte %d", i).isEqualTo((byte) (i == flag ? 1 : 0));
        }
      }
    }
  }

  @Test
  void processesAreListed() throws Exception {
    List<Integer> pids = IntStream.rangeClosed(1, TraceOptions.MAX_PIDS).boxed().toList();
    try (BpfObject object = open(options(List.of(4_194_304, 7), Filter.NONE), false)) {
      ByteBuffer config = config(object);
      assertThat(config.get(Programs.CONFIG_PID_COUNT)).isEqualTo((byte) 2);
      assertThat(config.getInt(Programs.CONFIG_PIDS)).isEqualTo(4_194_304);
      assertThat(config.getInt(Programs.CONFIG_PIDS + 4)).isEqualTo(7);
      assertThat(config.getInt(Programs.CONFIG_PIDS + 8)).isZero();
    }
    try (BpfObject object = open(options(pids, Filter.NONE), false)) {
      ByteBuffer config = config(object);
      assertThat(config.get(Programs.CONFIG_PID_COUNT)).isEqualTo((byte) TraceOptions.MAX_PIDS);
      assertThat(config.getInt(Programs.SIZE_OF_CONFIG - 4)).isEqualTo(TraceOptions.MAX_PIDS);
    }
  }

  @Test
  void portsAreListed() throws Exception {
    Filter filter = new Filter(List.of(1, 443, 32_768, 65_535, 5, 6, 7, 8), List.of(), false, null);
    try (BpfObject object = open(options(List.of(), filter), false)) {
      ByteBuffer config = config(object);
      assertThat(config.get(Programs.CONFIG_PORT_COUNT)).isEqualTo((byte) Filter.MAX_PORTS);
      for (int i = 0; i < Filter.MAX_PORTS; i++) {
        assertThat(Short.toUnsignedInt(config.getShort(Programs.CONFIG_PORTS + 2 * i)))
            .isEqualTo(filter.ports().get(i));
      }
      assertThat(config.get(Programs.CONFIG_NETWORK_COUNT)).isZero();
    }
  }

  @Test
  void networksAreListedThoseOfIpv4AsMappedOnes() throws Exception {
    List<Filter.Network> networks =
        List.of(
            new Filter.Network(new IpAddress.V4(0xc0a8f100), 24),
            new Filter.Network(new IpAddress.V6(0x20010db8_000000ffL, 0x80000000_00000001L), 128),
            new Filter.Network(new IpAddress.V4(0), 0),
            new Filter.Network(new IpAddress.V6(0, 0), 0));
    try (BpfObject object =
        open(options(List.of(), new Filter(List.of(), networks, false, null)), false)) {
      assertThat(config(object).get(Programs.CONFIG_NETWORK_COUNT)).isEqualTo((byte) 4);
      assertThat(network(object, 0)).isEqualTo("00000000000000000000ffffc0a8f100/120");
      assertThat(network(object, 1)).isEqualTo("20010db8000000ff8000000000000001/128");
      assertThat(network(object, 2)).isEqualTo("00000000000000000000ffff00000000/96");
      assertThat(network(object, 3)).isEqualTo("00000000000000000000000000000000/0");
    }
  }

  @Test
  void asManyNetworksAsThereIsRoomFor() throws Exception {
    List<Filter.Network> networks =
        Collections.nCopies(
            Filter.MAX_NETWORKS, new Filter.Network(new IpAddress.V6(0xfe80L << 48, 0), 10));
    try (BpfObject object =
        open(options(List.of(3), new Filter(List.of(2), networks, false, null)), false)) {
      assertThat(network(object, Filter.MAX_NETWORKS - 1))
          .isEqualTo("fe800000000000000000000000000000/10");
      assertThat(config(object).getShort(Programs.CONFIG_PORTS)).isEqualTo((short) 2);
      assertThat(config(object).getInt(Programs.CONFIG_PIDS)).isEqualTo(3);
    }
  }

  @Test
  void oneSideAlone() throws Exception {
    for (SocketCall only : SocketCall.values()) {
      Filter filter = new Filter(List.of(), List.of(), false, only);
      try (BpfObject object = open(options(List.of(), filter), false)) {
        assertThat((int) config(object).get(Programs.CONFIG_ONLY))
            .isEqualTo(
                only == SocketCall.CONNECT
                    ? EventDecoder.EVENT_CONNECT
                    : EventDecoder.EVENT_ACCEPT);
      }
    }
  }

  @Test
  void tablesAreAsLargeAsTheBuffer() throws Exception {
    try (BpfObject object = open(Asked.NOTHING.options(), false)) {
      assertThat(object.map("events").maxEntries()).isGreaterThanOrEqualTo(BUFFER_SIZE);
      assertThat(object.map("sockets").maxEntries()).isEqualTo(BUFFER_SIZE / 16);
    }
  }

  @ParameterizedTest
  @CsvSource({"UDP, peers", "LIFECYCLE, seen", "PIDS, seen", "UDP_LIFECYCLE, seen peers flows"})
  void tablesThatAreNotNeededTakeNoRoom(Asked asked, String needed) throws Exception {
    try (BpfObject object = open(asked.options(), false)) {
      for (String map : List.of("seen", "peers", "flows")) {
        boolean isNeeded = List.of(needed.split(" ", -1)).contains(map);
        assertThat(object.map(map).maxEntries() > 1).as(map).isEqualTo(isNeeded);
      }
    }
  }

  @Test
  void plainObjectHasNoneOfThem() throws Exception {
    try (BpfObject object =
        Programs.open("target/bpf/plain.bpf.o", Asked.NOTHING.options(), false, new Quiet())
            .object()) {
      for (String map : List.of("seen", "peers", "flows")) {
        assertThatThrownBy(() -> object.map(map)).isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void objectHasWhatTheEnginesAskFor() throws Exception {
    try (BpfObject object = open(Asked.NOTHING.options(), true)) {
      for (String program :
          new String[] {
            Programs.FOLLOW_FORK,
            Programs.FOLLOW_STATE,
            Programs.TRANSFER_EXIT,
            Programs.NAME_SOCKET,
            Programs.END_FLOW,
            Programs.MARK_SPAWNER,
            Programs.MARK_TASKS,
            Programs.LIST_SOCKETS,
            Programs.REPORT_OPEN,
            Programs.FOLLOW_MODULES,
            Programs.SYSCALL_EXIT,
            Programs.CONNECT_EXIT,
            Programs.ACCEPT_EXIT
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

  private static BpfObject open(TraceOptions options, boolean fexit) throws Exception {
    return Programs.open("target/bpf/tcpw.bpf.o", options, fexit, new Quiet()).object();
  }

  private static ByteBuffer config(BpfObject object) {
    return object.map(".rodata.config").initialValue();
  }

  /** Its address in hexadecimal digits, and how many bits of it count. */
  private static String network(BpfObject object, int number) {
    int offset = Programs.CONFIG_NETWORKS + number * Programs.SIZE_OF_NETWORK;
    byte[] address = new byte[16];
    config(object).get(offset, address);
    return HexFormat.of().formatHex(address)
        + "/"
        + config(object).getInt(offset + Programs.NETWORK_LENGTH);
  }

  private static TraceOptions options(List<Integer> pids, Filter filter) {
    return new TraceOptions(
        Engine.AUTO, false, false, false, false, pids, false, filter, BUFFER_SIZE);
  }

  /** Options, one at a time. */
  enum Asked {
    NOTHING,
    UDP,
    UNIX,
    NETLINK,
    LIFECYCLE,
    UDP_LIFECYCLE,
    PIDS,
    ALL,
    FAILED;

    TraceOptions options() {
      return new TraceOptions(
          Engine.AUTO,
          this == UDP || this == UDP_LIFECYCLE,
          this == UNIX,
          this == NETLINK,
          this == LIFECYCLE || this == UDP_LIFECYCLE,
          this == PIDS ? List.of(1) : List.of(),
          this == ALL,
          new Filter(List.of(), List.of(), this == FAILED, null),
          BUFFER_SIZE);
    }
  }
}
