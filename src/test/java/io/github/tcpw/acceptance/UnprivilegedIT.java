// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who has no privilege gets the same lines as root does, of programs that people use. */
@Tag("user-space") // the guests have neither all of these programs nor other users
class UnprivilegedIT {
  private static final String AS_NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

  private HttpPeer peer;

  @BeforeEach
  void startPeer() {
    peer = new HttpPeer("127.0.0.1");
  }

  @AfterEach
  void stopPeer() {
    peer.close();
  }

  private String port() {
    return Integer.toString(peer.port());
  }

  /** Runs a script as both. */
  private Run getsTheSameLines(String script) {
    Run asRoot = Tcpw.shell("cd /\n" + script).exitsWith(0);
    Run asNobody =
        Tcpw.shell("cd /\n" + script.replace("$tcpw", AS_NOBODY + "$tcpw --engine ptrace"))
            .exitsWith(0);
    assertThat(asRoot.sockets()).as("%s", asRoot).isNotEmpty();
    assertThat(lines(asNobody))
        .as("%s", asNobody)
        .containsExactlyInAnyOrderElementsOf(lines(asRoot));
    assertThat(asNobody.otherLines()).containsExactlyElementsOf(asRoot.otherLines());
    assertThat(asNobody.stdout()).isEqualTo(asRoot.stdout());
    return asNobody;
  }

  /** What is not by chance: not the ports that the kernel chose, and of two processes no order. */
  private List<String> lines(Run run) {
    return run.sockets().stream()
        .map(line -> line.comm() + " " + line.event() + " " + line.what())
        .map(line -> line.replaceAll(":(?!" + peer.port() + "\\b)\\d+(?= |$)", ":*"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          curl    | curl -s http://127.0.0.1:$port/ http://localhost:$port/
          nc      | nc -N 127.0.0.1 $port </dev/null
          socat   | socat -u /dev/null TCP4:127.0.0.1:$port
          python3 | python3 -IS -c 'import urllib.request as r; r.urlopen("http://127.0.0.1:$port/")'
          bash    | bash -c 'exec 3<>/dev/tcp/127.0.0.1/$port; cat <&3'
          """)
  void aClient(String comm, String command) {
    Run run = getsTheSameLines("$tcpw " + command.replace("$port", port()));
    assertThat(run.sockets()).allMatch(line -> line.comm().equals(comm));
  }

  /** Which is threads, and non-blocking connects. */
  @Test
  void aJavaVirtualMachine() {
    getsTheSameLines(
        """
        d=$(mktemp -d); chmod 755 $d
        cat >$d/Client.java <<'END'
        import java.net.*;
        import java.net.http.*;
        void main() throws Exception {
          URI uri = URI.create("http://127.0.0.1:$port/");
          IO.print(HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
              .body());
          new Socket("127.0.0.1", $port).close();
        }
        END
        $tcpw java_home/bin/java $d/Client.java
        rm -r $d
        """
            .replace("$port", port())
            .replace("java_home", System.getProperty("java.home")));
  }

  /** Which forks for each client; and what its client, and those processes' programs, do. */
  @Test
  void aGitDaemonAndItsClone() {
    Run run =
        getsTheSameLines(
            """
            d=$(mktemp -d); chmod 777 $d
            cat >$d/script <<'END'
            set -e
            cd $1
            export HOME=$1 GIT_CONFIG_NOSYSTEM=1
            git init -q served
            git -C served -c user.name=n -c user.email=e commit -q --allow-empty -m first
            free='import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
            print(s.getsockname()[1])'
            port=$(python3 -IS -c "$free")
            git daemon --export-all --base-path=$1 --listen=127.0.0.1 --port=$port &
            until grep -q "0100007F:$(printf %04X $port) 00000000:0000 0A" /proc/net/tcp; do
              sleep 0.05
            done
            git clone -q git://127.0.0.1:$port/served cloned
            git -C cloned log --format=%s
            kill $!
            wait
            END
            $tcpw bash $d/script $d
            rm -r $d
            """);
    assertThat(run.stdout()).isEqualTo("first\n");
    assertThat(run.sockets()).extracting(SocketLine::arrow).contains("->", "<-");
  }
}
