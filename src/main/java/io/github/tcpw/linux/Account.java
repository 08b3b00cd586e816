// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user, as the system knows it: by /etc/passwd or whatever else nsswitch.conf(5) names.
 *
 * @param name one char a byte, as in {@link CMemory}
 * @param uid unsigned
 * @param gid of its primary group; unsigned
 */
public record Account(String name, int uid, int gid) {
  private static final NativeFunction GETPWNAM = NativeFunction.libc("getpwnam_r");
  private static final NativeFunction GETPWUID = NativeFunction.libc("getpwuid_r");
  private static final NativeFunction GETGROUPLIST = NativeFunction.libc("getgrouplist");

  // struct passwd, pwd.h
  static final int SIZE_OF_PASSWD = 48;
  static final long PW_NAME = 0;
  static final long PW_UID = 16;
  static final long PW_GID = 20;

  private static final int LARGEST_ENTRY = 1 << 20;
  static final int MOST_GROUPS = 65_536; // NGROUPS_MAX, linux/limits.h

  /**
   * The one of that name; null if there is none.
   *
   * @throws SystemCallException if the system cannot tell
   */
  public static @Nullable Account named(String name) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      return find("getpwnam_r", GETPWNAM, CMemory.allocate(arena, name).address());
    }
  }

  /**
   * The one of that user ID, or the first of several; null if there is none.
   *
   * @throws SystemCallException if the system cannot tell
   */
  public static @Nullable Account withId(int uid) throws SystemCallException {
    return find("getpwuid_r", GETPWUID, Integer.toUnsignedLong(uid));
  }

  private static @Nullable Account find(String call, NativeFunction function, long key)
      throws SystemCallException {
    for (int size = 4096; ; size *= 4) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment entry = arena.allocate(SIZE_OF_PASSWD, 8);
        MemorySegment found = arena.allocate(ValueLayout.JAVA_LONG);
        MemorySegment strings = arena.allocate(size);
        int error =
            (int) function.call(key, entry.address(), strings.address(), size, found.address(), 0);
        if (error == Errno.ERANGE && size < LARGEST_ENTRY) {
          continue;
        }
        if (found.get(ValueLayout.JAVA_LONG, 0) != 0) {
          String name = CMemory.read(entry.get(ValueLayout.JAVA_LONG, PW_NAME));
          return new Account(
              name == null ? "" : name,
              entry.get(ValueLayout.JAVA_INT, PW_UID),
              entry.get(ValueLayout.JAVA_INT, PW_GID));
        }
        if (isNotFound(error)) {
          return null;
        }
        throw new SystemCallException(call, error);
      }
    }
  }

  /** What getpwnam_r(3) lists as that; 0 is what POSIX asks for. */
  private static boolean isNotFound(int error) {
    return error == 0
        || error == Errno.ENOENT
        || error == Errno.ESRCH
        || error == Errno.EBADF
        || error == Errno.EPERM;
  }

  /**
   * The groups that it is in.
   *
   * @param primary one more, unsigned, which comes first
   */
  public List<Integer> groups(int primary) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = CMemory.allocate(arena, name());
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment groups = arena.allocate(ValueLayout.JAVA_INT, MOST_GROUPS);
      count.set(ValueLayout.JAVA_INT, 0, MOST_GROUPS);
      GETGROUPLIST.call(
          name.address(), Integer.toUnsignedLong(primary), groups.address(), count.address());
      List<Integer> list = new ArrayList<>();
      for (int i = 0; i < Math.min(count.get(ValueLayout.JAVA_INT, 0), MOST_GROUPS); i++) {
        list.add(groups.getAtIndex(ValueLayout.JAVA_INT, i));
      }
      return List.copyOf(list);
    }
  }
}
