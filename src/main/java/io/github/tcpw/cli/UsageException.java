// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

/** The command line makes no sense; the message says why, and what to do, in one line. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  /** A failure. */
  public UsageException(String message) {
    super(message);
  }
}
