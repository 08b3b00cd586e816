// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import org.jspecify.annotations.Nullable;

/** The kernel's error numbers (errno(3)), as the C library names and explains them. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EBADF = 9;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EINVAL = 22;
  public static final int ENOSPC = 28;
  public static final int EPIPE = 32;
  public static final int ERANGE = 34;
  public static final int ENOSYS = 38;
  public static final int EINPROGRESS = 115;

  // include/linux/errno.h: not meant for user space, but BPF says it (arm64 before 6.4: no fexit).
  private static final int ENOTSUPP = 524;

  // Looked up when first needed: most runs meet no error.
  private static final class Functions {
    static final NativeFunction NAME = NativeFunction.libc("strerrorname_np");
    static final NativeFunction TEXT = NativeFunction.libc("strerror");
  }

  private Errno() {}

  /** The symbolic name ({@code ECONNREFUSED}), or the number where the C library knows none. */
  public static String name(int errno) {
    String name = CMemory.read(Functions.NAME.call(errno));
    return name == null ? Integer.toString(errno) : name;
  }

  /** The explanation ({@code Connection refused}). */
  public static String text(int errno) {
    if (errno == ENOTSUPP) {
      return "not supported by this kernel";
    }
    @Nullable String text = CMemory.read(Functions.TEXT.call(errno));
    return text == null ? "error " + errno : text;
  }
}
