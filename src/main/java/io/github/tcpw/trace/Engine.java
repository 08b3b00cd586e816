// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

/** How the kernel is hooked. */
public enum Engine {
  /** The best one that the kernel allows. */
  AUTO("auto"),
  /** At the return of every protocol's connect and accept function. */
  FEXIT("fexit"),
  /** At the end of the system calls. */
  SYSCALL("syscall"),
  /** Not at all: the processes are stopped at their system calls; needs no privilege. */
  PTRACE("ptrace");

  private final String word;

  Engine(String word) {
    this.word = word;
  }

  /** As the option --engine has it. */
  public String word() {
    return word;
  }
}
