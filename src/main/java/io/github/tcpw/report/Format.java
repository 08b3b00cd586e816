// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.SocketEvent;
import java.util.List;

/**
 * Says events: in whole lines, in UTF-8.
 *
 * <p>Not thread-safe.
 */
interface Format {
  /** What comes before the first event, with its newline; empty if nothing does. */
  byte[] header();

  /** An event, with its newline. */
  byte[] format(SocketEvent event);

  /**
   * The summary, line by line, with their newlines.
   *
   * @param width how many columns it may take, where that matters
   * @throws UnsupportedOperationException if the format has no place for it
   */
  List<byte[]> summary(List<SummaryRow> rows, int width);
}
