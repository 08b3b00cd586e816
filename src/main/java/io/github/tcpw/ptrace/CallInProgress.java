// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A system call that a thread has begun. */
final class CallInProgress {
  private final Call call;
  private final long[] arguments;
  private final boolean is32Bit;
  private final @Nullable ByteBuffer given;
  private final long began = System.nanoTime();

  /**
   * One that begins now.
   *
   * @param arguments as its manual page has them
   * @param is32Bit whether the structures they point to have pointers of 32 bits
   * @param given the address that connect was given, as far as it can be read
   */
  CallInProgress(Call call, long[] arguments, boolean is32Bit, @Nullable ByteBuffer given) {
    this.call = call;
    this.arguments = arguments.clone();
    this.is32Bit = is32Bit;
    this.given = given;
  }

  Call call() {
    return call;
  }

  int fd() {
    return (int) arguments[0];
  }

  long argument(int index) {
    return arguments[index];
  }

  boolean is32Bit() {
    return is32Bit;
  }

  @Nullable ByteBuffer given() {
    return given;
  }

  /** When it began, by {@link System#nanoTime}. */
  long began() {
    return began;
  }
}
