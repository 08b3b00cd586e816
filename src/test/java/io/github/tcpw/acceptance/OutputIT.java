// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where the lines go, and what happens when they cannot. */
@Tag("user-space")
class OutputIT {
  /** A command that makes N connections to itself: 2 N lines. */
  private static String connections(int count) {
    return """
    python3 -c 'import socket
    server = socket.create_server(("127.0.0.1", 0))
    for _ in range(%d):
        with socket.create_connection(server.getsockname()): server.accept()[0].close()
    print("done")
    raise SystemExit(3)'
    """
        .formatted(count);
  }

  @Test
  void linesBeginWithTheLocalTime() {
    Run run =
        Tcpw.shell(
            "export TZ=Asia/Kolkata; date '+%Y/%m/%d %H:%M'; $tcpw "
                + connections(1)
                + "date '+%Y/%m/%d %H:%M'");
    String[] times = run.stdout().split("\ndone\n");
    assertThat(run.stderr().substring(0, 16)).isBetween(times[0], times[1].strip());
  }

  @Test
  void outputGoesToAFileThatIsAppendedToAndPrivate() {
    Run run =
        Tcpw.shell(
            "umask 0; f=$(mktemp -u); $tcpw -o $f "
                + connections(1)
                + "$tcpw --output=$f "
                + connections(1)
                + "stat -c %a $f; cat $f >&2; rm $f");
    assertThat(run.stdout()).isEqualTo("done\ndone\n600\n");
    assertThat(run.sockets()).hasSize(4);
  }

  @Test
  void anExistingOutputFileKeepsItsMode() {
    Run run = Tcpw.shell("f=$(mktemp); chmod 644 $f; $tcpw -o $f true; stat -c %a $f; rm $f");
    assertThat(run.stdout()).isEqualTo("644\n");
  }

  @Test
  void aFileThatCannotBeWrittenIsSaidBeforeTheCommandRuns() {
    Run run = Tcpw.run("-o", "/no/such/directory/x", "echo", "ran").exitsWith(125);
    assertThat(run.stdout()).isEmpty();
    assertThat(run.stderr())
        .isEqualTo("tcpw: cannot write to /no/such/directory/x: No such file or directory\n");
  }

  @Test
  void aFullDiskIsSaidAndTheCommandGoesOn() {
    Run run = Tcpw.shell("$tcpw -o /dev/full " + connections(3)).exitsWith(3);
    assertThat(run.stdout()).isEqualTo("done\n");
    assertThat(run.stderr()).isEqualTo("tcpw: 6 lines not written: No space left on device\n");
  }

  @Test
  void aClosedPipeLeavesTheCommandAlone() {
    Run run =
        Tcpw.shell(
            "exec 4>&1; { $tcpw "
                + connections(200).replace("raise", "time = None; raise").strip()
                + " >&4; echo $? >&4; } 2>&1 | head -n 1 >/dev/null");
    assertThat(run.stdout()).isEqualTo("done\n3\n");
  }

  @Test
  void aClosedStderrLeavesTheCommandAlone() {
    Run run = Tcpw.shell("$tcpw " + connections(3).strip() + " 2>&-").exitsWith(3);
    assertThat(run.stdout()).isEqualTo("done\n");
  }

  @Test
  void aSlowReaderGetsEveryLine() {
    Run run =
        Tcpw.shell(
            "{ $tcpw "
                + connections(500).strip()
                + "; } 2>&1 >/dev/null"
                + " | { sleep 0.5; cat; } >&2");
    assertThat(run.sockets()).hasSize(1000);
    assertThat(run.otherLines()).isEmpty();
  }
}
