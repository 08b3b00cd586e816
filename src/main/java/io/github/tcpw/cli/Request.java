// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.trace.TraceOptions;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for on the command line.
 *
 * @param output file to write the lines to, one char a byte; null: stderr
 * @param command index of the word that names the command; unused with HELP and VERSION
 */
public record Request(
    Action action, TraceOptions trace, @Nullable String output, boolean debug, int command) {

  /** What to do. */
  public enum Action {
    RUN,
    HELP,
    VERSION
  }
}
