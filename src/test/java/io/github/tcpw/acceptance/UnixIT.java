// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unix domain sockets, shown with -X alone. */
class UnixIT {
  @TempDir private Path directory;

  /** Also to a tcpw that is another user. */
  @BeforeEach
  void openDirectory() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

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

  @ParameterizedTest
  @ValueSource(strings = {"SOCK_STREAM", "SOCK_SEQPACKET", "SOCK_DGRAM"})
  void socketPairsPrintNothing(String type) {
    String script =
        """
        import os, socket
        a, b = socket.socketpair(socket.AF_UNIX, socket.%s)
        a.send(b"x")
        b.recv(1)
        os.write(b.fileno(), b"y")
        os.read(a.fileno(), 1)
        """
            .formatted(type);
    Tcpw.python(List.of("-X"), script).exitsWith(0).showsNothing();
    Tcpw.python(List.of("-X", "-l"), script).exitsWith(0).showsNothing();
  }

  @ParameterizedTest
  @CsvSource({"SOCK_STREAM, UNIX-STREAM", "SOCK_SEQPACKET, UNIX-SEQPACKET"})
  void eachProcessSeesTheOtherAsItsPeer(String type, String proto) {
    Path path = directory.resolve("peer.sock");
    Run run =
        Tcpw.python(
            List.of("-X", "-l"),
            """
            import os, socket
            server = socket.socket(socket.AF_UNIX, socket.%s)
            server.bind("%s")
            server.listen(3)
            child = os.fork()
            if child == 0:
                open("/proc/self/comm", "w").write("the client")
                client = socket.socket(socket.AF_UNIX, server.type)
                client.connect(server.getsockname())
                client.send(b"x")
                client.recv(1)
                os._exit(0)
            accepted = server.accept()[0]
            accepted.recv(1)
            accepted.send(b"y")
            print(os.getpid(), child)
            """
                .formatted(type, path));
    String[] pids = run.stdout().split("\\s+");
    String what = "AF_UNIX " + proto + " path=" + path;
    assertThat(run.sockets())
        .as("%s", run)
        .extracting(line -> line.pid() + " " + line.event() + " " + line.what() + line.peer())
        .containsExactlyInAnyOrder(
            pids[0] + " listen " + what,
            pids[1] + " connect " + what + pids[0] + "/python3",
            pids[0] + " accept " + what + pids[1] + "/the\\x20client");
    assertThat(run.sockets().getFirst().get("backlog")).isEqualTo("3");
    assertThat(run.otherLines()).isEmpty();
  }

  /** A process that is not traced connects to a server and passes that socket on (unix(7)). */
  @ParameterizedTest
  @ValueSource(strings = {"", "-l"})
  void aPassedOnSocketIsFoundWhenItIsFirstUsedWithL(String options) {
    if (!options.isEmpty()) {
      Tcpw.needsBpf("reading and writing does not stop, and so no sockets are found");
    }
    Run run =
        Tcpw.shell(
            """
            path=%s
            python3 -IS -c '
            import os, socket, sys
            passing = socket.socket(socket.AF_UNIX)
            passing.bind(sys.argv[1] + ".new")
            os.chmod(sys.argv[1] + ".new", 0o777)
            passing.listen()
            server = socket.create_server(("127.0.0.1", 0))
            client = socket.create_connection(server.getsockname())
            accepted = server.accept()[0]
            print(client.getsockname()[1], server.getsockname()[1], flush=True)
            os.rename(sys.argv[1] + ".new", sys.argv[1])
            receiver = passing.accept()[0]
            socket.send_fds(receiver, [b"x"], [client.fileno()])
            client.close()
            while accepted.recv(100): pass' $path &
            while [ ! -S $path ]; do sleep 0.05; done
            $tcpw %s python3 -IS -c '
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.connect(sys.argv[1])
            _, fds, _, _ = socket.recv_fds(s, 1, 1)
            passed = socket.socket(fileno=fds[0])
            passed.send(b"123")
            passed.send(b"4")
            passed.shutdown(socket.SHUT_WR)
            passed.recv(1)' $path
            wait
            """
                .formatted(directory.resolve("pass.sock"), options));
    run.exitsWith(0);
    if (options.isEmpty()) {
      run.showsNothing();
      return;
    }
    String[] ports = run.stdout().split("\\s+");
    String what = "AF_INET TCP 127.0.0.1:%s -- 127.0.0.1:%s".formatted(ports[0], ports[1]);
    assertThat(run.sockets())
        .as("%s", run)
        .extracting(line -> line.event() + " " + line.what())
        .containsExactly("found " + what, "close " + what);
    assertThat(run.sockets().getFirst().get("state")).isEqualTo("ESTABLISHED");
    assertThat(run.sockets().getLast().end()).isEqualTo("fin-by-us 4/0");
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

  /** As syslog's and sd_notify's clients do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s.sendto(b'1', name); s.sendto(b'2', name)",
        "s.sendmsg([b'1'], [], 0, name)",
      })
  void datagramsWithoutConnectShowWhereTheFirstWent(String send) {
    Run run =
        Tcpw.python(
            List.of("-X"),
            """
            import socket
            name = b"\\0tcpw datagram"
            server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            server.bind(name)
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            %s
            server.recv(9)
            """
                .formatted(send));
    assertThat(run.sockets().stream().map(SocketLine::what))
        .as("%s", run)
        .hasSize(2)
        .containsOnly("AF_UNIX UNIX-DGRAM path=@tcpw\\x20datagram");
  }
}
