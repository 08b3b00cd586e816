// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

/** Descriptors of processes (pidfd_open(2)): readable when the process has ended. */
public final class PidDescriptor {
  private static final NativeFunction PIDFD_OPEN = NativeFunction.libc("pidfd_open");

  private PidDescriptor() {}

  /**
   * Opens one, until the process ends.
   *
   * @throws SystemCallException ESRCH if there is no such process; EINVAL if it is a thread
   */
  public static int open(int pid) throws SystemCallException {
    int fd = (int) PIDFD_OPEN.call(pid, 0);
    if (fd < 0) {
      throw new SystemCallException("pidfd_open", NativeFunction.errno());
    }
    return fd;
  }
}
