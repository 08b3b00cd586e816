// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** TCP sockets that the command accepts. */
class AcceptIT {
  /** A client outside the traced tree waits for the server, then prints its own port. */
  private static final String CLIENT =
      """
      client() {
        for i in $(seq 100); do
          python3 -c 'import socket, sys
      s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
      print(s.getsockname()[1])
      s.close()' "$1" "$2" 2>/dev/null && return
          sleep 0.05
        done
      }
      port=$((20000 + RANDOM % 10000))
      """;

  static Stream<Arguments> servers() {
    return Stream.of(
        Arguments.of("nc -l 127.0.0.1 $port", "127.0.0.1"),
        Arguments.of("nc -l ::1 $port", "::1"),
        Arguments.of("socat -u TCP4-LISTEN:$port,reuseaddr /dev/null", "127.0.0.1"),
        Arguments.of(
            """
            python3 -c 'import asyncio, sys
            async def main():
                done = asyncio.Event()
                async def serve(reader, writer):
                    done.set()
                await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
                await done.wait()
            asyncio.run(main())' $port""",
            "127.0.0.1"));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void serversShowBothEnds(String server, String address) {
    Run run =
        Tcpw.shell(
            CLIENT
                + "$tcpw "
                + server
                + " >/dev/null & client "
                + address
                + " $port; echo $port; wait");
    String[] ports = run.stdout().split("\\s+");
    String text = address.contains(":") ? "[" + address + "]" : address;
    assertThat(run.socket().what())
        .isEqualTo(
            (address.contains(":") ? "AF_INET6 TCPv6 " : "AF_INET TCP ")
                + text
                + ":"
                + ports[1]
                + " <- "
                + text
                + ":"
                + ports[0]);
  }

  @Test
  void bothEndsInOneCommandPrintTwoLines() {
    List<SocketLine> lines =
        Tcpw.python(
                """
                import socket
                server = socket.create_server(("127.0.0.1", 0))
                client = socket.create_connection(server.getsockname())
                server.accept()
                """)
            .sockets();
    assertThat(lines).hasSize(2);
    SocketLine connect = lines.getFirst();
    SocketLine accept = lines.getLast();
    assertThat(connect.arrow()).isEqualTo("->");
    assertThat(accept.arrow()).isEqualTo("<-");
    assertThat(accept.local()).isEqualTo(connect.remote());
    assertThat(accept.remote()).isEqualTo(connect.local());
  }

  @Test
  void dualStackServerShowsTheMappedAddress() {
    SocketLine accept =
        Tcpw.python(
                """
                import socket
                server = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
                client = socket.create_connection(("127.0.0.1", server.getsockname()[1]))
                server.accept()
                """)
            .sockets()
            .getLast();
    assertThat(accept.what())
        .startsWith("AF_INET6 TCPv6 [::ffff:127.0.0.1]:")
        .contains(" <- [::ffff:127.0.0.1]:");
  }

  @Test
  void acceptThatFindsNothingPrintsNothing() {
    Run run =
        Tcpw.python(
            """
            import socket
            server = socket.create_server(("127.0.0.1", 0))
            server.setblocking(False)
            try:
                server.accept()
            except BlockingIOError:
                print("nothing")
            """);
    assertThat(run.stdout()).isEqualTo("nothing\n");
    run.showsNothing();
  }
}
