// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.linux.Descriptor;
import io.github.tcpw.linux.Errno;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineWriterTest {
  @TempDir private Path directory;

  @Test
  void linesAreWrittenAtOnceAndInOrder() throws Exception {
    Path file = directory.resolve("lines");
    try (Descriptor descriptor = Descriptor.append(file.toString())) {
      LineWriter lines = new LineWriter(descriptor);
      lines.write(bytes("one\n"));
      assertThat(file).hasContent("one\n");
      lines.write(bytes("two\n"));
      assertThat(file).hasContent("one\ntwo\n");
      assertThat(lines.unwritten()).isZero();
      assertThat(lines.failure()).isNull();
    }
  }

  @Test
  void longLineIsWrittenWhole() throws Exception {
    Path file = directory.resolve("lines");
    String line = "x".repeat(100_000) + "\n";
    try (Descriptor descriptor = Descriptor.append(file.toString())) {
      new LineWriter(descriptor).write(bytes(line));
    }
    assertThat(Files.readString(file)).isEqualTo(line);
  }

  @Test
  void linesThatTheFileDoesNotTakeAreCounted() throws Exception {
    try (Descriptor full = Descriptor.append("/dev/full")) {
      LineWriter lines = new LineWriter(full);
      lines.write(bytes("one\n"));
      lines.write(bytes("two\n"));
      assertThat(lines.unwritten()).isEqualTo(2);
      assertThat(requireNonNull(lines.failure()).errno()).isEqualTo(Errno.ENOSPC);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
