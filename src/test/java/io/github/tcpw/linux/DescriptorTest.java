// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorTest {
  private static final byte[] LINE = "line\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path directory;

  @Test
  void newFileIsItsOwnersAlone() throws Exception {
    Path file = directory.resolve("log");
    Descriptor.append(file.toString()).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void existingFileIsAppendedToAndKeepsItsMode() throws Exception {
    Path file = Files.writeString(directory.resolve("log"), "before\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (Descriptor descriptor = Descriptor.append(file.toString())) {
      descriptor.write(LINE);
    }
    assertThat(file).hasContent("before\nline\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
  }

  @Test
  void fileThatCannotBeOpenedSaysWhy() {
    assertThatExceptionOfType(SystemCallException.class)
        .isThrownBy(() -> Descriptor.append(directory.resolve("no/log").toString()))
        .satisfies(failure -> assertThat(failure.errno()).isEqualTo(Errno.ENOENT));
  }

  @Test
  void directoryHasADescriptor() throws Exception {
    int fd = Descriptor.directory(directory.toString());
    try {
      assertThat(Path.of("/proc/self/fd/" + fd).toRealPath()).isEqualTo(directory.toRealPath());
    } finally {
      new Descriptor(fd).close();
    }
  }

  @Test
  void whatIsNoDirectorySaysWhy() throws Exception {
    Path file = Files.createFile(directory.resolve("log"));
    assertThatExceptionOfType(SystemCallException.class)
        .isThrownBy(() -> Descriptor.directory(file.toString()))
        .withMessage("opendir: Not a directory");
    assertThatExceptionOfType(SystemCallException.class)
        .isThrownBy(() -> Descriptor.directory(directory.resolve("no").toString()))
        .satisfies(failure -> assertThat(failure.errno()).isEqualTo(Errno.ENOENT));
  }

  @Test
  void fileIsNoTerminal() throws Exception {
    try (Descriptor file = Descriptor.append(directory.resolve("log").toString())) {
      assertThat(file.isTerminal()).isFalse();
      assertThat(file.width()).isEqualTo(Terminal.DEFAULT_WIDTH);
    }
  }
}
