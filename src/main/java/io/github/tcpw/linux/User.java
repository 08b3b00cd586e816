// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

/** Who runs tcpw. */
public final class User {
  private static final NativeFunction GETEUID = NativeFunction.libc("geteuid");

  static final int AT_SECURE = 23; // elf.h

  private User() {}

  /** Whether it is root, if only of a user namespace. */
  public static boolean isRoot() {
    return (int) GETEUID.call() == 0;
  }

  /** Whether the file that it executed gave it privilege that it does not have otherwise. */
  public static boolean hasPrivilegeOfFile() {
    return NativeFunction.libc("getauxval").call(AT_SECURE) != 0
        && (int) NativeFunction.libc("getuid").call() != 0;
  }
}
