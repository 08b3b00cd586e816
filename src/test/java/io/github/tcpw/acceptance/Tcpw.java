// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tcpw.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Runs the built tcpw as a process, as a user would. */
final class Tcpw {
  /** Where a run is stopped and the test fails: in an emulated machine everything is slow. */
  static final int TIMEOUT_SECONDS = 180;

  /** The executable of the checkout; {@code -Dtcpw=...} names another. */
  static final String EXECUTABLE =
      System.getProperty("tcpw", Path.of("tcpw").toAbsolutePath().toString());

  /** Whether this is one of the virtual machines of kernels/. */
  static final boolean IS_GUEST = Boolean.getBoolean("tcpw.guest");

  /**
   * PATH with the real python3 first. Where python3 is a shell script that finds the real one
   * (pyenv), that script's own sockets would be among those of the test.
   */
  static final String PATH =
      Path.of(Tool.run("python3", "-c", "import sys; print(sys.executable)").strip()).getParent()
          + ":"
          + System.getenv("PATH");

  private Tcpw() {}

  /** What the reason begins with why a test was left out by {@link #needsBpf}. */
  private static final String LIMIT_OF_PTRACE = "ptrace: ";

  /** Asked for once. */
  private static final class DefaultEngine {
    private static final Pattern SAID =
        Pattern.compile("tcpw: debug: engine (fexit|syscall|ptrace)\\b");
    static final String NAME =
        SAID.matcher(run("--debug", "true").stderr())
            .results()
            .map(said -> said.group(1))
            .reduce("", (first, last) -> last);
  }

  /** The engine that runs use which do not ask for one. */
  static String engine() {
    return DefaultEngine.NAME;
  }

  /** Whether it is the one that docs/engines.md says most differences of. */
  static boolean isPtrace() {
    return engine().equals("ptrace");
  }

  /**
   * Leaves out, with ptrace, a test of what that engine cannot do.
   *
   * @param limit why, as docs/engines.md has it
   */
  static void needsBpf(String limit) {
    assumeTrue(!isPtrace(), LIMIT_OF_PTRACE + limit);
  }

  /** {@code tcpw WORD...} */
  static Run run(String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addFirst(EXECUTABLE);
    return process(command);
  }

  /** {@code tcpw OPTION... python3 -c SCRIPT} */
  static Run python(List<String> options, String script) {
    List<String> command = new ArrayList<>(options);
    command.addFirst(EXECUTABLE);
    // Isolated, without site: that looks up the user's home, over a Unix socket (nscd).
    command.addAll(List.of("python3", "-IS", "-c", script));
    return process(command);
  }

  /** {@code tcpw python3 -c SCRIPT} */
  static Run python(String script) {
    return python(List.of(), script);
  }

  /** A shell script in which {@code $tcpw} is the executable; for what surrounds tcpw. */
  static Run shell(String script) {
    return process(List.of("bash", "-c", "tcpw='" + EXECUTABLE + "'\n" + script));
  }

  private static Run process(List<String> command) {
    try {
      Path directory = Files.createTempDirectory("tcpw-test");
      Path out = directory.resolve("stdout");
      Path err = directory.resolve("stderr");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().put("PATH", PATH);
      Process process = builder.start();
      boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      Run run =
          new Run(
              command,
              ended ? process.exitValue() : -1,
              Files.readString(out, StandardCharsets.ISO_8859_1),
              Files.readString(err, StandardCharsets.ISO_8859_1));
      Files.delete(out);
      Files.delete(err);
      Files.delete(directory);
      if (!ended) {
        throw new AssertionError("still running after " + TIMEOUT_SECONDS + " s: " + run);
      }
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
