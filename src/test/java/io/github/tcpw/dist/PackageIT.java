// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.tcpw.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

  /** Runs a script as nobody; the executable has what BPF needs (setcap). */
  private static String withFileCapabilities(String script) {
    Path program = Path.of("target/test-programs/inherited");
    try {
      Files.copy(program, ROOT.resolve("tmp/inherited"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return inRoot(
        "setcap cap_bpf,cap_perfmon+ep /usr/lib/tcpw/bin/tcpw\n"
            + "setpriv --reuid 65534 --regid 65534 --clear-groups sh -c '"
            + script.replace("'", "'\\''")
            + "' 2>&1\n"
            + "setcap -r /usr/lib/tcpw/bin/tcpw");
  }

  @Test
  void withFileCapabilitiesAnybodyTracesByBpf() {
    assertThat(withFileCapabilities("tcpw --debug python3 -c '" + LOOPBACK + "'"))
        .containsPattern("debug: engine (fexit|syscall)")
        .contains(" -> 127.0.0.1:")
        .contains(" <- 127.0.0.1:");
  }

  @Test
  void theCommandHasNothingOfTheFilesCapabilities() {
    assertThat(
            withFileCapabilities(
                """
                cd /tmp
                show() { env -i A=1 A=2 LD_PRELOAD= LD_LIBRARY_PATH=/x TMPDIR=/y GCONV_PATH=/z \
                  MALLOC_TRACE=/m GLIBC_TUNABLES=a=b = LAST= "$@" /tmp/inherited show /tmp/report; }
                show && mv report without
                show tcpw && diff without report && grep -c LD_LIBRARY_PATH=/x report
                rm -f without report
                """))
        .isEqualTo("1\n");
  }

  @Test
  void fileCapabilitiesAreForOnesOwnCommandsAlone() {
    String refusal =
        "tcpw: the capabilities of this file (setcap) are for tracing commands of one's own;"
            + " for --pid and --all use root: sudo tcpw ...\n";
    assertThat(withFileCapabilities("tcpw -a; echo $?; tcpw -p 1; echo $?"))
        .isEqualTo(refusal + "125\n" + refusal + "125\n");
  }

  @Test
  void nobodyLooksIntoATcpwWithFileCapabilities() {
    assertThat(
            withFileCapabilities(
                    "tcpw sh -c 'ls /proc/$PPID/fd || cat /proc/$PPID/environ' || true")
                .replaceAll("/proc/\\d+/", "/proc/PID/"))
        .isEqualTo(
            """
            ls: cannot open directory '/proc/PID/fd': Permission denied
            cat: /proc/PID/environ: Permission denied
            """);
  }

  /** Else it would have the image there, and whatever is put in its place, run with privilege. */
  @Test
  void aHardLinkToAFileWithCapabilitiesRunsNothing() {
    inRoot(
        "mkdir -p /srv/link/bin; chmod 777 /srv/link; ln -f /usr/lib/tcpw/bin/tcpw /srv/link/bin/tcpw;"
            + " ln -sfn /usr/lib/tcpw/lib /srv/link/lib");
    try {
      assertThat(withFileCapabilities("/srv/link/bin/tcpw echo ran; echo $?"))
          .isEqualTo(
              "tcpw: others than root may change /srv/link; a file with capabilities does not"
                  + " belong there\n125\n");
    } finally {
      inRoot("rm -r /srv/link");
    }
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
    assertThat(inRoot("tcpw sh -c 'grep -o -m 1 /usr/lib/tcpw/lib/tcpw.aot /proc/$PPID/maps'"))
        .isEqualTo("/usr/lib/tcpw/lib/tcpw.aot\n");
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
