// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** UDP sockets that do not connect, shown with -U: a line for each socket and peer. */
class DatagramIT {
  /**
   * Two servers, one and two, and a client c; say() prints a socket's port. Of the system calls
   * that move several messages Python knows nothing (sendmmsg(2)).
   */
  private static final String SOCKETS =
      """
      import ctypes, os, socket, struct, time
      libc = ctypes.CDLL(None)
      def udp(address=None, family=socket.AF_INET):
          s = socket.socket(family, socket.SOCK_DGRAM)
          if address: s.bind((address, 0))
          return s
      def say(*sockets):
          print(*(s.getsockname()[1] for s in sockets), flush=True)
      def messages(count, size):
          class Vector(ctypes.Structure):
              _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
          class Message(ctypes.Structure):
              _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint),
                          ("iov", ctypes.POINTER(Vector)), ("iovlen", ctypes.c_size_t),
                          ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                          ("flags", ctypes.c_int), ("pad", ctypes.c_int),
                          ("length", ctypes.c_uint)]
          array = (Message * count)()
          keep = []
          for message in array:
              name, data = ctypes.create_string_buffer(28), ctypes.create_string_buffer(size)
              vector = Vector(ctypes.addressof(data), size)
              keep += [name, data, vector]
              message.name, message.namelen = ctypes.addressof(name), 28
              message.iov, message.iovlen = ctypes.pointer(vector), 1
          return array, keep
      def sockaddr_in(s):
          host, port = s.getsockname()
          return struct.pack("=H", 2) + struct.pack(">H", port) + socket.inet_aton(host) + bytes(8)
      one, two, c = udp("127.0.0.1"), udp("127.0.0.1"), udp()
      """;

  private static Run datagrams(String options, String script) {
    return Tcpw.python(Stream.of(options.split(" ")).toList(), SOCKETS + script).exitsWith(0);
  }

  private static Stream<String> first(Run run) {
    return run.sockets().stream()
        .filter(line -> !line.event().equals("close"))
        .map(SocketLine::what);
  }

  /** The end of the socket with this local port. */
  private static SocketLine end(Run run, String port) {
    List<SocketLine> ends =
        run.sockets().stream()
            .filter(line -> line.event().equals("close") && line.local().endsWith(":" + port))
            .toList();
    assertThat(ends).as("ends of port %s of %s", port, run).hasSize(1);
    return ends.getFirst();
  }

  private static String traffic(SocketLine end) {
    return "%s/%s bytes, %s/%s datagrams"
        .formatted(
            end.get("sent"),
            end.get("received"),
            end.get("datagrams-sent"),
            end.get("datagrams-received"));
  }

  @ParameterizedTest
  @CsvSource({"-U, --, --", "-U -l, ->, <-"})
  void bothEndsShowEachOtherOnceAndWithLWhoSpokeFirst(String options, String sent, String got) {
    Run run =
        datagrams(
            options,
            """
            c.sendto(b"x", one.getsockname())
            say(c, one)
            _, back = one.recvfrom(100)
            one.sendto(b"answer", back)
            c.recvfrom(100)
            c.sendto(b"y", one.getsockname())
            one.recvfrom(100)
            """);
    String[] ports = run.stdout().split("\\s+");
    assertThat(first(run))
        .as("%s", run)
        .containsExactly(
            "AF_INET UDP 0.0.0.0:%s %s 127.0.0.1:%s".formatted(ports[0], sent, ports[1]),
            "AF_INET UDP 127.0.0.1:%s %s 127.0.0.1:%s".formatted(ports[1], got, ports[0]));
    assertThat(run.otherLines()).isEmpty();
  }

  @Test
  void datagramsAreNotShownUnlessAskedFor() {
    Tcpw.python(SOCKETS + "c.sendto(b'x', one.getsockname())\none.recvfrom(9)\n").showsNothing();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-U", "-U -l"})
  void eachSocketShowsEachOfItsPeers(String options) {
    Run run =
        datagrams(
            options,
            """
            other = udp()
            for s in (c, other, c, other):
                for server in (one, two):
                    s.sendto(b"x", server.getsockname())
            say(c, other, one, two)
            """);
    String[] ports = run.stdout().split("\\s+");
    String arrow = options.endsWith("-l") ? "->" : "--";
    String line = "AF_INET UDP 0.0.0.0:%s " + arrow + " 127.0.0.1:%s";
    assertThat(first(run))
        .as("%s", run)
        .containsExactly(
            line.formatted(ports[0], ports[2]),
            line.formatted(ports[0], ports[3]),
            line.formatted(ports[1], ports[2]),
            line.formatted(ports[1], ports[3]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c.sendto(b'abc', one.getsockname())",
        "c.sendmsg([b'a', b'bc'], [], 0, one.getsockname())",
      })
  void everyCallThatSendsShowsThePeer(String call) {
    Run run = datagrams("-U -l", call + "\nsay(c, one)\n");
    String[] ports = run.stdout().split("\\s+");
    assertThat(first(run))
        .as("%s", run)
        .containsExactly("AF_INET UDP 0.0.0.0:%s -> 127.0.0.1:%s".formatted(ports[0], ports[1]));
    assertThat(traffic(end(run, ports[0]))).isEqualTo("3/0 bytes, 1/0 datagrams");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "one.recvfrom(100)",
        "one.recvmsg(100)",
        "one.recvfrom_into(bytearray(100))",
      })
  void everyCallThatReceivesShowsThePeer(String call) {
    Run run = datagrams("-U -l", "c.sendto(b'abc', one.getsockname())\nsay(c, one)\n" + call);
    String[] ports = run.stdout().split("\\s+");
    assertThat(first(run))
        .as("%s", run)
        .contains("AF_INET UDP 127.0.0.1:%s <- 127.0.0.1:%s".formatted(ports[1], ports[0]));
    assertThat(traffic(end(run, ports[1]))).isEqualTo("0/3 bytes, 0/1 datagrams");
  }

  @Test
  void severalMessagesInOneCallShowAllTheirPeers() {
    Run run =
        datagrams(
            "-U -l",
            """
            array, keep = messages(2, 5)
            for message, server in zip(array, (one, two)):
                ctypes.memmove(message.name, sockaddr_in(server), 16)
                message.namelen = 16
            assert libc.sendmmsg(c.fileno(), array, 2, 0) == 2
            other = udp()
            other.sendto(b"123", one.getsockname())
            array, keep = messages(2, 100)
            MSG_WAITFORONE = 0x10000
            assert libc.recvmmsg(one.fileno(), array, 2, MSG_WAITFORONE, None) == 2
            say(c, other, one, two)
            """);
    String[] ports = run.stdout().split("\\s+");
    String sent = "AF_INET UDP 0.0.0.0:%s -> 127.0.0.1:%s";
    String received = "AF_INET UDP 127.0.0.1:%s <- 127.0.0.1:%s";
    assertThat(first(run))
        .as("%s", run)
        .containsExactly(
            sent.formatted(ports[0], ports[2]),
            sent.formatted(ports[0], ports[3]),
            sent.formatted(ports[1], ports[2]),
            received.formatted(ports[2], ports[0]),
            received.formatted(ports[2], ports[1]));
    assertThat(traffic(end(run, ports[0]))).isEqualTo("10/0 bytes, 2/0 datagrams");
    assertThat(traffic(end(run, ports[2]))).isEqualTo("0/8 bytes, 0/2 datagrams");
  }

  /** As many as the kernel takes (UIO_MAXIOV). */
  @Test
  void aThousandMessagesInOneCallAreAllCounted() {
    Run run =
        datagrams(
            "-U -l",
            """
            array, keep = messages(1024, 3)
            for i, message in enumerate(array):
                ctypes.memmove(message.name, sockaddr_in(two if i == 1023 else one), 16)
                message.namelen = 16
            assert libc.sendmmsg(c.fileno(), array, 1024, 0) == 1024
            array, keep = messages(100, 3)
            assert libc.recvmmsg(one.fileno(), array, 100, socket.MSG_DONTWAIT, None) == 100
            say(c, one, two)
            """);
    String[] ports = run.stdout().split("\\s+");
    assertThat(first(run))
        .as("%s", run)
        .containsExactly(
            "AF_INET UDP 0.0.0.0:%s -> 127.0.0.1:%s".formatted(ports[0], ports[1]),
            "AF_INET UDP 0.0.0.0:%s -> 127.0.0.1:%s".formatted(ports[0], ports[2]),
            "AF_INET UDP 127.0.0.1:%s <- 127.0.0.1:%s".formatted(ports[1], ports[0]));
    assertThat(traffic(end(run, ports[0]))).isEqualTo("3072/0 bytes, 1024/0 datagrams");
    assertThat(traffic(end(run, ports[1]))).isEqualTo("0/300 bytes, 0/100 datagrams");
  }

  @Test
  void ipv6AndIpv4MappedPeersAreShownAsTheSocketHasThem() {
    Run run =
        datagrams(
            "-U -l",
            """
            server, c6 = udp("::", socket.AF_INET6), udp(family=socket.AF_INET6)
            c6.sendto(b"six", ("::1", server.getsockname()[1]))
            server.recvfrom(9)
            c.sendto(b"four", ("127.0.0.1", server.getsockname()[1]))
            server.recvfrom(9)
            c6.sendto(b"mapped", ("::ffff:127.0.0.1", one.getsockname()[1]))
            say(c, c6, one, server)
            """);
    String[] ports = run.stdout().split("\\s+");
    assertThat(first(run))
        .as("%s", run)
        .containsExactly(
            "AF_INET6 UDPv6 [::]:%s -> [::1]:%s".formatted(ports[1], ports[3]),
            "AF_INET6 UDPv6 [::]:%s <- [::1]:%s".formatted(ports[3], ports[1]),
            "AF_INET UDP 0.0.0.0:%s -> 127.0.0.1:%s".formatted(ports[0], ports[3]),
            "AF_INET6 UDPv6 [::]:%s <- [::ffff:127.0.0.1]:%s".formatted(ports[3], ports[0]),
            "AF_INET6 UDPv6 [::]:%s -> [::ffff:127.0.0.1]:%s".formatted(ports[1], ports[2]));
    assertThat(traffic(end(run, ports[1]))).isEqualTo("9/0 bytes, 2/0 datagrams");
  }

  /** Its connect has told of the peer. */
  @ParameterizedTest
  @ValueSource(strings = {"-U", "-U -l"})
  void aConnectedSocketIsNotShownAgain(String options) {
    Run run =
        datagrams(
            options,
            """
            c.connect(one.getsockname())
            c.send(b"1234")
            c.sendall(b"12")
            os.write(c.fileno(), b"1")
            for s in (udp(), one):
                s.sendto(b"12345", c.getsockname())
            c.recv(100)
            say(c, one)
            """);
    String[] ports = run.stdout().split("\\s+");
    String ends = "AF_INET UDP 127.0.0.1:%s -- 127.0.0.1:%s".formatted(ports[0], ports[1]);
    assertThat(first(run).filter(what -> what.contains(":" + ports[0] + " -")))
        .as("%s", run)
        .containsExactly(ends);
    if (options.endsWith("-l")) {
      assertThat(end(run, ports[0]).what()).isEqualTo(ends);
      assertThat(traffic(end(run, ports[0]))).isEqualTo("7/5 bytes, 3/1 datagrams");
    }
  }

  @Test
  void whatWentThroughIsToldAtTheEnd() {
    Run run =
        datagrams(
            "-U -l",
            """
            for size in (0, 1, 1000, 60000):
                c.sendto(bytes(size), one.getsockname())
                data, back = one.recvfrom(65535)
                one.sendto(data[:10], back)
                c.recvfrom(100)
            c.sendto(b"12", two.getsockname())
            say(c, one, two)
            c.close()
            """);
    String[] ports = run.stdout().split("\\s+");
    assertThat(traffic(end(run, ports[0]))).isEqualTo("61003/21 bytes, 5/4 datagrams");
    assertThat(traffic(end(run, ports[1]))).isEqualTo("21/61001 bytes, 4/4 datagrams");
    // It shows its peer if it had but one.
    assertThat(end(run, ports[0]).what()).isEqualTo("AF_INET UDP 0.0.0.0:" + ports[0]);
    assertThat(end(run, ports[1]).what())
        .isEqualTo("AF_INET UDP 127.0.0.1:%s -- 127.0.0.1:%s".formatted(ports[1], ports[0]));
    assertThat(end(run, ports[0]).get("ended")).isEqualTo("closed");
    // Nothing went through the socket of the second server: nothing is known of it.
    assertThat(run.sockets()).noneMatch(line -> line.local().endsWith(":" + ports[2]));
  }

  @Test
  void whatIsLookedAtFirstIsReceivedOnce() {
    Run run =
        datagrams(
            "-U -l",
            """
            c.sendto(b"123", one.getsockname())
            one.recvfrom(100, socket.MSG_PEEK)
            one.recvmsg(100, 0, socket.MSG_PEEK)
            one.recvfrom(100)
            say(one)
            """);
    assertThat(traffic(end(run, run.stdout().strip()))).isEqualTo("0/3 bytes, 0/1 datagrams");
    assertThat(first(run)).hasSize(2);
  }

  @Test
  void whatIsNotSentIsNotShown() {
    Run run =
        datagrams(
            "-U -l",
            """
            try:
                c.sendto(b"x", ("127.0.0.1", 0))
                raise AssertionError("sent")
            except OSError:
                pass
            try:
                one.recvfrom(9, socket.MSG_DONTWAIT)
                raise AssertionError("received")
            except BlockingIOError:
                pass
            """);
    run.showsNothing();
  }

  @Test
  void durationIsFromTheFirstDatagramToTheEnd() {
    Run run =
        datagrams(
            "-U -l",
            """
            before = time.monotonic()
            c.sendto(b"x", one.getsockname())
            after = time.monotonic()
            say(c)
            time.sleep(0.2)
            closing = time.monotonic()
            c.close()
            print(closing - after, time.monotonic() - before)
            """);
    String[] words = run.stdout().split("\\s+");
    assertThat(end(run, words[0]).milliseconds("duration"))
        .isBetween(
            Double.parseDouble(words[1]) * 1000 - 1, Double.parseDouble(words[2]) * 1000 + 1);
  }

  @Test
  void whatADescendantKeepsOpenIsStillOpen() {
    Run run =
        datagrams(
            "-U -l",
            """
            c.sendto(b"x", one.getsockname())
            say(c)
            tcpw = os.getppid()
            if os.fork() == 0:
                while os.path.exists("/proc/%d" % tcpw):
                    time.sleep(0.01)
                os._exit(0)
            """);
    assertThat(end(run, run.stdout().strip()).get("ended")).isEqualTo("still-open");
  }
}
