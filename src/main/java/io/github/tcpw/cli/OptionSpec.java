// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option: the one table that the parser, the help screen and the man page are made from.
 *
 * @param shortName its letter; null if it has none
 * @param longName its word, without the dashes
 * @param argument what it takes, as the help screen calls it; null if nothing
 * @param description what it does, in a line or two
 */
public record OptionSpec(
    @Nullable String shortName, String longName, @Nullable String argument, String description) {

  static final OptionSpec UDP = new OptionSpec("U", "udp", null, "also UDP sockets");
  static final OptionSpec UNIX = new OptionSpec("X", "unix", null, "also Unix domain sockets");
  static final OptionSpec OUTPUT =
      new OptionSpec(
          "o",
          "output",
          "FILE",
          "write the lines to FILE instead of stderr; appends, and creates it readable by its owner"
              + " alone");
  static final OptionSpec ENGINE =
      new OptionSpec(
          null,
          "engine",
          "auto|fexit|syscall",
          "how the kernel is hooked: at its connect and accept functions, or at the system calls"
              + " where it refuses that; auto takes the first that works");
  static final OptionSpec BUFFER =
      new OptionSpec(
          null,
          "buffer",
          "SIZE",
          "size of the ring buffer between kernel and tcpw, in bytes or with KiB or MiB; default"
              + " 1MiB, rounded up to a power of two");
  static final OptionSpec DEBUG =
      new OptionSpec(
          null,
          "debug",
          null,
          "say what was attached and why; on failure show the verifier's log and the stack trace");
  static final OptionSpec VERSION =
      new OptionSpec("V", "version", null, "print the version and exit");
  static final OptionSpec HELP = new OptionSpec("h", "help", null, "print this help and exit");

  /** All options, in the order of the help screen. */
  public static final List<OptionSpec> ALL =
      List.of(UDP, UNIX, OUTPUT, ENGINE, BUFFER, DEBUG, VERSION, HELP);
}
