// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw;

import io.github.tcpw.linux.Descriptor;
import io.github.tcpw.linux.SystemCallException;
import io.github.tcpw.trace.Notices;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** What tcpw has to say about itself, on stderr, a line at a time. */
final class Messages implements Notices {
  private boolean debug;

  /** From now on, say more. */
  void enableDebug() {
    debug = true;
  }

  @Override
  public boolean isDebug() {
    return debug;
  }

  @Override
  public void warn(String line) {
    say(line);
  }

  @Override
  public void debug(String line) {
    if (debug) {
      say("debug: " + line);
    }
  }

  /** Says why tcpw failed; with --debug, also where. */
  void fail(String line, Throwable cause) {
    say(line);
    if (debug) {
      StringWriter trace = new StringWriter();
      cause.printStackTrace(new PrintWriter(trace));
      write(trace.toString());
    }
  }

  void say(String line) {
    write("tcpw: " + line + "\n");
  }

  private static void write(String text) {
    try {
      Descriptor.STDERR.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (SystemCallException nobodyListens) {
      // There is no other place to say it.
    }
  }
}
