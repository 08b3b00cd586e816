// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What decides whether this kernel lets this process use BPF; read only to explain a refusal.
 *
 * @param release as uname(2) has it: {@code 6.1.0-45-amd64}
 * @param hasBtf whether the kernel describes its types
 * @param capabilities the effective ones, bit n for capability n (capabilities(7))
 * @param isInitialUserNamespace whether these capabilities count outside a container
 * @param lockdown what securityfs says, {@code none [integrity] confidentiality}; empty if unknown
 */
record KernelFacts(
    String release,
    boolean hasBtf,
    long capabilities,
    boolean isInitialUserNamespace,
    String lockdown) {

  static KernelFacts read() {
    return new KernelFacts(
        firstLine("/proc/sys/kernel/osrelease"),
        Files.exists(Path.of("/sys/kernel/btf/vmlinux")),
        effectiveCapabilities(),
        mapsAllUsers(),
        firstLine("/sys/kernel/security/lockdown"));
  }

  private static long effectiveCapabilities() {
    String key = "CapEff:";
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(key)) {
          return Long.parseUnsignedLong(line.substring(key.length()).strip(), 16);
        }
      }
    } catch (IOException unknown) {
      return -1;
    }
    return -1;
  }

  /** Its map of user ids is the identity over all of them (user_namespaces(7)). */
  private static boolean mapsAllUsers() {
    String map = firstLine("/proc/self/uid_map");
    return map.isEmpty() || map.strip().replaceAll(" +", " ").equals("0 0 4294967295");
  }

  private static String firstLine(String file) {
    try {
      return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1)
          .lines()
          .findFirst()
          .orElse("");
    } catch (IOException unknown) {
      return "";
    }
  }
}
