// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.VsockSocket;

/** Writes the ends of vsock sockets: {@code 3:22}, and {@code *:22} where it is any machine. */
final class VsockText {
  private VsockText() {}

  /** Appends an end. */
  static void append(StringBuilder line, VsockSocket.End end) {
    appendNumber(line, end.cid());
    line.append(':');
    appendNumber(line, end.port());
  }

  /** Appends a context identifier or a port. */
  static void appendNumber(StringBuilder line, long number) {
    if (number == VsockSocket.End.ANY) {
      line.append('*');
    } else {
      line.append(number);
    }
  }
}
