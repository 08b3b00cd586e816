// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Whether executing a file changes who one is (execve(2)). IDs are unsigned.
 *
 * @param bits st_mode of stat(2)
 * @param hasCapabilities of its own (capabilities(7))
 */
public record FileMode(int bits, int owner, int group, boolean hasCapabilities) {
  private static final NativeFunction STATX = NativeFunction.libc("statx");
  private static final NativeFunction GETXATTR = NativeFunction.libc("getxattr");
  private static final int AT_FDCWD = -100;
  // struct statx, linux/stat.h
  static final int STATX_BASIC_STATS = 0x7ff;
  static final int SIZE_OF_STATX = 256;
  static final long STATX_UID = 20;
  static final long STATX_GID = 24;
  static final long STATX_MODE = 28;
  private static final int S_ISUID = 04000;
  private static final int S_ISGID = 02000;
  private static final int S_IXGRP = 010;

  /** That of a file, all zero if it cannot be read. */
  public static FileMode of(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = CMemory.allocate(arena, path);
      MemorySegment stat = arena.allocate(SIZE_OF_STATX, 8);
      if ((int) STATX.call(AT_FDCWD, name.address(), 0, STATX_BASIC_STATS, stat.address(), 0) < 0) {
        return new FileMode(0, 0, 0, false);
      }
      MemorySegment attribute = CMemory.allocate(arena, "security.capability");
      return new FileMode(
          stat.get(ValueLayout.JAVA_SHORT, STATX_MODE),
          stat.get(ValueLayout.JAVA_INT, STATX_UID),
          stat.get(ValueLayout.JAVA_INT, STATX_GID),
          GETXATTR.call(name.address(), attribute.address(), 0, 0) > 0);
    }
  }

  /** Whether it gives privilege to anybody: by its owner, its group or its capabilities. */
  public boolean givesPrivilege() {
    return setsUser() || setsGroup() || hasCapabilities;
  }

  /** Whether it gives any to who has this user and group ID. */
  public boolean givesPrivilege(int user, int itsGroup) {
    return (setsUser() && owner != user) || (setsGroup() && group != itsGroup) || hasCapabilities;
  }

  private boolean setsUser() {
    return (bits & S_ISUID) != 0;
  }

  private boolean setsGroup() {
    int setGroup = S_ISGID | S_IXGRP;
    return (bits & setGroup) == setGroup;
  }
}
