// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static io.github.tcpw.report.Events.AF_INET;
import static io.github.tcpw.report.Events.ECONNREFUSED;
import static io.github.tcpw.report.Events.LOCAL;
import static io.github.tcpw.report.Events.NONE;
import static io.github.tcpw.report.Events.NO_TRAFFIC;
import static io.github.tcpw.report.Events.REMOTE;
import static io.github.tcpw.report.Events.SOCK_DGRAM;
import static io.github.tcpw.report.Events.SOCK_SEQPACKET;
import static io.github.tcpw.report.Events.SOCK_STREAM;
import static io.github.tcpw.report.Events.TIME;
import static io.github.tcpw.report.Events.at;
import static io.github.tcpw.report.Events.close;
import static io.github.tcpw.report.Events.connected;
import static io.github.tcpw.report.Events.end;
import static io.github.tcpw.report.Events.event;
import static io.github.tcpw.report.Events.ipv4;
import static io.github.tcpw.report.Events.ipv6;
import static io.github.tcpw.report.Events.tcp;
import static io.github.tcpw.report.Events.tcp6;
import static io.github.tcpw.report.Events.udp;
import static io.github.tcpw.report.Events.unix;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.VsockSocket;
import io.github.tcpw.linux.Errno;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines of docs/output.md. */
class TextFormatTest {
  private static final String BEGIN = "2026/11/23 14:42:15 tcpw: pid=97849 comm=curl ";
  private static final String OUT = "192.168.241.133:46182 -> 142.251.10.101:443";
  private static final String IN = "192.168.241.133:46182 <- 142.251.10.101:443";
  private static final String TCP_OUT = BEGIN + "af=AF_INET proto=TCP " + OUT;
  private static final long ANY = VsockSocket.End.ANY;

  private final TextFormat plain = new TextFormat(false, TimeStyle.WALL, false, TIME);
  private final TextFormat whole = new TextFormat(true, TimeStyle.WALL, false, TIME);

  @Test
  void connect() {
    assertThat(line(event(tcp(Direction.OUTGOING), connected()))).isEqualTo(TCP_OUT + "\n");
  }

  @Test
  void connectThatSucceededDoesNotSayHowLongItTook() {
    assertThat(line(event(tcp(Direction.OUTGOING), new Step.Connect(0, 12_300_000))))
        .isEqualTo(TCP_OUT + "\n");
  }

  @Test
  void acceptShowsTheLocalEndFirst() {
    assertThat(line(event(tcp(Direction.INCOMING), new Step.Accept())))
        .isEqualTo(BEGIN + "af=AF_INET proto=TCP " + IN + "\n");
  }

  @Test
  void datagramsHaveNoDirection() {
    assertThat(line(event(udp(REMOTE), connected())))
        .isEqualTo(BEGIN + "af=AF_INET proto=UDP 192.168.241.133:46182 -- 142.251.10.101:443\n");
    assertThat(line(event(udp(REMOTE), new Step.Datagram(true))))
        .isEqualTo(BEGIN + "af=AF_INET proto=UDP 192.168.241.133:46182 -- 142.251.10.101:443\n");
    InetSocket connected =
        new InetSocket(1, AF_INET, SOCK_DGRAM, "UDP", LOCAL, REMOTE, Direction.OUTGOING);
    assertThat(line(event(connected, connected()))).contains(" -- ");
  }

  @Test
  void otherProtocolsWithConnectionsHaveOne() {
    assertThat(line(event(inet(SOCK_STREAM, "MPTCP", Direction.OUTGOING), connected())))
        .contains("proto=MPTCP 192.168.241.133:46182 -> ");
    assertThat(line(event(inet(SOCK_SEQPACKET, "SCTP", Direction.INCOMING), new Step.Accept())))
        .contains("proto=SCTP 192.168.241.133:46182 <- ");
  }

  @Test
  void failedConnectNamesItsErrorLast() {
    assertThat(line(failedConnect(Step.UNKNOWN))).isEqualTo(TCP_OUT + " error=ECONNREFUSED\n");
  }

  @Test
  void failedConnectSaysHowLongItTook() {
    assertThat(line(failedConnect(210_000)))
        .isEqualTo(TCP_OUT + " error=ECONNREFUSED after=0.21ms\n");
  }

  @Test
  void connectThatFailedLaterIsALineLikeTheFirst() {
    assertThat(line(event(tcp(Direction.OUTGOING), new Step.Failed(110, 130_123_456_789L))))
        .isEqualTo(TCP_OUT + " error=ETIMEDOUT after=130123ms\n");
  }

  @Test
  void ipv6IsInBrackets() {
    assertThat(
            line(
                event(
                    tcp6(
                        Direction.OUTGOING,
                        ipv6(0, 1, 46182),
                        ipv6(0x20010db8_00000000L, 0x1, 443)),
                    connected())))
        .isEqualTo(BEGIN + "af=AF_INET6 proto=TCPv6 [::1]:46182 -> [2001:db8::1]:443\n");
  }

  @Test
  void ipv4MappedAddressIsAsTheKernelHasIt() {
    assertThat(
            line(
                event(
                    tcp6(
                        Direction.INCOMING,
                        ipv6(0, 0xffff_01020304L, 80),
                        ipv6(0, 0xffff_7f000001L, 46182)),
                    new Step.Accept())))
        .contains(" [::ffff:1.2.3.4]:80 <- [::ffff:127.0.0.1]:46182\n");
  }

  @Test
  void unknownEndsOfAConnectAreZero() {
    assertThat(
            line(
                event(tcp(Direction.OUTGOING, NONE, ipv4(255, 255, 255, 255, 65535)), connected())))
        .endsWith(" proto=TCP 0.0.0.0:0 -> 255.255.255.255:65535\n");
    assertThat(line(event(tcp(Direction.OUTGOING, NONE, NONE), connected())))
        .endsWith(" proto=TCP 0.0.0.0:0 -> 0.0.0.0:0\n");
  }

  @Test
  void unixPath() {
    assertThat(line(event(unix("/run/x.sock"), connected())))
        .isEqualTo(BEGIN + "af=AF_UNIX proto=UNIX-STREAM path=/run/x.sock\n");
  }

  @Test
  void abstractName() {
    assertThat(line(event(unix(SOCK_STREAM, "name", true), connected())))
        .isEqualTo(BEGIN + "af=AF_UNIX proto=UNIX-STREAM path=@name\n");
    assertThat(line(event(unix(SOCK_STREAM, "a\0b@", true), connected())))
        .endsWith(" path=@a\\x00b@\n");
    assertThat(line(event(unix(SOCK_STREAM, "", true), connected()))).endsWith(" path=@\n");
  }

  @Test
  void pathThatBeginsLikeAnAbstractNameIsNoneToSee() {
    assertThat(line(event(unix("@name"), connected()))).endsWith(" path=\\x40name\n");
    assertThat(line(event(unix("./@name"), connected()))).endsWith(" path=./@name\n");
  }

  @Test
  void unnamedUnixSocketHasAnEmptyPath() {
    assertThat(line(event(unix(""), connected()))).endsWith(" path=\n");
  }

  @Test
  void failedUnixConnect() {
    assertThat(
            line(event(unix("/var/run/nscd/socket"), new Step.Connect(Errno.ENOENT, Step.UNKNOWN))))
        .endsWith(" path=/var/run/nscd/socket error=ENOENT\n");
  }

  @ParameterizedTest
  @CsvSource({"1, UNIX-STREAM", "2, UNIX-DGRAM", "5, UNIX-SEQPACKET", "3, UNIX"})
  void unixProtocolIsNamedAfterTheType(int type, String protocol) {
    assertThat(line(event(unix(type, "/x", false), connected())))
        .contains(" proto=" + protocol + " path=/x\n");
  }

  @Test
  void peerOfAUnixSocketIsShownWithTheLifecycleOnly() {
    assertThat(line(event(unix("/x", 12, "a b"), connected()))).endsWith(" path=/x\n");
    assertThat(lifecycle(event(unix("/x", 12, "a b"), connected())))
        .endsWith(" path=/x peer=12/a\\x20b event=connect\n");
  }

  @Test
  void vsock() {
    assertThat(line(event(Events.vsock(Direction.OUTGOING, end(2, 1024), end(3, 22)), connected())))
        .isEqualTo(BEGIN + "af=AF_VSOCK proto=AF_VSOCK 2:1024 -> 3:22\n");
    assertThat(
            line(
                event(
                    Events.vsock(Direction.INCOMING, end(ANY, 4_294_967_294L), end(3, ANY)),
                    new Step.Accept())))
        .endsWith(" proto=AF_VSOCK *:4294967294 <- 3:*\n");
  }

  @ParameterizedTest
  @CsvSource({"30, AF_TIPC", "40, AF_VSOCK", "43, AF_SMC", "99, AF_99", "65535, AF_65535"})
  void otherFamiliesEndAfterTheProtocol(int family, String name) {
    assertThat(line(event(new OtherSocket(0, family, SOCK_STREAM, "P"), new Step.Accept())))
        .isEqualTo(BEGIN + "af=" + name + " proto=P\n");
  }

  @Test
  void textsOfProgramsAreEscaped() {
    assertThat(line(event("a b\n\u001b", unix("/run/ \u00ff"), connected())))
        .isEqualTo(
            "2026/11/23 14:42:15 tcpw: pid=97849 comm=a\\x20b\\x0a\\x1b"
                + " af=AF_UNIX proto=UNIX-STREAM path=/run/\\x20\\xff\n");
  }

  @Test
  void protocolIsEscaped() {
    assertThat(line(event(inet(SOCK_STREAM, "T\nP", Direction.OUTGOING), connected())))
        .contains(" proto=T\\x0aP ");
    assertThat(line(event(new OtherSocket(0, 40, SOCK_STREAM, "A B"), connected())))
        .endsWith(" proto=A\\x20B\n");
  }

  @Test
  void stepsOfALife() {
    assertThat(lifecycle(event(tcp(Direction.OUTGOING), connected())))
        .isEqualTo(TCP_OUT + " event=connect\n");
    assertThat(lifecycle(event(tcp(Direction.OUTGOING), new Step.Connect(0, 12_300_000))))
        .isEqualTo(TCP_OUT + " event=connect after=12.3ms\n");
    assertThat(lifecycle(failedConnect(210_000)))
        .isEqualTo(TCP_OUT + " event=connect error=ECONNREFUSED after=0.21ms\n");
    assertThat(lifecycle(event(tcp(Direction.OUTGOING), new Step.Established(12_300_000))))
        .isEqualTo(TCP_OUT + " event=established after=12.3ms\n");
    assertThat(lifecycle(event(tcp(Direction.OUTGOING), new Step.Failed(ECONNREFUSED, 35_000))))
        .isEqualTo(TCP_OUT + " event=failed error=ECONNREFUSED after=0.035ms\n");
    assertThat(lifecycle(event(tcp(Direction.INCOMING), new Step.Accept())))
        .endsWith(" proto=TCP " + IN + " event=accept\n");
    assertThat(lifecycle(event(tcp(Direction.OUTGOING), new Step.Subflow())))
        .endsWith(OUT + " event=subflow\n");
    assertThat(lifecycle(event(tcp(Direction.INCOMING), close(78, 1256))))
        .endsWith(
            IN
                + " event=close ended=fin-by-us duration=1234ms sent=78 received=1256"
                + " rtt=0.050ms retransmits=0\n");
  }

  @Test
  void socketThatListensHasOneEnd() {
    SocketEvent listen =
        event(tcp(Direction.NONE, ipv4(0, 0, 0, 0, 8080), NONE), new Step.Listen(128));
    assertThat(lifecycle(listen)).endsWith(" proto=TCP 0.0.0.0:8080 event=listen backlog=128\n");
    assertThat(
            lifecycle(
                event(
                    tcp(Direction.NONE, ipv4(0, 0, 0, 0, 8080), NONE),
                    new Step.Close(Ending.CLOSED, 1_000_000, NO_TRAFFIC))))
        .endsWith(" proto=TCP 0.0.0.0:8080 event=close ended=closed duration=1.00ms\n");
    assertThat(
            lifecycle(
                event(
                    Events.vsock(Direction.NONE, end(ANY, 22), end(ANY, ANY)), new Step.Listen(1))))
        .endsWith(" proto=AF_VSOCK *:22 event=listen backlog=1\n");
  }

  @Test
  void firstDatagramHasADirectionInItsLifecycle() {
    assertThat(lifecycle(event(udp(REMOTE), new Step.Datagram(true))))
        .endsWith(" proto=UDP " + OUT + " event=datagram\n");
    assertThat(lifecycle(event(udp(REMOTE), new Step.Datagram(false))))
        .endsWith(" proto=UDP " + IN + " event=datagram\n");
    assertThat(
            lifecycle(
                event(
                    udp(REMOTE),
                    new Step.Close(
                        Ending.STILL_OPEN,
                        Step.UNKNOWN,
                        new Step.Traffic(120, 240, 2, 1, Step.UNKNOWN, Step.UNKNOWN)))))
        .endsWith(
            " -- 142.251.10.101:443 event=close ended=still-open sent=120 received=240"
                + " datagrams-sent=2 datagrams-received=1\n");
  }

  @ParameterizedTest
  @CsvSource({
    "1,ESTABLISHED", "2,SYN_SENT", "3,SYN_RECV", "4,FIN_WAIT1", "5,FIN_WAIT2", "6,TIME_WAIT",
    "7,CLOSE", "8,CLOSE_WAIT", "9,LAST_ACK", "10,LISTEN", "11,CLOSING", "12,NEW_SYN_RECV",
    "13,BOUND_INACTIVE", "99,99"
  })
  void socketThatWasThereBeforeSaysItsState(int state, String name) {
    assertThat(line(event(tcp(Direction.NONE), new Step.Found(state))))
        .endsWith(" 192.168.241.133:46182 -- 142.251.10.101:443 state=" + name + "\n");
    assertThat(lifecycle(event(tcp(Direction.NONE), new Step.Found(state))))
        .endsWith(":443 event=found state=" + name + "\n");
  }

  @Test
  void unknownStateIsLeftOut() {
    assertThat(line(event(tcp(Direction.OUTGOING), new Step.Found(0)))).isEqualTo(TCP_OUT + "\n");
    assertThat(lifecycle(event(tcp(Direction.OUTGOING), new Step.Found(0))))
        .isEqualTo(TCP_OUT + " event=found\n");
  }

  @Test
  void failuresAreRed() {
    TextFormat format = new TextFormat(true, TimeStyle.NONE, true, TIME);
    assertThat(text(format, failedConnect(210_000)))
        .endsWith(" event=connect \u001b[31merror=ECONNREFUSED\u001b[0m after=0.21ms\n");
    assertThat(text(format, closed(Ending.RST_BY_PEER)))
        .endsWith(" event=close \u001b[31mended=rst-by-peer\u001b[0m\n");
    assertThat(text(format, closed(Ending.RST_BY_US))).contains("\u001b[31mended=rst-by-us");
    assertThat(text(format, closed(Ending.TIMEOUT))).contains("\u001b[31mended=timeout");
  }

  @Test
  void nothingElseIsColoured() {
    TextFormat format = new TextFormat(true, TimeStyle.WALL, true, TIME);
    assertThat(text(format, event(tcp(Direction.OUTGOING), connected())))
        .isEqualTo(TCP_OUT + " event=connect\n");
    assertThat(text(format, closed(Ending.GIVEN_UP))).doesNotContain("\u001b");
    assertThat(text(format, closed(Ending.FIN_BY_PEER))).doesNotContain("\u001b");
    assertThat(lifecycle(closed(Ending.TIMEOUT))).doesNotContain("\u001b");
  }

  @Test
  void timeIsCutToTheSecondAndFollowsTheEvent() {
    assertThat(line(at(TIME + 999_999_999, tcp(Direction.OUTGOING), connected())))
        .startsWith("2026/11/23 14:42:15 ");
    assertThat(line(at(TIME + 1_000_000_000, tcp(Direction.OUTGOING), connected())))
        .startsWith("2026/11/23 14:42:16 ");
  }

  @Test
  void relativeTimeIsSinceTheStart() {
    TextFormat format = new TextFormat(false, TimeStyle.RELATIVE, false, TIME);
    assertThat(text(format, at(TIME + 12_345_678, tcp(Direction.OUTGOING), connected())))
        .startsWith("0.012345 tcpw: pid=97849 ");
    assertThat(text(format, at(TIME + 61_000_000_000L, tcp(Direction.OUTGOING), connected())))
        .startsWith("61.000000 tcpw: ");
    assertThat(text(format, at(TIME - 5_000, tcp(Direction.OUTGOING), connected())))
        .startsWith("-0.000005 tcpw: ");
  }

  @Test
  void deltaIsSinceTheLineBefore() {
    TextFormat format = new TextFormat(false, TimeStyle.DELTA, false, TIME);
    assertThat(text(format, at(TIME + 5_000, tcp(Direction.OUTGOING), connected())))
        .startsWith("0.000000 tcpw: ");
    assertThat(text(format, at(TIME + 1_000_007_000, tcp(Direction.OUTGOING), connected())))
        .startsWith("1.000002 tcpw: ");
    assertThat(text(format, at(TIME + 1_000_006_000, tcp(Direction.OUTGOING), connected())))
        .startsWith("-0.000001 tcpw: ");
  }

  @Test
  void noTimeIsNothing() {
    TextFormat format = new TextFormat(false, TimeStyle.NONE, false, TIME);
    assertThat(text(format, event(tcp(Direction.OUTGOING), connected())))
        .isEqualTo("tcpw: pid=97849 comm=curl af=AF_INET proto=TCP " + OUT + "\n");
  }

  @Test
  void numbersDoNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      TextFormat format = new TextFormat(true, TimeStyle.RELATIVE, false, TIME);
      assertThat(text(format, at(TIME + 1_000, tcp(Direction.INCOMING), close(1, 2))))
          .startsWith("0.000001 ")
          .contains(" duration=1234ms sent=1 received=2 rtt=0.050ms ");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void lineOwesNothingToTheOneBefore() {
    line(event(unix("/a/long/path"), new Step.Connect(Errno.ENOENT, Step.UNKNOWN)));
    assertThat(line(event(unix("/b"), connected())))
        .isEqualTo(BEGIN + "af=AF_UNIX proto=UNIX-STREAM path=/b\n");
  }

  @Test
  void textHasNoHeader() {
    assertThat(plain.header()).isEmpty();
  }

  private static SocketEvent failedConnect(long after) {
    return event(tcp(Direction.OUTGOING), new Step.Connect(ECONNREFUSED, after));
  }

  private static SocketEvent closed(Ending ending) {
    return event(tcp(Direction.OUTGOING), new Step.Close(ending, Step.UNKNOWN, NO_TRAFFIC));
  }

  private static InetSocket inet(int type, String protocol, Direction direction) {
    return new InetSocket(1, AF_INET, type, protocol, LOCAL, REMOTE, direction);
  }

  private String line(SocketEvent event) {
    return text(plain, event);
  }

  private String lifecycle(SocketEvent event) {
    return text(whole, event);
  }

  private static String text(TextFormat format, SocketEvent event) {
    return new String(format.format(event), StandardCharsets.UTF_8);
  }
}
