// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.UnixSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Scanner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcNetTest {
  private static final String UNIX_TITLE =
      "Num       RefCount Protocol Flags    Type St Inode Path\n";
  private static final String TCP_TITLE =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
          + " inode\n";

  /** A line of /proc/net/unix, without its end. */
  private static String unix(int type, long inode, String path) {
    return "000000004474a921: 00000002 00000000 00010000 %04x 01 %5d%s"
        .formatted(type, inode, path);
  }

  private static @Nullable SocketState find(
      String protocol, String list, long inode, @Nullable ByteBuffer given) {
    return ProcNet.find(
        new Scanner(list),
        requireNonNull(Protocol.named(protocol)),
        inode,
        Direction.OUTGOING,
        given);
  }

  private static @Nullable Socket socket(String protocol, String list, long inode) {
    SocketState found = find(protocol, list, inode, null);
    return found == null ? null : found.socket();
  }

  private static @Nullable String path(String list, long inode) {
    return socket("UNIX-STREAM", UNIX_TITLE + list, inode) instanceof UnixSocket socket
        ? (socket.isAbstract() ? "abstract " : "") + socket.path().bytes()
        : null;
  }

  @Test
  void anIpSocketHasBothEndsAndItsState() {
    String list =
        TCP_TITLE
            + "   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
            + "     0        0 1526 1 000000003695f2f8 100 0 0 10 0                      \n"
            + "   1: 0100007F:E6CA 0200007F:8229 01 00000000:00000000 03:0000176E 00000000"
            + "   526        0 15 3 00000000e78e562d 20 4 30 10 -1\n";
    SocketState found = requireNonNull(find("TCP", list, 15, null));
    assertThat(found.state()).isEqualTo(SocketState.ESTABLISHED);
    assertThat(found.socket())
        .isEqualTo(
            new InetSocket(
                15,
                Addresses.AF_INET,
                SocketState.SOCK_STREAM,
                "TCP",
                new Endpoint(new IpAddress.V4(0x7f000001), 0xe6ca),
                new Endpoint(new IpAddress.V4(0x7f000002), 0x8229),
                Direction.OUTGOING));
    assertThat(socket("TCP", list, 526)).as("a user's number").isNull();
  }

  @Test
  void anIpv6SocketHasFourWordsOfAddress() {
    String list =
        "  0: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 07"
            + " 00000000:00000000 00:00000000 00000000     0        0 77 2 0 0\n";
    assertThat(socket("UDPv6", list, 77))
        .isInstanceOfSatisfying(
            InetSocket.class,
            socket ->
                assertThat(socket.local())
                    .isEqualTo(new Endpoint(new IpAddress.V6(0x20010db8_00000000L, 1), 0x50)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  0: 0100007F 0100007F:0001 01 0:0 0:0 0     0        0 77 1 0\n",
        "  0: 0100007F:0001 0100007F:001 01 0:0 0:0 0     0        0 77 1 0\n",
        "  0: 0100007:0001 0100007F:0001 01 0:0 0:0 0     0        0 77 1 0\n",
        "  0: 00000000000000000100007F:0001 0100007F:0001 01 0:0 0:0 0     0        0 77 1 0\n",
        "  0: 0100007F:0001 0100007F:0001 xx 0:0 0:0 0     0        0 77 1 0\n",
        "  0: 0100007F:0001 0100007F:0001 01 77\n",
      })
  void aLineThatDoesNotParseIsNoSocket(String list) {
    assertThat(socket("TCP", list, 77)).isNull();
  }

  @Test
  void aUnixSocketHasATypeAndAPath() {
    String list = unix(1, 7, " /run/x.sock") + "\n" + unix(5, 77, " @x y") + "\n" + unix(2, 8, "");
    assertThat(path(list, 7)).isEqualTo("/run/x.sock");
    assertThat(path(list, 77)).isEqualTo("abstract x y");
    assertThat(path(list, 8)).isEmpty();
    assertThat(requireNonNull(socket("UNIX", list, 77)).type()).isEqualTo(5);
    assertThat(path(list, 9)).isNull();
  }

  @Test
  void aPathKeepsItsLineFeedsAndWhatElseEndsLines() {
    String list = unix(1, 7, " @a\nb\rc\n\n") + "\n" + unix(1, 8, " /b") + "\n";
    assertThat(path(list, 7)).isEqualTo("abstract a\nb\rc\n\n");
    assertThat(path(list, 8)).isEqualTo("/b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000 77",
        "0: 0 0 0 0 0 77 /forged",
        "000000004474a921: 00000002 00000000 00010000 zzzz 01    77 /forged",
        "000000004474a921: 00000002 00000000 00010000 00001 01    77 /forged",
      })
  void aNameThatLooksLikeHalfALineIsNoLine(String forged) {
    String list = unix(1, 7, " @a\n" + forged) + "\n" + unix(2, 77, " /true") + "\n";
    assertThat(path(list, 77)).isEqualTo("/true");
    assertThat(path(list, 7)).isEqualTo("abstract a\n" + forged);
  }

  /** Nobody can know which of the two lines is the kernel's. */
  @Test
  void ofASocketThatIsListedInTwoWaysNothingIsSaid() {
    String truth = unix(1, 77, " /true") + "\n";
    String forged = unix(1, 7, " @a\n" + unix(1, 77, " /forged")) + "\n";
    assertThat(path(truth + forged, 77)).isNull();
    assertThat(path(forged + truth, 77)).isNull();
    assertThat(path(truth + unix(1, 7, " @a\n" + unix(1, 77, " /true\nmore")) + "\n", 77)).isNull();
  }

  /** What connect was given is known from the program; the list says its type alone. */
  @Test
  void aForgedPathDoesNotMatterWhereThePathIsKnown() {
    String list = unix(1, 77, "") + "\n" + unix(1, 7, " @a\n" + unix(1, 77, " /forged")) + "\n";
    ByteBuffer given = ByteBuffer.allocate(6).order(ByteOrder.nativeOrder());
    given.putShort((short) Addresses.AF_UNIX).put((byte) '/').put((byte) 't');
    SocketState found = requireNonNull(find("UNIX-STREAM", list, 77, given));
    assertThat(((UnixSocket) found.socket()).path().bytes()).isEqualTo("/t");
    assertThat(find("UNIX-STREAM", list + unix(2, 77, ""), 77, given)).as("two types").isNull();
  }
}
