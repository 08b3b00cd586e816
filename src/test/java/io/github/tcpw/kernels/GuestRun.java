// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.kernels;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The acceptance tests in a virtual machine: one kernel, one engine. */
record GuestRun(String kernel, String engine) {
  /** Of kernels that have no engine. */
  static final String AUTO = "auto";

  /** Nothing takes longer; a guest that hangs is ended. */
  private static final int TIMEOUT_MINUTES = 45;

  /** Where the guests' root, their results and their consoles are. */
  static final Path DIRECTORY = Path.of("target/kernels");

  @Override
  public String toString() {
    return kernel + " " + engine;
  }

  /** Whether the kernel is new enough for anything to be traced. */
  boolean tracesAnything() {
    return !engine.equals(AUTO);
  }

  /**
   * The kernel's own name, as uname(2) has it; the one that it was asked for by, if it is unknown.
   */
  String release() {
    try {
      return Files.readString(results().resolve("release")).strip();
    } catch (IOException unknown) {
      return kernel;
    }
  }

  /** The directory of what the guest brought back. */
  private Path results() {
    return DIRECTORY.resolve(kernel + "-" + engine);
  }

  /** What the guest's console showed. */
  Path console() {
    return DIRECTORY.resolve(kernel + "-" + engine + ".console");
  }

  /**
   * Boots the guest and runs the tests.
   *
   * @param classes regular expression of their classes' names
   * @param options more of JUnit's console launcher
   * @return all results; one that failed, if there are none
   */
  List<GuestCase> run(String classes, String options) throws IOException, InterruptedException {
    Path command = DIRECTORY.resolve(kernel + "-" + engine + ".sh");
    Path results = DIRECTORY.resolve(kernel + "-" + engine + ".tar");
    Files.writeString(command, script(classes, options));
    Files.deleteIfExists(results);
    Process boot =
        new ProcessBuilder(
                "kernels/boot",
                kernel,
                DIRECTORY.toString(),
                command.toString(),
                results.toString())
            .redirectOutput(console().toFile())
            .redirectErrorStream(true)
            .start();
    boolean ended = boot.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      boot.descendants().forEach(ProcessHandle::destroyForcibly);
      boot.destroyForcibly();
    }
    List<GuestCase> cases = Files.exists(results) ? unpack(results) : List.of();
    if (cases.isEmpty() || !ended) {
      return List.of(
          new GuestCase(
              this,
              "boot",
              "",
              ended ? "the guest brought no results" : "still running: " + TIMEOUT_MINUTES + " min",
              null));
    }
    return cases;
  }

  private String script(String classes, String options) {
    return """
        mkdir /run/reports
        uname -r >/run/reports/release
        /opt/java/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m \\
          --enable-native-access=ALL-UNNAMED \\
          -Dtcpw=/work/target/test-programs/tcpw-%s -Dtcpw.guest=true \\
          -cp "/work/tests/classes:/work/tests/lib/*" org.junit.platform.console.ConsoleLauncher \\
          execute --disable-banner --details=testfeed --disable-ansi-colors \\
          --select-package=io.github.tcpw.acceptance --include-classname='.*\\.(%s)' %s \\
          --reports-dir=/run/reports || true
        tar -C /run/reports -c . >/results
        """
        .formatted(engine, classes, options);
  }

  private List<GuestCase> unpack(Path archive) throws IOException, InterruptedException {
    Path reports = Files.createDirectories(results());
    Process tar =
        new ProcessBuilder("tar", "-C", reports.toString(), "-xf", archive.toString())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
    if (tar.waitFor() != 0) {
      return List.of();
    }
    List<GuestCase> cases = new ArrayList<>();
    try (Stream<Path> files = Files.list(reports)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".xml")).sorted().toList()) {
        addCases(cases, file);
      }
    }
    return cases;
  }

  private void addCases(List<GuestCase> cases, Path report) throws IOException {
    Document document;
    try {
      document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
    } catch (Exception e) {
      throw new IOException("no report of JUnit's: " + report, e);
    }
    NodeList elements = document.getElementsByTagName("testcase");
    for (int i = 0; i < elements.getLength(); i++) {
      Element element = (Element) elements.item(i);
      String failure = text(element, "failure");
      String className = element.getAttribute("classname");
      cases.add(
          new GuestCase(
              this,
              className.substring(className.lastIndexOf('.') + 1),
              element.getAttribute("name"),
              failure != null ? failure : text(element, "error"),
              text(element, "skipped")));
    }
  }

  private static @Nullable String text(Element testcase, String child) {
    NodeList children = testcase.getElementsByTagName(child);
    return children.getLength() == 0 ? null : children.item(0).getTextContent();
  }
}
