// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.libbpf.AttachedProgram;

/**
 * The same program attached twice to the same hook, for kernels that preempt BPF programs: one that
 * is preempted is left out for whatever else runs on that processor, but hardly ever both are.
 */
record Twins(AttachedProgram first, AttachedProgram second) implements AttachedProgram {
  /** How often both were left out, at most. */
  @Override
  public long misses() {
    return Math.min(first.misses(), second.misses());
  }
}
