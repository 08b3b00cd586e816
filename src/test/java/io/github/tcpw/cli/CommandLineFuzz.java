// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;

/** For Jazzer (build/fuzz): any words are understood, or refused in one harmless line. */
public final class CommandLineFuzz {
  private CommandLineFuzz() {}

  /** The words, each ended by a NUL as in /proc/PID/cmdline. */
  public static void fuzzerTestOneInput(byte[] input) {
    String[] words = new String(input, StandardCharsets.ISO_8859_1).split("\0", 0);
    try {
      CommandLineParser.parse(words);
    } catch (UsageException e) {
      assertThat(e.getMessage()).matches("[^\\p{C}]+");
    }
  }
}
