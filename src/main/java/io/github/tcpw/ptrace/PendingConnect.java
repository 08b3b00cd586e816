// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

/** A connect in progress that a thread has begun and is looked at while it goes on. */
final class PendingConnect {
  /** How often it is looked at: for programs that do much else meanwhile. */
  private static final int PATIENCE = 256;

  private final int fd;
  private final Life life;
  private int left = PATIENCE;

  PendingConnect(int fd, Life life) {
    this.fd = fd;
    this.life = life;
  }

  int fd() {
    return fd;
  }

  Life life() {
    return life;
  }

  /** Whether it is to be looked at once more. */
  boolean mayBeLookedAt() {
    return left-- > 0;
  }
}
