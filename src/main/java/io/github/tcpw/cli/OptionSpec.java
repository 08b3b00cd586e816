// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option: the one table that the parser, the help screen and the man page are made from.
 *
 * @param group where the help screen has it
 * @param shortName its letter; null if it has none
 * @param longName its word, without the dashes
 * @param argument what it takes, as the help screen calls it; null if nothing
 * @param isArgumentOptional whether the word may stand alone: then its argument comes behind {@code
 *     =}, as the next word may be the command; the letter never stands alone
 * @param description what it does, in a line or two
 */
public record OptionSpec(
    Group group,
    @Nullable String shortName,
    String longName,
    @Nullable String argument,
    boolean isArgumentOptional,
    String description) {

  private OptionSpec(
      Group group,
      @Nullable String shortName,
      String longName,
      @Nullable String argument,
      String description) {
    this(group, shortName, longName, argument, false, description);
  }

  /** What an option is about. */
  public enum Group {
    TRACED("What to trace"),
    FILTER("Which sockets"),
    OUTPUT("Output"),
    OTHER("Other");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    /** The heading above its options. */
    public String title() {
      return title;
    }
  }

  static final OptionSpec LIFECYCLE =
      new OptionSpec(
          Group.TRACED,
          "l",
          "lifecycle",
          null,
          "every step of a socket: connect, established, accept, listen, and close with duration,"
              + " bytes, round-trip time and how it ended");
  static final OptionSpec PID =
      new OptionSpec(
          Group.TRACED,
          "p",
          "pid",
          "PID",
          "instead of a command, a process that is running and its descendants, until they"
              + " end or Ctrl-C; lists their sockets first; repeatable");
  static final OptionSpec ALL_PROCESSES =
      new OptionSpec(
          Group.TRACED,
          "a",
          "all",
          null,
          "instead of a command, every process of the machine, until Ctrl-C");
  static final OptionSpec UDP = new OptionSpec(Group.TRACED, "U", "udp", null, "also UDP sockets");
  static final OptionSpec UNIX =
      new OptionSpec(Group.TRACED, "X", "unix", null, "also Unix domain sockets");
  static final OptionSpec NETLINK =
      new OptionSpec(Group.TRACED, "N", "netlink", null, "also netlink sockets");
  static final OptionSpec PORT =
      new OptionSpec(
          Group.FILTER,
          null,
          "port",
          "PORT",
          "only sockets with this local or remote port; repeatable");
  static final OptionSpec TO =
      new OptionSpec(
          Group.FILTER,
          null,
          "to",
          "ADDRESS[/LENGTH]",
          "only sockets whose remote address is this one or in this network; repeatable");
  static final OptionSpec CONNECT_ONLY =
      new OptionSpec(Group.FILTER, null, "connect-only", null, "only sockets that were connected");
  static final OptionSpec ACCEPT_ONLY =
      new OptionSpec(Group.FILTER, null, "accept-only", null, "only sockets that were accepted");
  static final OptionSpec FAILED =
      new OptionSpec(Group.FILTER, null, "failed", null, "only connects that fail");
  static final OptionSpec OUTPUT =
      new OptionSpec(
          Group.OUTPUT,
          "o",
          "output",
          "FILE",
          "write the lines to FILE instead of stderr; appends, and creates it readable by"
              + " its owner alone");
  static final OptionSpec SUMMARY =
      new OptionSpec(
          Group.OUTPUT,
          "s",
          "summary",
          null,
          "at the end a table of the remote endpoints: connections, how many failed,"
              + " latency, bytes");
  static final OptionSpec QUIET =
      new OptionSpec(Group.OUTPUT, "q", "quiet", null, "print nothing but the summary");
  static final OptionSpec FORMAT =
      new OptionSpec(
          Group.OUTPUT,
          null,
          "format",
          "text|json|csv",
          "what the lines are: text, a JSON object each, or CSV; default text");
  static final OptionSpec TIME =
      new OptionSpec(
          Group.OUTPUT,
          null,
          "time",
          "wall|relative|delta|none",
          "what a line of text begins with: time of day, seconds since the start, seconds"
              + " since the line before, or no time; default wall");
  static final OptionSpec USER =
      new OptionSpec(
          Group.OTHER,
          "u",
          "user",
          "USER",
          true,
          "run the command as USER, a name or UID[:GID], with all groups of that user and"
              + " without tcpw's capabilities; --user alone is who called sudo");
  static final OptionSpec ENGINE =
      new OptionSpec(
          Group.OTHER,
          null,
          "engine",
          "auto|fexit|syscall|ptrace",
          "how sockets are seen: at the kernel's connect and accept functions, at the end of"
              + " system calls where it refuses that, or, without root, by stopping the"
              + " processes; auto takes the first that works");
  static final OptionSpec BUFFER =
      new OptionSpec(
          Group.OTHER,
          null,
          "buffer",
          "SIZE",
          "size of the ring buffer between kernel and tcpw, in bytes or with KiB or MiB;"
              + " default 1MiB, 4MiB with -l or -s; rounded up to a power of two");
  static final OptionSpec DEBUG =
      new OptionSpec(
          Group.OTHER,
          null,
          "debug",
          null,
          "say what was attached and why; on failure show the verifier's log and the stack"
              + " trace");
  static final OptionSpec VERSION =
      new OptionSpec(Group.OTHER, "V", "version", null, "print the version and exit");
  static final OptionSpec HELP =
      new OptionSpec(Group.OTHER, "h", "help", null, "print this help and exit");

  /** Its argument as it follows the letter, and the word; empty if it takes none. */
  String synopsis(boolean isWord) {
    if (argument == null) {
      return "";
    }
    return isWord && isArgumentOptional ? "[=" + argument + "]" : " " + argument;
  }

  /** All options, in the order of the help screen: those of a group together. */
  public static final List<OptionSpec> ALL =
      List.of(
          LIFECYCLE,
          PID,
          ALL_PROCESSES,
          UDP,
          UNIX,
          NETLINK,
          PORT,
          TO,
          CONNECT_ONLY,
          ACCEPT_ONLY,
          FAILED,
          OUTPUT,
          SUMMARY,
          QUIET,
          FORMAT,
          TIME,
          USER,
          ENGINE,
          BUFFER,
          DEBUG,
          VERSION,
          HELP);
}
