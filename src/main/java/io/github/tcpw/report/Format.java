// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.SocketEvent;

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
}
