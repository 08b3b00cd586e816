// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;

/** Writes the names of Unix sockets, escaped; {@code @} stands for the NUL of an abstract one. */
final class UnixText {
  private UnixText() {}

  /** Appends the path. A file whose name begins like an abstract one has that @ escaped. */
  static void appendPath(StringBuilder line, UnixSocket socket) {
    String path = socket.path().bytes();
    if (socket.isAbstract()) {
      line.append('@');
    } else if (path.startsWith("@")) {
      line.append("\\x40");
      path = path.substring(1);
    }
    Escape.append(line, new UntrustedText(path));
  }
}
