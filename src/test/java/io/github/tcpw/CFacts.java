// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Sizes, offsets and constants as the C compiler has them (src/test/c/facts.c). */
public final class CFacts {
  private static final Map<String, Long> FACTS = ask();

  private CFacts() {}

  /** The value of a C expression, which must be one that facts.c prints. */
  public static long c(String expression) {
    return Objects.requireNonNull(FACTS.get(expression), () -> "not in facts.c: " + expression);
  }

  private static Map<String, Long> ask() {
    try {
      Path program = Files.createTempFile("facts", "");
      try {
        Tool.run(
            "clang", "-Wall", "-Wextra", "-Werror", "src/test/c/facts.c", "-o", program.toString());
        Map<String, Long> facts = new HashMap<>();
        for (String line : Tool.run(program.toString()).lines().toList()) {
          int equals = line.lastIndexOf('=');
          facts.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
        }
        return facts;
      } finally {
        Files.delete(program);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
