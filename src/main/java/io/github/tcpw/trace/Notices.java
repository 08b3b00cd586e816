// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

/** Where a tracer says what the user should know besides the events, a line at a time. */
public interface Notices {
  /** Something that limits what will be seen. */
  void warn(String line);

  /** What was done and why; shown with --debug only. */
  void debug(String line);

  /** Whether debug lines are shown; if not, they need not be made. */
  boolean isDebug();
}
