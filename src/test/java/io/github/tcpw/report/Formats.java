// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.SocketEvent;
import java.util.function.Function;

/** Gives other packages' tests what makes a line of an event here. */
public final class Formats {
  private Formats() {}

  /** Lines of JSON. */
  public static Function<SocketEvent, byte[]> json() {
    return new JsonFormat()::format;
  }
}
