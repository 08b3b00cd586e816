// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

/** A child of tcpw's, such as the command. */
public interface RunningProcess {
  /** A descriptor that becomes readable when it has ended, with all its threads. */
  int pidfd();

  /** Sends the process a signal. */
  void signal(int signal);

  /**
   * Waits for the end of the process.
   *
   * @return its exit status as a shell has it: 128 + n if signal n ended it
   * @throws SystemCallException if waitpid(2) fails
   */
  int await() throws SystemCallException;
}
