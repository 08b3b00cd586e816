// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.tcpw.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The Debian package, installed on fresh roots of the releases that it is for. */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"bookworm", "trixie"})
class PackageIT {
  private static final Path DIST = Path.of("target/dist");
  private static final Path ROOT = Path.of("target/dist-root");
  private static final long MOST_INSTALLED = 60L * 1000 * 1000;

  @Parameter private String suite = "";

  @BeforeParameterizedClassInvocation
  static void install(String suite) throws IOException {
    assumeThat(DIST).as("packages are made by -Pdist").isDirectory();
    Tool.run("dist/root", suite, ROOT.toString());
    Path deb = only(".deb");
    Files.copy(deb, ROOT.resolve("tmp").resolve(deb.getFileName()));
    inRoot("ls -A /usr/bin /usr/lib /usr/share >/tmp/before; dpkg -i /tmp/" + deb.getFileName());
  }

  @AfterAll
  static void removeRoot() {
    Tool.run("rm", "-rf", ROOT.toString());
  }

  @Test
  void needsNoJava() {
    assertThat(inRoot("! command -v java && find / -xdev -name 'libjvm.so'"))
        .isEqualTo("/usr/lib/tcpw/lib/server/libjvm.so\n");
  }

  @Test
  void rootIsOfTheRelease() {
    assertThat(inRoot("cat /etc/os-release")).contains("VERSION_CODENAME=" + suite + "\n");
  }

  @Test
  void printsWhatIsConnectedAndAccepted() {
    assertThat(inRoot("tcpw python3 -c '" + LOOPBACK + "'"))
        .containsPattern(
            "comm=python3 af=AF_INET proto=TCP 127\\.0\\.0\\.1:\\d+ -> 127\\.0\\.0\\.1:")
        .containsPattern(
            "comm=python3 af=AF_INET proto=TCP 127\\.0\\.0\\.1:\\d+ <- 127\\.0\\.0\\.1:");
  }

  @Test
  void tracesByPtraceForWhoIsNotRoot() {
    assertThat(
            inRoot(
                "setpriv --reuid 65534 --regid 65534 --clear-groups tcpw python3 -c '"
                    + LOOPBACK
                    + "'"))
        .contains(" -> 127.0.0.1:")
        .contains(" <- 127.0.0.1:");
  }

  @Test
  void printsDatagramsAndUnixSockets() {
    assertThat(
            inRoot(
                "tcpw -UX python3 -c 'import socket as s;"
                    + "s.socket(s.AF_INET, s.SOCK_DGRAM).connect((\"127.0.0.1\", 9));"
                    + "s.socket(s.AF_UNIX).connect_ex(\"/run/none.sock\")'"))
        .contains("proto=UDP 127.0.0.1:")
        .contains("path=/run/none.sock error=ENOENT");
  }

  @Test
  void exitStatusTellsWhatFailed() {
    assertThat(inRoot("tcpw --nonsense; echo $?; tcpw /etc/passwd; echo $?; tcpw none; echo $?"))
        .contains("\n125\n")
        .contains("\n126\n")
        .contains("\n127\n");
  }

  /** Its place is another than that of the image it was made with. */
  @Test
  void startsFromItsCache() {
    assertThat(inRoot("tcpw sh -c 'grep -c /usr/lib/tcpw/lib/tcpw.aot /proc/$PPID/maps'"))
        .isEqualTo("1\n");
  }

  @Test
  void bringsManPageAndCompletions() {
    // The least Debian has configures dpkg to leave neither out.
    assertThat(
            inRoot(
                "man -w tcpw; cd /usr/share; ls bash-completion/completions/tcpw"
                    + " zsh/vendor-completions/_tcpw fish/vendor_completions.d/tcpw.fish"
                    + " doc/tcpw/copyright doc/tcpw/changelog.gz"))
        .contains("/usr/share/man/man1/tcpw.1.gz")
        .doesNotContain("No such file");
  }

  @Test
  void takesAtMost60Megabytes() {
    assertThat(Long.parseLong(inRoot("du -s -B1 /usr/lib/tcpw | cut -f1").strip()))
        .isLessThan(MOST_INSTALLED);
  }

  @Test
  void leavesNothingWhenRemoved() {
    Path deb = only(".deb");
    assertThat(
            inRoot(
                "dpkg -P tcpw >/tmp/log; find / -xdev -path /proc -prune -o -name '*tcpw*' -print |"
                    + " grep -v ^/tmp/; ls -A /usr/bin /usr/lib /usr/share | diff /tmp/before - ;"
                    + " dpkg -i /tmp/"
                    + deb.getFileName()
                    + " >/tmp/log"))
        .isEmpty();
  }

  @Test
  void checksumsAreThoseOfTheFiles() {
    assertThat(Tool.run("sh", "-c", "cd " + DIST + " && sha256sum -c SHA256SUMS")).contains("OK");
  }

  private static final String LOOPBACK =
      "import socket as s; l = s.socket(); l.bind((\"127.0.0.1\", 0)); l.listen();"
          + " c = s.create_connection(l.getsockname()); l.accept()";

  /** What a shell there prints, with its own /proc and the host's /sys and /dev. */
  private static String inRoot(String script) {
    return Tool.run(
        "unshare",
        "--mount",
        "sh",
        "-euc",
        """
        mount -t proc proc "$0/proc"
        mount --rbind /sys "$0/sys"
        mount --rbind /dev "$0/dev"
        exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C sh -c "$1"
        """,
        ROOT.toString(),
        script);
  }

  private static Path only(String suffix) {
    try (Stream<Path> files = Files.list(DIST)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(suffix)).toList();
      assertThat(found).as("%s in %s", suffix, DIST).hasSize(1);
      return found.getFirst();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
