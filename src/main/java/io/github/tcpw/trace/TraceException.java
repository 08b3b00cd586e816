// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import org.jspecify.annotations.Nullable;

/** Tracing could not begin; the message says why, and what to do, in one line. */
public final class TraceException extends Exception {
  private static final long serialVersionUID = 1;

  /** A failure and what caused it. */
  public TraceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
