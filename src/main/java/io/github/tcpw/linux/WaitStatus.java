// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

/**
 * How a process ended.
 *
 * @param bits as waitpid(2) has it: the signal that ended it in the lowest 7, or 0 there and what
 *     it exited with in the next 8
 */
public record WaitStatus(int bits) {
  /** That of a process that called exit(2) with a code from 0 to 255. */
  public static WaitStatus exited(int code) {
    return new WaitStatus(code << 8);
  }

  /** Whether it was not ended by a signal. */
  public boolean isExit() {
    return (bits & 0x7f) == 0;
  }

  /** What it exited with, if no signal ended it. */
  public int code() {
    return bits >> 8 & 0xff;
  }
}
