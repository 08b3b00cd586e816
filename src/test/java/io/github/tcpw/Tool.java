// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs the build's own tools (clang, man) in the project's directory. */
public final class Tool {
  private Tool() {}

  /** What the tool printed, stderr included; fails the test if the tool failed. */
  public static String run(String... words) {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(process.waitFor()).as("%s\n%s", String.join(" ", words), output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Compiles C for the BPF machine, with its type information. */
  public static void compileBpf(String source, String object, String... options) {
    List<String> words =
        new ArrayList<>(List.of("clang", "-O2", "-g", "-target", "bpf", "-Wall", "-Werror"));
    words.addAll(List.of(options));
    words.addAll(List.of("-c", source, "-o", object));
    run(words.toArray(String[]::new));
  }
}
