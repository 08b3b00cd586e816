// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetEvent;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.OtherEvent;
import io.github.tcpw.event.SocketCall;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.UnixEvent;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.linux.Errno;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines of docs/output.md. */
class TextFormatTest {
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_SEQPACKET = 5;
  private static final int ECONNREFUSED = 111;

  private static final long TIME =
      LocalDateTime.of(2026, 11, 23, 14, 42, 15).atZone(ZoneId.systemDefault()).toEpochSecond()
          * 1_000_000_000;
  private static final Origin CURL = new Origin(TIME, 97849, new UntrustedText("curl"));
  private static final String BEGIN = "2026/11/23 14:42:15 tcpw: pid=97849 comm=curl ";

  private static final Endpoint LOCAL = ipv4(192, 168, 241, 133, 46182);
  private static final Endpoint REMOTE = ipv4(142, 251, 10, 101, 443);
  private static final Endpoint LOOPBACK6 = ipv6(0, 1, 46182);

  private final TextFormat format = new TextFormat();

  @Test
  void connect() {
    assertThat(line(inet(SocketCall.CONNECT, SOCK_STREAM, "TCP", 0)))
        .isEqualTo(BEGIN + "af=AF_INET proto=TCP 192.168.241.133:46182 -> 142.251.10.101:443\n");
  }

  @Test
  void acceptShowsTheLocalEndFirst() {
    assertThat(line(inet(SocketCall.ACCEPT, SOCK_STREAM, "TCP", 0)))
        .isEqualTo(BEGIN + "af=AF_INET proto=TCP 192.168.241.133:46182 <- 142.251.10.101:443\n");
  }

  @Test
  void datagramsHaveNoDirection() {
    assertThat(line(inet(SocketCall.CONNECT, SOCK_DGRAM, "UDP", 0)))
        .isEqualTo(BEGIN + "af=AF_INET proto=UDP 192.168.241.133:46182 -- 142.251.10.101:443\n");
  }

  @Test
  void otherProtocolsWithConnectionsHaveOne() {
    assertThat(line(inet(SocketCall.CONNECT, SOCK_STREAM, "MPTCP", 0)))
        .contains("proto=MPTCP 192.168.241.133:46182 -> ");
    assertThat(line(inet(SocketCall.ACCEPT, SOCK_SEQPACKET, "SCTP", 0)))
        .contains("proto=SCTP 192.168.241.133:46182 <- ");
  }

  @Test
  void failedConnectNamesItsErrorLast() {
    assertThat(line(inet(SocketCall.CONNECT, SOCK_STREAM, "TCP", ECONNREFUSED)))
        .isEqualTo(
            BEGIN
                + "af=AF_INET proto=TCP 192.168.241.133:46182 -> 142.251.10.101:443"
                + " error=ECONNREFUSED\n");
  }

  @Test
  void ipv6IsInBrackets() {
    InetEvent event =
        new InetEvent(
            CURL,
            SocketCall.CONNECT,
            AF_INET6,
            SOCK_STREAM,
            "TCPv6",
            LOOPBACK6,
            ipv6(0x20010db8_00000000L, 0x1, 443),
            0);
    assertThat(line(event))
        .isEqualTo(BEGIN + "af=AF_INET6 proto=TCPv6 [::1]:46182 -> [2001:db8::1]:443\n");
  }

  @Test
  void ipv4MappedAddressIsAsTheKernelHasIt() {
    InetEvent event =
        new InetEvent(
            CURL,
            SocketCall.ACCEPT,
            AF_INET6,
            SOCK_STREAM,
            "TCPv6",
            ipv6(0, 0xffff_01020304L, 80),
            ipv6(0, 0xffff_7f000001L, 46182),
            0);
    assertThat(line(event)).contains(" [::ffff:1.2.3.4]:80 <- [::ffff:127.0.0.1]:46182\n");
  }

  @Test
  void unknownEndsAreZero() {
    InetEvent event =
        new InetEvent(
            CURL,
            SocketCall.CONNECT,
            AF_INET,
            SOCK_STREAM,
            "TCP",
            ipv4(0, 0, 0, 0, 0),
            ipv4(255, 255, 255, 255, 65535),
            0);
    assertThat(line(event)).endsWith(" proto=TCP 0.0.0.0:0 -> 255.255.255.255:65535\n");
  }

  @Test
  void unixPath() {
    assertThat(line(unix(SOCK_STREAM, "/run/x.sock", false, 0)))
        .isEqualTo(BEGIN + "af=AF_UNIX proto=UNIX-STREAM path=/run/x.sock\n");
  }

  @Test
  void abstractName() {
    assertThat(line(unix(SOCK_STREAM, "name", true, 0)))
        .isEqualTo(BEGIN + "af=AF_UNIX proto=UNIX-STREAM path=@name\n");
    assertThat(line(unix(SOCK_STREAM, "a\0b@", true, 0))).endsWith(" path=@a\\x00b@\n");
    assertThat(line(unix(SOCK_STREAM, "", true, 0))).endsWith(" path=@\n");
  }

  @Test
  void pathThatBeginsLikeAnAbstractNameIsNoneToSee() {
    assertThat(line(unix(SOCK_STREAM, "@name", false, 0))).endsWith(" path=\\x40name\n");
    assertThat(line(unix(SOCK_STREAM, "./@name", false, 0))).endsWith(" path=./@name\n");
  }

  @Test
  void unnamedUnixSocketHasAnEmptyPath() {
    assertThat(line(unix(SOCK_STREAM, "", false, 0))).endsWith(" path=\n");
  }

  @Test
  void failedUnixConnect() {
    assertThat(line(unix(SOCK_STREAM, "/var/run/nscd/socket", false, Errno.ENOENT)))
        .endsWith(" path=/var/run/nscd/socket error=ENOENT\n");
  }

  @ParameterizedTest
  @CsvSource({"1, UNIX-STREAM", "2, UNIX-DGRAM", "5, UNIX-SEQPACKET", "3, UNIX"})
  void unixProtocolIsNamedAfterTheType(int type, String protocol) {
    assertThat(line(unix(type, "/x", false, 0))).contains(" proto=" + protocol + " path=/x\n");
  }

  @ParameterizedTest
  @CsvSource({"30, AF_TIPC", "40, AF_VSOCK", "43, AF_SMC", "99, AF_99", "65535, AF_65535"})
  void otherFamiliesEndAfterTheProtocol(int family, String name) {
    assertThat(line(new OtherEvent(CURL, SocketCall.ACCEPT, family, SOCK_STREAM, "P", 0)))
        .isEqualTo(BEGIN + "af=" + name + " proto=P\n");
  }

  @Test
  void textsOfProgramsAreEscaped() {
    Origin origin = new Origin(TIME, 7, new UntrustedText("a b\n\u001b"));
    assertThat(
            line(
                new UnixEvent(
                    origin,
                    SocketCall.CONNECT,
                    AF_UNIX,
                    SOCK_STREAM,
                    new UntrustedText("/run/ \u00ff"),
                    false,
                    0)))
        .isEqualTo(
            "2026/11/23 14:42:15 tcpw: pid=7 comm=a\\x20b\\x0a\\x1b"
                + " af=AF_UNIX proto=UNIX-STREAM path=/run/\\x20\\xff\n");
  }

  @Test
  void protocolIsEscaped() {
    assertThat(line(inet(SocketCall.CONNECT, SOCK_STREAM, "T\nP", 0))).contains(" proto=T\\x0aP ");
    assertThat(line(new OtherEvent(CURL, SocketCall.CONNECT, 40, SOCK_STREAM, "A B", 0)))
        .endsWith(" proto=A\\x20B\n");
  }

  @Test
  void timeIsCutToTheSecondAndFollowsTheEvent() {
    Origin last = new Origin(TIME + 999_999_999, 97849, new UntrustedText("curl"));
    Origin next = new Origin(TIME + 1_000_000_000, 97849, new UntrustedText("curl"));
    assertThat(line(new OtherEvent(last, SocketCall.CONNECT, 40, SOCK_STREAM, "P", 0)))
        .startsWith("2026/11/23 14:42:15 ");
    assertThat(line(new OtherEvent(next, SocketCall.CONNECT, 40, SOCK_STREAM, "P", 0)))
        .startsWith("2026/11/23 14:42:16 ");
  }

  @Test
  void lineOwesNothingToTheOneBefore() {
    line(unix(SOCK_STREAM, "/a/long/path", false, Errno.ENOENT));
    assertThat(line(unix(SOCK_STREAM, "/b", false, 0)))
        .isEqualTo(BEGIN + "af=AF_UNIX proto=UNIX-STREAM path=/b\n");
  }

  private String line(SocketEvent event) {
    return new String(format.format(event), StandardCharsets.UTF_8);
  }

  private static InetEvent inet(SocketCall call, int type, String protocol, int error) {
    return new InetEvent(CURL, call, AF_INET, type, protocol, LOCAL, REMOTE, error);
  }

  private static UnixEvent unix(int type, String path, boolean isAbstract, int error) {
    return new UnixEvent(
        CURL, SocketCall.CONNECT, AF_UNIX, type, new UntrustedText(path), isAbstract, error);
  }

  private static Endpoint ipv4(int a, int b, int c, int d, int port) {
    return new Endpoint(new IpAddress.V4(a << 24 | b << 16 | c << 8 | d), port);
  }

  private static Endpoint ipv6(long high, long low, int port) {
    return new Endpoint(new IpAddress.V6(high, low), port);
  }
}
