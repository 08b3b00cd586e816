// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.BpfProgram;
import io.github.tcpw.linux.Descriptor;
import io.github.tcpw.linux.SystemCallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The highest cgroup of version 2 that this process sees (cgroups(7)); all that runs on the
 * machine, or in the container, is in it.
 */
final class Cgroup {
  private static final int CAP_NET_ADMIN = 12; // capabilities(7)
  private static final String TYPE = "cgroup2";

  private final int fd;

  private Cgroup(int fd) {
    this.fd = fd;
  }

  /**
   * Opens it.
   *
   * @return null if there is none, or programs may not be attached to it
   * @throws BpfException if it cannot be opened
   */
  static @Nullable Cgroup open() throws BpfException {
    if ((KernelFacts.read().capabilities() >>> CAP_NET_ADMIN & 1) == 0) {
      return null;
    }
    @Nullable String directory = mountPoint();
    if (directory == null) {
      return null;
    }
    try {
      return new Cgroup(Descriptor.directory(directory));
    } catch (SystemCallException e) {
      throw new BpfException("open the cgroup " + directory, e.errno());
    }
  }

  /** Attaches a program, until the process ends. */
  void attach(BpfProgram program) throws BpfException {
    program.attachToCgroup(fd);
  }

  /** Lines of proc_pid_mounts(5): device, mount point, type, ... */
  private static @Nullable String mountPoint() {
    try {
      for (String line :
          Files.readAllLines(Path.of("/proc/self/mounts"), StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(" ", 4);
        if (fields.length == 4 && fields[2].equals(TYPE) && fields[1].indexOf('\\') < 0) {
          return fields[1];
        }
      }
    } catch (IOException unknown) {
      return null;
    }
    return null;
  }
}
