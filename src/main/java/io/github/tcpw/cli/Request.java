// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.command.TargetUser;
import io.github.tcpw.report.ReportOptions;
import io.github.tcpw.trace.TraceOptions;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for on the command line.
 *
 * @param output file to write the lines to, one char a byte; null: stderr
 * @param user whom the command is to run as; null: who runs tcpw
 * @param command index of the word that names the command; unused with HELP and VERSION, and where
 *     processes are traced that run already
 */
public record Request(
    Action action,
    TraceOptions trace,
    ReportOptions report,
    @Nullable String output,
    @Nullable TargetUser user,
    boolean debug,
    int command) {

  /** What to do. */
  public enum Action {
    /** Run a command and trace it. */
    RUN,
    /** Trace processes that are running already. */
    WATCH,
    HELP,
    VERSION
  }
}
