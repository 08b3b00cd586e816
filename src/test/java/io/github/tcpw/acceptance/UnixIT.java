// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unix domain sockets, shown with -X alone. */
class UnixIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "SOCK_STREAM, UNIX-STREAM, 2",
    "SOCK_SEQPACKET, UNIX-SEQPACKET, 2",
    "SOCK_DGRAM, UNIX-DGRAM, 1",
  })
  void bothEndsShowThePathThatIsListenedOn(String type, String proto, int lines) {
    Path path = directory.resolve("s.sock");
    Run run =
        Tcpw.python(
            List.of("-X"),
            """
            import socket
            server = socket.socket(socket.AF_UNIX, socket.%s)
            server.bind("%s")
            if server.type != socket.SOCK_DGRAM: server.listen()
            client = socket.socket(socket.AF_UNIX, server.type)
            client.connect(server.getsockname())
            if server.type != socket.SOCK_DGRAM: server.accept()
            """
                .formatted(type, path));
    assertThat(run.sockets().stream().map(SocketLine::what))
        .as("%s", run)
        .hasSize(lines)
        .containsOnly("AF_UNIX " + proto + " path=" + path);
  }

  @Test
  void abstractNamesBeginWithAnAtSign() {
    Run run =
        Tcpw.python(
            List.of("-X"),
            """
            import socket
            server = socket.socket(socket.AF_UNIX)
            server.bind(b"\\0tcpw test\\0\\xff")
            server.listen()
            client = socket.socket(socket.AF_UNIX)
            client.connect(server.getsockname())
            server.accept()
            """);
    assertThat(run.sockets().stream().map(SocketLine::what))
        .as("%s", run)
        .hasSize(2)
        .containsOnly("AF_UNIX UNIX-STREAM path=@tcpw\\x20test\\x00\\xff");
  }

  @Test
  void socatShowsWhereItConnectsAndListens() throws IOException {
    Path path = directory.resolve("socat.sock");
    Run run =
        Tcpw.shell(
            """
            path=%s
            $tcpw -X -o %s/server socat -u UNIX-LISTEN:$path /dev/null & \
            while [ ! -S $path ]; do sleep 0.05; done
            $tcpw -X socat -u /dev/null UNIX-CONNECT:$path
            wait
            cat %s/server >&2
            """
                .formatted(path, directory, directory));
    assertThat(run.sockets().stream().map(SocketLine::what))
        .as("%s", run)
        .hasSize(2)
        .containsOnly("AF_UNIX UNIX-STREAM path=" + path);
  }

  @Test
  void socatShowsAbstractNames() {
    String name = "tcpw-test-" + ProcessHandle.current().pid();
    Run run =
        Tcpw.shell(
            """
            socat -u ABSTRACT-LISTEN:%1$s /dev/null &
            while ! grep -q @%1$s /proc/net/unix; do sleep 0.05; done
            $tcpw -X socat -u /dev/null ABSTRACT-CONNECT:%1$s
            wait
            """
                .formatted(name));
    assertThat(run.socket().what()).isEqualTo("AF_UNIX UNIX-STREAM path=@" + name);
  }

  @Test
  void aPathThatIsNotThereIsAFailedConnect() {
    Run run = Tcpw.run("-X", "socat", "-u", "/dev/null", "UNIX-CONNECT:" + directory + "/none");
    assertThat(run.socket().what())
        .isEqualTo("AF_UNIX UNIX-STREAM path=" + directory + "/none error=ENOENT");
  }

  /** On Debian curl asks the name service cache daemon first, over a Unix socket. */
  @Test
  void unixSocketsAreNotShownUnlessAskedFor() {
    String script =
        """
        import socket
        for _ in range(4):
            socket.socket(socket.AF_UNIX).connect_ex("/run/nscd/none")
        """;
    Tcpw.python(script).exitsWith(0).showsNothing();
    assertThat(Tcpw.python(List.of("--unix"), script).sockets()).hasSize(4);
  }

  @Test
  void socketPairsPrintNothing() {
    Run run = Tcpw.python(List.of("-X"), "import socket\nsocket.socketpair()");
    run.showsNothing();
  }

  @Test
  void hostilePathsAndNamesNeverReachTheTerminalRaw() {
    Run run =
        Tcpw.python(
            List.of("-X"),
            """
            import ctypes, socket
            ctypes.CDLL(None).prctl(15, b"\\x1b]0;x\\x07\\xc3\\xa9 y\\n")  # PR_SET_NAME
            socket.socket(socket.AF_UNIX).connect_ex(
                b"/tmp/\\x1b[2J\\r\\n2026/11/23 00:00:00 tcpw: forged\\x9b\\xc2\\x9b\\xe2\\x80\\xae")
            """);
    SocketLine line = run.socket();
    assertThat(line.comm()).isEqualTo("\\x1b]0;x\\x07\u00c3\u00a9\\x20y\\x0a");
    assertThat(line.path())
        .isEqualTo(
            "/tmp/\\x1b[2J\\x0d\\x0a2026/11/23\\x2000:00:00\\x20tcpw:\\x20forged"
                + "\\x9b\\xc2\\x9b\\xe2\\x80\\xae");
    assertThat(run.otherLines()).isEmpty();
  }

  @Test
  void aFileNamedLikeAnAbstractSocketIsToldApart() {
    Run run =
        Tcpw.python(
            List.of("-X"), "import socket\nsocket.socket(socket.AF_UNIX).connect_ex('@file')");
    assertThat(run.socket().path()).isEqualTo("\\x40file");
  }
}
