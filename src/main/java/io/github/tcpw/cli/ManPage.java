// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the man page tcpw(1); run by the build. */
public final class ManPage {
  private ManPage() {}

  /** Writes it to the file named by the first argument, for the version in the second. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    Path directory = file.getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    Files.writeString(file, text(arguments[1]));
  }

  /** The page in man(7)'s language. */
  static String text(String version) {
    StringBuilder page = new StringBuilder();
    page.append(".TH TCPW 1 \"\" \"tcpw ").append(version).append("\" \"User Commands\"\n");
    page.append(
        """
        .SH NAME
        tcpw \\- run a command and print every socket it uses
        .SH SYNOPSIS
        .B tcpw
        .RI [ options ]
        .I command
        .RI [ argument ...]
        .SH DESCRIPTION
        Runs the command unchanged, follows every descendant, and prints each socket that
        they connect or accept, as it happens, on standard error.
        TCP, and other protocols that make connections, are always on.
        .PP
        Options end at the first word that is none, or at
        .BR \\-\\- .
        .SH OPTIONS
        """);
    for (OptionSpec option : OptionSpec.ALL) {
      page.append(".TP\n");
      if (option.shortName() != null) {
        page.append("\\fB\\-").append(option.shortName()).append("\\fR, ");
      }
      page.append("\\fB\\-\\-").append(option.longName()).append("\\fR");
      if (option.argument() != null) {
        page.append(" \\fI").append(option.argument()).append("\\fR");
      }
      page.append('\n').append(option.description()).append(".\n");
    }
    page.append(
        """
        .SH OUTPUT
        One line per socket:
        .PP
        .EX
        2026/11/23 14:42:15 tcpw: pid=97849 comm=curl af=AF_INET proto=TCP 192.0.2.7:46182 -> 198.51.100.101:443
        .EE
        .PP
        The local end comes first.
        .B ->
        stands for connect,
        .B <-
        for accept,
        .B \\-\\-
        for datagrams; Unix sockets have a
        .B path=
        instead (abstract: @name).
        A connect that failed ends in
        .BR error= ,
        with the name of the error.
        Bytes that are no visible UTF-8 are written as \\exNN.
        .SH EXIT STATUS
        The command's; 128+n if signal n ended it.
        125 if tcpw itself failed, 126 if the command cannot be executed, 127 if it is not found.
        .SH SIGNALS
        SIGINT and SIGQUIT are left to the command, SIGTERM and SIGHUP are passed on to it.
        .SH REQUIREMENTS
        Linux 5.13 or newer with BTF, libbpf 1.x, and root or CAP_BPF and CAP_PERFMON.
        .SH EXAMPLES
        .EX
        tcpw curl \\-s https://example.com \\-o /dev/null
        tcpw \\-U getent hosts example.com
        tcpw \\-X \\-o sockets.log make test
        .EE
        .SH SEE ALSO
        .BR ss (8),
        .BR strace (1),
        .BR tcpdump (8)
        """);
    return page.toString();
  }
}
