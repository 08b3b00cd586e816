// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.linux.Descriptor;
import io.github.tcpw.linux.SystemCallException;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines, one write(2) each, for as long as the file takes them.
 *
 * <p>A failure (a full disk, a closed pipe) never reaches the command: the lines that were not
 * written are counted.
 */
public final class LineWriter {
  private final Descriptor descriptor;
  private @Nullable SystemCallException failure;
  private long unwritten;

  /** A writer to this descriptor. */
  public LineWriter(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /** Writes a line, newline included. */
  public void write(byte[] line) {
    try {
      descriptor.write(line);
    } catch (SystemCallException e) {
      failure = e;
      unwritten++;
    }
  }

  /** How many lines could not be written. */
  public long unwritten() {
    return unwritten;
  }

  /** Why the last of them could not be written; null if all were. */
  public @Nullable SystemCallException failure() {
    return failure;
  }
}
