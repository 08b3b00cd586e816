// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.io.IOException;

/** A call of the C library or the kernel that failed; the message is its {@link Errno#text}. */
public final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /**
   * A failure.
   *
   * @param call what was called, with the argument that matters: {@code "open"}
   * @param errno the error number, positive
   */
  public SystemCallException(String call, int errno) {
    super(call + ": " + Errno.text(errno));
    this.errno = errno;
  }

  /** The error number, positive. */
  public int errno() {
    return errno;
  }
}
