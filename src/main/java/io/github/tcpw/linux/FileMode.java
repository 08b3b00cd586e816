// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Whether executing a file changes who one is (execve(2)). */
public final class FileMode {
  private static final NativeFunction STATX = NativeFunction.libc("statx");
  private static final NativeFunction GETXATTR = NativeFunction.libc("getxattr");
  private static final NativeFunction GETEUID = NativeFunction.libc("geteuid");
  private static final NativeFunction GETEGID = NativeFunction.libc("getegid");
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

  private FileMode() {}

  /** Whether it gives privilege: by its owner, its group or its capabilities. */
  public static boolean givesPrivilege(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = CMemory.allocate(arena, path);
      MemorySegment stat = arena.allocate(SIZE_OF_STATX, 8);
      if ((int) STATX.call(AT_FDCWD, name.address(), 0, STATX_BASIC_STATS, stat.address(), 0) < 0) {
        return false;
      }
      int mode = stat.get(ValueLayout.JAVA_SHORT, STATX_MODE);
      int user = stat.get(ValueLayout.JAVA_INT, STATX_UID);
      int group = stat.get(ValueLayout.JAVA_INT, STATX_GID);
      int setGroup = S_ISGID | S_IXGRP;
      return ((mode & S_ISUID) != 0 && user != (int) GETEUID.call())
          || ((mode & setGroup) == setGroup && group != (int) GETEGID.call())
          || GETXATTR.call(
                  name.address(), CMemory.allocate(arena, "security.capability").address(), 0, 0)
              > 0;
    }
  }
}
