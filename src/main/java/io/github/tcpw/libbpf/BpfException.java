// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.Errno;
import java.io.IOException;

/** A libbpf call that failed. */
public final class BpfException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /**
   * A failure.
   *
   * @param what what was being done: {@code "load the BPF object"}
   * @param errno the error number, positive
   */
  public BpfException(String what, int errno) {
    super("cannot " + what + ": " + Errno.text(errno));
    this.errno = errno;
  }

  /** The error number, positive. */
  public int errno() {
    return errno;
  }
}
