// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

/** Who runs tcpw. */
public final class User {
  private static final NativeFunction GETEUID = NativeFunction.libc("geteuid");

  private User() {}

  /** Whether it is root, if only of a user namespace. */
  public static boolean isRoot() {
    return (int) GETEUID.call() == 0;
  }
}
