// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

/** A child of tcpw's, such as the command. */
public interface RunningProcess {
  /** A descriptor that becomes readable when it has ended, with all its threads. */
  int pidfd();

  /** Sends the process a signal. */
  void signal(int signal);

  /**
   * Waits for the end of the process, and says how it ended.
   *
   * @throws SystemCallException if waitpid(2) fails
   */
  WaitStatus await() throws SystemCallException;
}
