// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.event.VsockSocket;
import io.github.tcpw.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventDecoderTest {
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int AF_TIPC = 30;
  private static final int ECONNREFUSED = 111;
  private static final int MAX_ERRNO = 4095;
  private static final Step.Traffic NO_TRAFFIC =
      new Step.Traffic(
          Step.UNKNOWN, Step.UNKNOWN, Step.UNKNOWN, Step.UNKNOWN, Step.UNKNOWN, Step.UNKNOWN);

  private final EventDecoder decoder =
      new EventDecoder(new EventClock(System.nanoTime(), System.nanoTime()));

  // ---- what happened ----

  @Test
  void connectSaysHowLongTheAnswerTook() {
    assertThat(step(inet().after(1_234_567))).isEqualTo(new Step.Connect(0, 1_234_567));
    assertThat(step(inet().after(Step.UNKNOWN))).isEqualTo(new Step.Connect(0, Step.UNKNOWN));
  }

  @Test
  void errorIsTheNegatedResult() {
    assertThat(step(inet().result(-ECONNREFUSED))).isEqualTo(new Step.Connect(ECONNREFUSED, 0));
    assertThat(step(unix(2, "/x").result(-Errno.ENOENT)))
        .isEqualTo(new Step.Connect(Errno.ENOENT, 0));
    assertThat(step(vsock().result(-ECONNREFUSED))).isEqualTo(new Step.Connect(ECONNREFUSED, 0));
    assertThat(step(inet().result(-MAX_ERRNO))).isEqualTo(new Step.Connect(MAX_ERRNO, 0));
  }

  @Test
  void connectInProgressIsNoError() {
    assertThat(step(inet().result(-Errno.EINPROGRESS))).isEqualTo(new Step.Connect(0, 0));
    assertThat(step(inet().result(7))).isEqualTo(new Step.Connect(0, 0));
  }

  @Test
  void establishedSaysHowLongTheAnswerTook() {
    assertThat(step(inet().kind(EventDecoder.EVENT_ESTABLISHED).after(99)))
        .isEqualTo(new Step.Established(99));
  }

  @Test
  void failedSaysWhyAndAfterHowLong() {
    assertThat(step(inet().kind(EventDecoder.EVENT_FAILED).result(-ECONNREFUSED).after(99)))
        .isEqualTo(new Step.Failed(ECONNREFUSED, 99));
  }

  @Test
  void acceptAndSubflowHaveNothingToAdd() {
    assertThat(step(inet().kind(EventDecoder.EVENT_ACCEPT).result(7))).isEqualTo(new Step.Accept());
    assertThat(step(inet().kind(EventDecoder.EVENT_SUBFLOW))).isEqualTo(new Step.Subflow());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 128, Integer.MAX_VALUE, -1}) // listen(2) takes any
  void listenSaysItsBacklog(int backlog) {
    assertThat(step(inet().kind(EventDecoder.EVENT_LISTEN).result(backlog)))
        .isEqualTo(new Step.Listen(backlog));
  }

  @Test
  void datagramWasSentOrReceived() {
    assertThat(step(inet().kind(EventDecoder.EVENT_DATAGRAM).result(1)))
        .isEqualTo(new Step.Datagram(true));
    assertThat(step(inet().kind(EventDecoder.EVENT_DATAGRAM).result(0)))
        .isEqualTo(new Step.Datagram(false));
  }

  @Test
  void foundSaysItsState() {
    assertThat(step(inet().kind(EventDecoder.EVENT_FOUND).result(10)))
        .isEqualTo(new Step.Found(10));
  }

  @Test
  void closeSaysWhatWentThrough() {
    RecordBytes record = closed(Ending.FIN_BY_PEER).after(5_000_000_000L);
    record.number64(EventDecoder.SENT, 78).number64(EventDecoder.RECEIVED, 1L << 40);
    record.number64(EventDecoder.DATAGRAMS_SENT, 3).number64(EventDecoder.DATAGRAMS_RECEIVED, 4);
    record.number64(EventDecoder.ROUND_TRIP, 35_000).number64(EventDecoder.RETRANSMITS, 6);
    assertThat(step(record))
        .isEqualTo(
            new Step.Close(
                Ending.FIN_BY_PEER,
                5_000_000_000L,
                new Step.Traffic(78, 1L << 40, 3, 4, 35_000, 6)));
  }

  @Test
  void whatTheKernelDoesNotCountIsUnknown() {
    RecordBytes record = closed(Ending.CLOSED).after(-1).number64(EventDecoder.SENT, -1);
    record.number64(EventDecoder.RECEIVED, -1).number64(EventDecoder.DATAGRAMS_SENT, -1);
    record.number64(EventDecoder.DATAGRAMS_RECEIVED, -1).number64(EventDecoder.ROUND_TRIP, -1);
    record.number64(EventDecoder.RETRANSMITS, -1);
    assertThat(step(record)).isEqualTo(new Step.Close(Ending.CLOSED, Step.UNKNOWN, NO_TRAFFIC));
  }

  @Test
  void closeWithoutTrafficIsUnderstood() {
    RecordBytes record =
        closed(Ending.GIVEN_UP).after(7).cutTo(EventDecoder.SIZE_OF_CLOSE_EVENT - 1);
    assertThat(step(record)).isEqualTo(new Step.Close(Ending.GIVEN_UP, 7, NO_TRAFFIC));
    assertThat(decoded(record).socket()).isInstanceOf(InetSocket.class);
    assertThat(step(unix(2, "/x").closing(Ending.CLOSED).after(7)))
        .isEqualTo(new Step.Close(Ending.CLOSED, 7, NO_TRAFFIC));
    assertThat(step(vsock().closing(Ending.CLOSED).after(7)))
        .isEqualTo(new Step.Close(Ending.CLOSED, 7, NO_TRAFFIC));
  }

  /** A record of another family may be as long as that of an IP socket's end. */
  @Test
  void trafficIsThatOfIpSocketsAlone() {
    RecordBytes unix = unix(50, "/" + "p".repeat(49)).closing(Ending.CLOSED);
    assertThat(unix.bytes.capacity()).isGreaterThan(EventDecoder.SIZE_OF_CLOSE_EVENT);
    assertThat(step(unix)).isEqualTo(new Step.Close(Ending.CLOSED, 0, NO_TRAFFIC));
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void everyEndingIsUnderstood(Ending ending) {
    assertThat(((Step.Close) step(closed(ending))).ending()).isEqualTo(ending);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 127, 128, 255})
  void unknownEndingIsRefused(int ending) {
    assertThat(decode(closed(Ending.CLOSED).closing(ending))).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 257, 32_768, 65_535})
  void recordOfUnknownKindIsRefused(int kind) {
    assertThat(decode(inet().kind(kind))).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {-MAX_ERRNO - 1, -Integer.MAX_VALUE, Integer.MIN_VALUE})
  void resultThatIsNoErrnoIsRefused(int result) {
    assertThat(decode(inet().result(result))).isNull();
    assertThat(decode(inet().kind(EventDecoder.EVENT_FAILED).result(result))).isNull();
  }

  @Test
  void stateThatIsNoneIsRefused() {
    assertThat(decode(inet().kind(EventDecoder.EVENT_FOUND).result(-1))).isNull();
  }

  // ---- to which socket ----

  @Test
  void ipv4Socket() {
    RecordBytes record = inet().text(EventDecoder.PROTO, "TCP");
    record.bytes(EventDecoder.LOCAL, 192, 0, 2, 7).number(EventDecoder.LOCAL_PORT, 46182);
    record.bytes(EventDecoder.REMOTE, 198, 51, 100, 255).number(EventDecoder.REMOTE_PORT, 443);
    record.number64(EventDecoder.INODE, 5_000_000_000L);
    record.direction(EventDecoder.DIRECTION_OUTGOING);
    assertThat(decoded(record).socket())
        .isEqualTo(
            new InetSocket(
                5_000_000_000L,
                EventDecoder.AF_INET,
                SOCK_STREAM,
                "TCP",
                new Endpoint(new IpAddress.V4(0xc0000207), 46182),
                new Endpoint(new IpAddress.V4(0xc63364ff), 443),
                Direction.OUTGOING));
  }

  @Test
  void ipv6Socket() {
    RecordBytes record = inet(EventDecoder.AF_INET6);
    record.bytes(EventDecoder.LOCAL, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1);
    record.bytes(EventDecoder.REMOTE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 0xfe);

    InetSocket socket = inetSocket(record);
    assertThat(socket.family()).isEqualTo(EventDecoder.AF_INET6);
    assertThat(socket.local().address())
        .isEqualTo(new IpAddress.V6(0x20010db8_000000ffL, 0x80000000_00000001L));
    assertThat(socket.remote().address()).isEqualTo(new IpAddress.V6(0, 0xffff_010203feL));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 32_767, 32_768, 65_535})
  void portsAreUnsigned(int port) {
    RecordBytes record = inet();
    record.number(EventDecoder.LOCAL_PORT, port).number(EventDecoder.REMOTE_PORT, port);
    assertThat(inetSocket(record).local().port()).isEqualTo(port);
    assertThat(inetSocket(record).remote().port()).isEqualTo(port);
  }

  @ParameterizedTest
  @CsvSource({"0, NONE", "1, OUTGOING", "2, INCOMING", "3, NONE", "255, NONE"})
  void directionIsNoneUnlessKnown(int value, Direction direction) {
    assertThat(inetSocket(inet().direction(value)).direction()).isEqualTo(direction);
    assertThat(vsockSocket(vsock().direction(value)).direction()).isEqualTo(direction);
  }

  @Test
  void vsockSocketHasUnsignedEnds() {
    RecordBytes record = vsock().number(EventDecoder.TYPE, SOCK_DGRAM);
    record.number32(EventDecoder.LOCAL_CID, 3).number32(EventDecoder.LOCAL_VSOCK_PORT, -2);
    record.number32(EventDecoder.REMOTE_CID, -1).number32(EventDecoder.REMOTE_VSOCK_PORT, 1024);
    record.number64(EventDecoder.INODE, 9).direction(EventDecoder.DIRECTION_INCOMING);
    assertThat(decoded(record).socket())
        .isEqualTo(
            new VsockSocket(
                9,
                EventDecoder.AF_VSOCK,
                SOCK_DGRAM,
                new VsockSocket.End(3, 0xffff_fffeL),
                new VsockSocket.End(VsockSocket.End.ANY, 1024),
                Direction.INCOMING));
  }

  @Test
  void vsockSocketWithoutEndsHasAProtocolAlone() {
    RecordBytes record =
        RecordBytes.of(EventDecoder.SIZE_OF_EVENT, EventDecoder.AF_VSOCK)
            .text(EventDecoder.PROTO, "AF_VSOCK");
    assertThat(decoded(record).socket())
        .isEqualTo(new OtherSocket(0, EventDecoder.AF_VSOCK, SOCK_STREAM, "AF_VSOCK"));
  }

  @ParameterizedTest
  @ValueSource(ints = {AF_TIPC, 43, 32_768, 65_535})
  void otherFamiliesHaveAProtocolAlone(int family) {
    RecordBytes record = RecordBytes.of(EventDecoder.SIZE_OF_EVENT, family);
    record.text(EventDecoder.PROTO, "P").number(EventDecoder.TYPE, 65_535);
    assertThat(decoded(record.number64(EventDecoder.INODE, 9)).socket())
        .isEqualTo(new OtherSocket(9, family, 65_535, "P"));
  }

  @Test
  void unixPathEndsAtItsFirstNul() {
    UnixSocket socket = unixSocket(unix(20, "/run/x.sock\0garbage"));
    assertThat(socket.path().bytes()).isEqualTo("/run/x.sock");
    assertThat(socket.isAbstract()).isFalse();
    assertThat(socket.family()).isEqualTo(EventDecoder.AF_UNIX);
    assertThat(socket.type()).isEqualTo(SOCK_STREAM);
  }

  @Test
  void unixPathEndsAtItsLength() {
    assertThat(unixSocket(unix(4, "/run/x.sock")).path().bytes()).isEqualTo("/run");
  }

  @Test
  void abstractNameIsAllItsBytes() {
    UnixSocket socket = unixSocket(unix(6, "\0a\0b\0\0x"));
    assertThat(socket.path().bytes()).isEqualTo("a\0b\0\0");
    assertThat(socket.isAbstract()).isTrue();
  }

  @Test
  void abstractNameMayBeEmpty() {
    UnixSocket socket = unixSocket(unix(1, "\0"));
    assertThat(socket.path().bytes()).isEmpty();
    assertThat(socket.isAbstract()).isTrue();
  }

  @Test
  void unnamedUnixSocketHasNoPath() {
    UnixSocket socket = unixSocket(unix(0, ""));
    assertThat(socket.path().bytes()).isEmpty();
    assertThat(socket.isAbstract()).isFalse();
  }

  @Test
  void longestPathNeedsNoNul() {
    String path = "/" + "p".repeat(EventDecoder.PATH_SIZE - 1);
    assertThat(unixSocket(unix(EventDecoder.PATH_SIZE, path)).path().bytes()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(ints = {EventDecoder.PATH_SIZE + 1, 32_768, 65_535})
  void pathLengthIsNotTrusted(int length) {
    String rest = "p".repeat(EventDecoder.PATH_SIZE - 1);
    assertThat(unixSocket(unix(length, "/" + rest)).path().bytes()).isEqualTo("/" + rest);
    assertThat(unixSocket(unix(length, "\0" + rest)).path().bytes()).isEqualTo(rest);
  }

  @Test
  void unixPeerIsAProcess() {
    RecordBytes record = unix(2, "/x").number32(EventDecoder.PEER_PID, 812);
    record.text(EventDecoder.PEER_COMM, "\u00ff23456789abcdef0");
    assertThat(unixSocket(record).peer())
        .isEqualTo(new UnixSocket.Peer(812, new UntrustedText("\u00ff23456789abcdef0")));
    assertThat(unixSocket(record).path().bytes()).isEqualTo("/x");
  }

  @Test
  void unixPeerThatHasEndedHasNoName() {
    assertThat(unixSocket(unix(0, "").number32(EventDecoder.PEER_PID, 812)).peer())
        .isEqualTo(new UnixSocket.Peer(812, new UntrustedText("")));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void unixPeerThatIsNoProcessIsUnknown(int pid) {
    RecordBytes record = unix(2, "/x").number32(EventDecoder.PEER_PID, pid);
    assertThat(unixSocket(record.text(EventDecoder.PEER_COMM, "socat")).peer()).isNull();
  }

  // ---- when, and by whom ----

  @Test
  void originSaysWhenAndByWhom() {
    RecordBytes record = inet().text(EventDecoder.COMM, "curl");
    record.number32(EventDecoder.PID, 97_849);
    record.number64(EventDecoder.TIME, System.nanoTime() - 60_000_000_000L);
    long now = System.currentTimeMillis() * 1_000_000;

    SocketEvent event = decoded(record);
    assertThat(event.origin().pid()).isEqualTo(97_849);
    assertThat(event.origin().comm()).isEqualTo(new UntrustedText("curl"));
    assertThat(now - event.origin().time()).isBetween(59_000_000_000L, 61_000_000_000L);
  }

  @Test
  void pidThatIsNoneIsRefused() {
    assertThat(decode(inet().number32(EventDecoder.PID, -1))).isNull();
    assertThat(decode(inet().number32(EventDecoder.PID, Integer.MIN_VALUE))).isNull();
  }

  @Test
  void textsMayFillTheirFields() {
    RecordBytes record = inet().text(EventDecoder.COMM, "0123456789abcdef");
    record.text(EventDecoder.PROTO, "p".repeat(EventDecoder.PROTO_SIZE));
    assertThat(decoded(record).origin().comm().bytes()).isEqualTo("0123456789abcdef");
    assertThat(inetSocket(record).protocol()).hasSize(EventDecoder.PROTO_SIZE);
  }

  @Test
  void textKeepsEveryByte() {
    RecordBytes record = vsock().text(EventDecoder.COMM, "\u001b[2J\u00ff\u0080 ");
    assertThat(decoded(record).origin().comm().bytes()).isEqualTo("\u001b[2J\u00ff\u0080 ");
  }

  // ---- records ----

  @Test
  void recordTooShortForItsFamilyIsRefused() {
    assertThat(decode(inet().cutTo(EventDecoder.SIZE_OF_INET_EVENT - 1))).isNull();
    assertThat(decode(closed(Ending.CLOSED).cutTo(EventDecoder.SIZE_OF_INET_EVENT - 1))).isNull();
    assertThat(decode(unix(0, "").cutTo(EventDecoder.SIZE_OF_UNIX_EVENT - 1))).isNull();
    assertThat(decode(vsock().cutTo(EventDecoder.SIZE_OF_EVENT - 1))).isNull();
    assertThat(decode(vsock().cutTo(0))).isNull();
  }

  @Test
  void longerRecordOfALaterVersionIsUnderstood() {
    ByteBuffer longer = ByteBuffer.allocate(1000).order(ByteOrder.nativeOrder());
    longer.put(0, vsock().bytes, 0, EventDecoder.SIZE_OF_VSOCK_EVENT);
    assertThat(Objects.requireNonNull(decoder.decode(longer, 0, 1000)).socket())
        .isInstanceOf(VsockSocket.class);
  }

  @Test
  void recordMayLieAnywhere() {
    ByteBuffer memory = ByteBuffer.allocate(1000).order(ByteOrder.nativeOrder());
    RecordBytes record = unix(11, "/run/x.sock").text(EventDecoder.COMM, "socat");
    record.number32(EventDecoder.PEER_PID, 812).after(99);
    memory.put(768, record.bytes, 0, EventDecoder.SIZE_OF_UNIX_EVENT);

    SocketEvent event =
        Objects.requireNonNull(decoder.decode(memory, 768, EventDecoder.SIZE_OF_UNIX_EVENT));
    assertThat(event.origin()).isEqualTo(decoded(record).origin());
    assertThat(event.socket()).isEqualTo(decoded(record).socket());
    assertThat(event.step()).isEqualTo(new Step.Connect(0, 99));

    RecordBytes closed = closed(Ending.TIMEOUT).number64(EventDecoder.RETRANSMITS, 6);
    memory.put(1000 - EventDecoder.SIZE_OF_CLOSE_EVENT, closed.bytes, 0, closed.bytes.capacity());
    event =
        Objects.requireNonNull(
            decoder.decode(
                memory, 1000 - EventDecoder.SIZE_OF_CLOSE_EVENT, EventDecoder.SIZE_OF_CLOSE_EVENT));
    assertThat(event.step()).isEqualTo(step(closed));
  }

  private @Nullable SocketEvent decode(RecordBytes record) {
    return decoder.decode(record.bytes, 0, record.bytes.capacity());
  }

  private SocketEvent decoded(RecordBytes record) {
    return Objects.requireNonNull(decode(record));
  }

  private Step step(RecordBytes record) {
    return decoded(record).step();
  }

  private InetSocket inetSocket(RecordBytes record) {
    return (InetSocket) decoded(record).socket();
  }

  private UnixSocket unixSocket(RecordBytes record) {
    return (UnixSocket) decoded(record).socket();
  }

  private VsockSocket vsockSocket(RecordBytes record) {
    return (VsockSocket) decoded(record).socket();
  }

  private static RecordBytes inet() {
    return inet(EventDecoder.AF_INET);
  }

  private static RecordBytes inet(int family) {
    return RecordBytes.of(EventDecoder.SIZE_OF_INET_EVENT, family);
  }

  private static RecordBytes closed(Ending ending) {
    return RecordBytes.of(EventDecoder.SIZE_OF_CLOSE_EVENT, EventDecoder.AF_INET).closing(ending);
  }

  private static RecordBytes unix(int pathLength, String path) {
    return RecordBytes.of(EventDecoder.SIZE_OF_UNIX_EVENT, EventDecoder.AF_UNIX)
        .number(EventDecoder.PATH_LENGTH, pathLength)
        .text(EventDecoder.PATH, path);
  }

  private static RecordBytes vsock() {
    return RecordBytes.of(EventDecoder.SIZE_OF_VSOCK_EVENT, EventDecoder.AF_VSOCK);
  }

  /** The bytes of a record, and no byte behind them: at first of a connect that went well. */
  private record RecordBytes(ByteBuffer bytes) {
    static RecordBytes of(int size, int family) {
      return new RecordBytes(ByteBuffer.allocate(size).order(ByteOrder.nativeOrder()))
          .kind(EventDecoder.EVENT_CONNECT)
          .number(EventDecoder.FAMILY, family)
          .number(EventDecoder.TYPE, SOCK_STREAM);
    }

    RecordBytes number(int offset, int value) {
      bytes.putShort(offset, (short) value);
      return this;
    }

    RecordBytes number32(int offset, int value) {
      bytes.putInt(offset, value);
      return this;
    }

    RecordBytes number64(int offset, long value) {
      bytes.putLong(offset, value);
      return this;
    }

    RecordBytes kind(int kind) {
      return number(EventDecoder.KIND, kind);
    }

    RecordBytes result(int result) {
      return number32(EventDecoder.RESULT, result);
    }

    RecordBytes after(long nanos) {
      return number64(EventDecoder.AFTER, nanos);
    }

    RecordBytes direction(int direction) {
      return bytes(EventDecoder.DIRECTION, direction);
    }

    RecordBytes closing(Ending ending) {
      return closing(List.of(Ending.values()).indexOf(ending));
    }

    RecordBytes closing(int ending) {
      return kind(EventDecoder.EVENT_CLOSE).bytes(EventDecoder.ENDING, ending);
    }

    RecordBytes text(int offset, String text) {
      bytes.put(offset, text.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    RecordBytes bytes(int offset, int... values) {
      for (int i = 0; i < values.length; i++) {
        bytes.put(offset + i, (byte) values[i]);
      }
      return this;
    }

    RecordBytes cutTo(int size) {
      return new RecordBytes(bytes.slice(0, size).order(ByteOrder.nativeOrder()));
    }
  }
}
