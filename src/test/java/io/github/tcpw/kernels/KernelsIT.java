// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.kernels;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The acceptance tests once more, on Debian's kernels in virtual machines (kernels/).
 *
 * <p>{@code -Dkernels=...} says which, with commas; {@code -Dguest.tests=...} which classes.
 */
class KernelsIT {
  private static final String TOO_OLD = "5.10";

  /** The kernel on which the engines are compared. */
  private static final String REFERENCE = "6.12";

  /** Where docs/kernels.md and docs/engines.md go on with what is made here. */
  private static final String TABLE = "<!-- made by ./test -Pkernels -->\n\n";

  private static final List<String> KERNELS =
      List.of(System.getProperty("kernels", "6.12").split(","));

  /** Whether these are all kernels, and their table is documented. */
  private static final boolean IS_COMPLETE = Boolean.getBoolean("kernels.document");

  /** What depends on the architecture; emulating another than the host's takes much longer. */
  private static final String CORE =
      "Accept|Connect|Datagram|IoUring|Protocols|Syscalls32|Targets|Udp|Unix";

  /**
   * Large trees, many connections and filters have been run on the host; they take longest. So have
   * lives, but where fexit is refused with the other engine alone.
   */
  private static String classes(String kernel, String engine) {
    String those = CORE;
    if (!kernel.matches(".*-(arm64|amd64)")) {
      if (IS_COMPLETE) {
        those = ".*";
      } else if (engine.equals("fexit")) {
        those = CORE + "|Lifecycle|Watch";
      }
    }
    return System.getProperty("guest.tests", "(" + those + ")IT");
  }

  @BeforeAll
  static void makeRoot() throws IOException, InterruptedException {
    Path directory = Files.createDirectories(GuestRun.DIRECTORY);
    Path log = directory.resolve("root.log");
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of("kernels/root", directory.toString(), System.getProperty("java.class.path")));
    command.addAll(KERNELS);
    Process build =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (build.waitFor() != 0) {
      fail("the guests' root could not be made: " + Files.readString(log));
    }
  }

  /** One guest more at once than there are processors: now and then one waits for time to pass. */
  static List<GuestCase> cases() throws Exception {
    List<Future<List<GuestCase>>> results = new ArrayList<>();
    try (ExecutorService guests =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors() + 1)) {
      for (String kernel : KERNELS.reversed()) { // those that take longest come last in the list
        if (kernel.equals(TOO_OLD)) {
          GuestRun run = new GuestRun(kernel, GuestRun.AUTO);
          results.add(guests.submit(() -> run.run("OldKernelIT", "")));
          continue;
        }
        // The host has run what does not depend on the kernel.
        String options = "--exclude-tag=user-space";
        for (String engine : engines(kernel)) {
          GuestRun run = new GuestRun(kernel, engine);
          results.add(guests.submit(() -> run.run(classes(kernel, engine), options)));
        }
      }
    }
    List<GuestCase> cases = new ArrayList<>();
    for (Future<List<GuestCase>> result : results.reversed()) {
      cases.addAll(result.get());
    }
    document(new Matrix(cases, IS_COMPLETE));
    return cases;
  }

  /** ptrace depends little on the kernel, and the host has run it. */
  private static List<String> engines(String kernel) {
    String asked = System.getProperty("guest.engines");
    if (asked != null) {
      return List.of(asked.split(","));
    }
    return IS_COMPLETE && kernel.startsWith(REFERENCE)
        ? List.of("ptrace", "syscall", "fexit")
        : List.of("syscall", "fexit");
  }

  /** Into the pages if these were all kernels, else beside the results. */
  private static void document(Matrix matrix) throws IOException {
    Files.writeString(
        GuestRun.DIRECTORY.resolve("table.md"), matrix.text() + "\n" + matrix.engines(REFERENCE));
    if (IS_COMPLETE) {
      write("docs/kernels.md", matrix.text());
      write("docs/engines.md", matrix.engines(REFERENCE));
    }
  }

  private static void write(String page, String table) throws IOException {
    String text = Files.readString(Path.of(page));
    int start = text.indexOf(TABLE) + TABLE.length();
    Files.writeString(Path.of(page), text.substring(0, start) + table);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void passes(GuestCase test) {
    if (test.failure() != null) {
      fail(test + ": " + test.failure() + "\nThe guest's console: " + test.run().console());
    }
    if (test.skipped() != null) {
      abort(test + ": " + test.skipped());
    }
  }
}
