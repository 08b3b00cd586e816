// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

/** What holds a program at its hook. */
public final class BpfLink implements AutoCloseable {
  private final long link;

  BpfLink(long link) {
    this.link = link;
  }

  /** Detaches the program; once. */
  @Override
  public void close() {
    Libbpf.function("bpf_link__destroy").call(link);
  }
}
