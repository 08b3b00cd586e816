// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Signals sent to tcpw, read from a descriptor (signalfd(2)) instead of interrupting it.
 *
 * <p>They must be blocked in every thread; the launcher did that before the JVM started.
 */
public final class SignalDescriptor {
  private static final NativeFunction SIGNALFD = NativeFunction.libc("signalfd");
  private static final NativeFunction READ = NativeFunction.libc("read");
  static final int SFD_CLOEXEC = 02000000;
  static final int SFD_NONBLOCK = 04000;
  // struct signalfd_siginfo { u32 ssi_signo; s32 ssi_errno; s32 ssi_code; ... }
  static final int SIZE_OF_SIGINFO = 128;
  static final long SIGNO = 0;
  static final long CODE = 8;
  static final int SI_KERNEL = 0x80; // include/uapi/asm-generic/siginfo.h

  private final MemorySegment siginfo = Arena.global().allocate(SIZE_OF_SIGINFO, 8);
  private final int fd;

  /**
   * Listens to these signals.
   *
   * @throws SystemCallException if signalfd(2) fails
   */
  public SignalDescriptor(SignalSet signals) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      fd = (int) SIGNALFD.call(-1, signals.allocate(arena).address(), SFD_CLOEXEC | SFD_NONBLOCK);
    }
    if (fd < 0) {
      throw new SystemCallException("signalfd", NativeFunction.errno());
    }
  }

  /** The descriptor, readable when a signal is pending. */
  public int fd() {
    return fd;
  }

  /**
   * The next pending signal that somebody sent; 0 if there is none. What the kernel itself sends,
   * SIGHUP when a terminal hangs up, it sends to the whole process group.
   */
  public int next() {
    while (READ.call(fd, siginfo.address(), SIZE_OF_SIGINFO) == SIZE_OF_SIGINFO) {
      if (siginfo.get(ValueLayout.JAVA_INT, CODE) != SI_KERNEL) {
        return siginfo.get(ValueLayout.JAVA_INT, SIGNO);
      }
    }
    return 0;
  }
}
