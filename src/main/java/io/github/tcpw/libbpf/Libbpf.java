// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.NativeFunction;
import io.github.tcpw.linux.SharedLibrary;
import java.lang.foreign.MemorySegment;

/**
 * The system's libbpf (1.x).
 *
 * <p>Its functions return a pointer, or null with errno set; or an int, negative on failure with
 * errno set (libbpf_legacy.h: the 1.0 rules).
 */
public final class Libbpf {
  /** All memory, to follow pointers that libbpf returns. */
  static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final SharedLibrary LIBRARY = SharedLibrary.load("libbpf.so.1");

  private Libbpf() {}

  /**
   * Loads the library.
   *
   * @throws LinkageError if there is no libbpf.so.1
   */
  public static void require() {
    if (LIBRARY == null) { // reading it runs the static initializer
      throw new AssertionError();
    }
  }

  /** Keeps libbpf from writing to stderr, where by default it explains failures at length. */
  public static void silence() {
    function("libbpf_set_print").call(0);
  }

  /**
   * One of its functions.
   *
   * @throws UnsatisfiedLinkError if this libbpf has none of that name
   */
  static NativeFunction function(String name) {
    return LIBRARY.function(name);
  }
}
