// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetEvent;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.OtherEvent;
import io.github.tcpw.event.SocketCall;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.UnixEvent;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventDecoderTest {
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int AF_VSOCK = 40;
  private static final int ECONNREFUSED = 111;

  private final EventDecoder decoder = new EventDecoder(new EventClock(System.nanoTime()));

  @Test
  void connectOverIpv4() {
    RecordBytes record =
        inet(EventDecoder.AF_INET, SocketCall.CONNECT).text(EventDecoder.PROTO, "TCP");
    record.bytes(EventDecoder.LOCAL, 192, 0, 2, 7).number(EventDecoder.LOCAL_PORT, 46182);
    record.bytes(EventDecoder.REMOTE, 198, 51, 100, 255).number(EventDecoder.REMOTE_PORT, 443);

    InetEvent event = (InetEvent) decoded(record);
    assertThat(event.call()).isEqualTo(SocketCall.CONNECT);
    assertThat(event.family()).isEqualTo(EventDecoder.AF_INET);
    assertThat(event.type()).isEqualTo(SOCK_STREAM);
    assertThat(event.protocol()).isEqualTo("TCP");
    assertThat(event.local()).isEqualTo(new Endpoint(new IpAddress.V4(0xc0000207), 46182));
    assertThat(event.remote()).isEqualTo(new Endpoint(new IpAddress.V4(0xc63364ff), 443));
    assertThat(event.error()).isZero();
  }

  @Test
  void acceptOverIpv6() {
    RecordBytes record = inet(EventDecoder.AF_INET6, SocketCall.ACCEPT);
    record.bytes(EventDecoder.LOCAL, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1);
    record.bytes(EventDecoder.REMOTE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 0xfe);

    InetEvent event = (InetEvent) decoded(record);
    assertThat(event.call()).isEqualTo(SocketCall.ACCEPT);
    assertThat(event.family()).isEqualTo(EventDecoder.AF_INET6);
    assertThat(event.local().address())
        .isEqualTo(new IpAddress.V6(0x20010db8_000000ffL, 0x80000000_00000001L));
    assertThat(event.remote().address()).isEqualTo(new IpAddress.V6(0, 0xffff_010203feL));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 32_767, 32_768, 65_535})
  void portsAreUnsigned(int port) {
    RecordBytes record = inet(EventDecoder.AF_INET, SocketCall.CONNECT);
    record.number(EventDecoder.LOCAL_PORT, port).number(EventDecoder.REMOTE_PORT, port);
    InetEvent event = (InetEvent) decoded(record);
    assertThat(event.local().port()).isEqualTo(port);
    assertThat(event.remote().port()).isEqualTo(port);
  }

  @Test
  void errorIsTheNegatedResult() {
    assertThat(decoded(inet().result(-ECONNREFUSED)).error()).isEqualTo(ECONNREFUSED);
    assertThat(decoded(unix(2, "/x").result(-Errno.ENOENT)).error()).isEqualTo(Errno.ENOENT);
    assertThat(decoded(vsock().result(-ECONNREFUSED)).error()).isEqualTo(ECONNREFUSED);
  }

  @Test
  void connectInProgressAndDescriptorsAreNoErrors() {
    assertThat(decoded(inet().result(-Errno.EINPROGRESS)).error()).isZero();
    assertThat(decoded(inet().result(7)).error()).isZero(); // accept(2) returned 7
  }

  @Test
  void originSaysWhenAndByWhom() {
    RecordBytes record = inet().text(EventDecoder.COMM, "curl");
    record.bytes.putInt(EventDecoder.PID, 97_849);
    record.bytes.putLong(EventDecoder.TIME, System.nanoTime() - 60_000_000_000L);
    long now = System.currentTimeMillis() * 1_000_000;

    SocketEvent event = decoded(record);
    assertThat(event.origin().pid()).isEqualTo(97_849);
    assertThat(event.origin().comm()).isEqualTo(new UntrustedText("curl"));
    assertThat(now - event.origin().time()).isBetween(59_000_000_000L, 61_000_000_000L);
  }

  @Test
  void textsMayFillTheirFields() {
    RecordBytes record = vsock().text(EventDecoder.COMM, "0123456789abcdef");
    record.text(EventDecoder.PROTO, "p".repeat(EventDecoder.PROTO_SIZE));
    OtherEvent event = (OtherEvent) decoded(record);
    assertThat(event.origin().comm().bytes()).isEqualTo("0123456789abcdef");
    assertThat(event.protocol()).hasSize(EventDecoder.PROTO_SIZE);
  }

  @Test
  void textKeepsEveryByte() {
    RecordBytes record = vsock().text(EventDecoder.COMM, "\u001b[2J\u00ff\u0080 ");
    assertThat(decoded(record).origin().comm().bytes()).isEqualTo("\u001b[2J\u00ff\u0080 ");
  }

  @Test
  void unixPathEndsAtItsFirstNul() {
    UnixEvent event = (UnixEvent) decoded(unix(20, "/run/x.sock\0garbage"));
    assertThat(event.path().bytes()).isEqualTo("/run/x.sock");
    assertThat(event.isAbstract()).isFalse();
    assertThat(event.family()).isEqualTo(EventDecoder.AF_UNIX);
  }

  @Test
  void unixPathEndsAtItsLength() {
    UnixEvent event = (UnixEvent) decoded(unix(4, "/run/x.sock"));
    assertThat(event.path().bytes()).isEqualTo("/run");
  }

  @Test
  void abstractNameIsAllItsBytes() {
    UnixEvent event = (UnixEvent) decoded(unix(6, "\0a\0b\0\0x"));
    assertThat(event.path().bytes()).isEqualTo("a\0b\0\0");
    assertThat(event.isAbstract()).isTrue();
  }

  @Test
  void abstractNameMayBeEmpty() {
    UnixEvent event = (UnixEvent) decoded(unix(1, "\0"));
    assertThat(event.path().bytes()).isEmpty();
    assertThat(event.isAbstract()).isTrue();
  }

  @Test
  void unnamedUnixSocketHasNoPath() {
    UnixEvent event = (UnixEvent) decoded(unix(0, ""));
    assertThat(event.path().bytes()).isEmpty();
    assertThat(event.isAbstract()).isFalse();
  }

  @Test
  void longestPathNeedsNoNul() {
    String path = "/" + "p".repeat(EventDecoder.PATH_SIZE - 1);
    UnixEvent event = (UnixEvent) decoded(unix(EventDecoder.PATH_SIZE, path));
    assertThat(event.path().bytes()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(ints = {EventDecoder.PATH_SIZE + 1, 32_768, 65_535})
  void pathLengthIsNotTrusted(int length) {
    UnixEvent path =
        (UnixEvent) decoded(unix(length, "/" + "p".repeat(EventDecoder.PATH_SIZE - 1)));
    assertThat(path.path().bytes()).hasSize(EventDecoder.PATH_SIZE);
    UnixEvent name =
        (UnixEvent) decoded(unix(length, "\0" + "n".repeat(EventDecoder.PATH_SIZE - 1)));
    assertThat(name.path().bytes()).hasSize(EventDecoder.PATH_SIZE - 1);
  }

  @Test
  void otherFamiliesHaveAProtocolAlone() {
    OtherEvent event = (OtherEvent) decoded(vsock().text(EventDecoder.PROTO, "AF_VSOCK"));
    assertThat(event.family()).isEqualTo(AF_VSOCK);
    assertThat(event.type()).isEqualTo(SOCK_STREAM);
    assertThat(event.protocol()).isEqualTo("AF_VSOCK");
    assertThat(decoded(vsock().number(EventDecoder.TYPE, SOCK_DGRAM)).type()).isEqualTo(SOCK_DGRAM);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 257, 65_535})
  void recordOfUnknownKindIsRefused(int kind) {
    assertThat(decode(inet().number(EventDecoder.KIND, kind))).isNull();
  }

  @Test
  void recordTooShortForItsFamilyIsRefused() {
    assertThat(decode(inet().cutTo(EventDecoder.SIZE_OF_INET_EVENT - 1))).isNull();
    assertThat(decode(unix(0, "").cutTo(EventDecoder.SIZE_OF_UNIX_EVENT - 1))).isNull();
    assertThat(decode(vsock().cutTo(EventDecoder.SIZE_OF_EVENT - 1))).isNull();
    assertThat(decode(vsock().cutTo(0))).isNull();
  }

  @Test
  void longerRecordOfALaterVersionIsUnderstood() {
    ByteBuffer longer = ByteBuffer.allocate(1000).order(ByteOrder.nativeOrder());
    longer.put(0, vsock().bytes, 0, EventDecoder.SIZE_OF_EVENT);
    assertThat(decoder.decode(longer, 0, 1000)).isInstanceOf(OtherEvent.class);
  }

  @Test
  void recordMayLieAnywhere() {
    ByteBuffer memory = ByteBuffer.allocate(1000).order(ByteOrder.nativeOrder());
    RecordBytes record = unix(11, "/run/x.sock").text(EventDecoder.COMM, "socat");
    memory.put(808, record.bytes, 0, EventDecoder.SIZE_OF_UNIX_EVENT);

    UnixEvent event =
        (UnixEvent)
            Objects.requireNonNull(decoder.decode(memory, 808, EventDecoder.SIZE_OF_UNIX_EVENT));
    assertThat(event.path().bytes()).isEqualTo("/run/x.sock");
    assertThat(event.origin().comm().bytes()).isEqualTo("socat");
  }

  private @Nullable SocketEvent decode(RecordBytes record) {
    return decoder.decode(record.bytes, 0, record.bytes.capacity());
  }

  private SocketEvent decoded(RecordBytes record) {
    return Objects.requireNonNull(decode(record));
  }

  private static RecordBytes inet() {
    return inet(EventDecoder.AF_INET, SocketCall.CONNECT);
  }

  private static RecordBytes inet(int family, SocketCall call) {
    return RecordBytes.of(EventDecoder.SIZE_OF_INET_EVENT, family)
        .number(
            EventDecoder.KIND,
            call == SocketCall.CONNECT ? EventDecoder.EVENT_CONNECT : EventDecoder.EVENT_ACCEPT);
  }

  private static RecordBytes unix(int pathLength, String path) {
    return RecordBytes.of(EventDecoder.SIZE_OF_UNIX_EVENT, EventDecoder.AF_UNIX)
        .number(EventDecoder.PATH_LENGTH, pathLength)
        .text(EventDecoder.PATH, path);
  }

  private static RecordBytes vsock() {
    return RecordBytes.of(EventDecoder.SIZE_OF_EVENT, AF_VSOCK);
  }

  /** The bytes of a record, and no byte behind them. */
  private record RecordBytes(ByteBuffer bytes) {
    static RecordBytes of(int size, int family) {
      return new RecordBytes(ByteBuffer.allocate(size).order(ByteOrder.nativeOrder()))
          .number(EventDecoder.KIND, EventDecoder.EVENT_CONNECT)
          .number(EventDecoder.FAMILY, family)
          .number(EventDecoder.TYPE, SOCK_STREAM);
    }

    RecordBytes number(int offset, int value) {
      bytes.putShort(offset, (short) value);
      return this;
    }

    RecordBytes result(int value) {
      bytes.putInt(EventDecoder.RESULT, value);
      return this;
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
