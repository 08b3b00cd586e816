// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A program that is attached to a hook of the kernel. */
public interface AttachedProgram {
  // struct bpf_prog_info, include/uapi/linux/bpf.h
  int SIZE_OF_PROG_INFO = 216;
  long INFO_RECURSION_MISSES = 208;

  /**
   * How often, for whatever task, the kernel left the program out because it was running on that
   * processor already (bpf_prog_info.recursion_misses, since 5.12): in an interrupt, or, on kernels
   * that preempt BPF programs, in another task.
   */
  long misses();

  /** The misses of the program with this descriptor. */
  static long recursionMisses(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIZE_OF_PROG_INFO, 8);
      MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
      length.set(ValueLayout.JAVA_INT, 0, SIZE_OF_PROG_INFO);
      Libbpf.function("bpf_obj_get_info_by_fd").call(fd, info.address(), length.address());
      return info.get(ValueLayout.JAVA_LONG, INFO_RECURSION_MISSES);
    }
  }
}
