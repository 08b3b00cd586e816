// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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
        .br
        .B tcpw
        .RI [ options ]
        .B \\-p
        .I PID
        |
        .B \\-a
        .SH DESCRIPTION
        Runs the command unchanged, follows every descendant, and prints each socket that
        they connect or accept, as it happens, on standard error.
        TCP, and other protocols that make connections, are always on.
        .PP
        With
        .B \\-p
        or
        .B \\-a
        no command is run: what is running already is traced.
        .PP
        Options end at the first word that is none, or at
        .BR \\-\\- .
        .SH OPTIONS
        """);
    OptionSpec.@Nullable Group group = null;
    for (OptionSpec option : OptionSpec.ALL) {
      if (option.group() != group) {
        group = option.group();
        page.append(".SS ").append(group.title()).append('\n');
      }
      page.append(".TP\n");
      if (option.shortName() != null) {
        page.append("\\fB\\-").append(option.shortName()).append("\\fR");
        page.append(option.isArgumentOptional() ? argument(option, false) : "").append(", ");
      }
      page.append("\\fB\\-\\-").append(option.longName().replace("-", "\\-")).append("\\fR");
      page.append(argument(option, true));
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
        .PP
        .B \\-\\-format json
        writes one JSON object a line instead,
        .B \\-\\-format csv
        one record of RFC 4180 below a header.
        Their fields, and every line of text, are defined in
        .IR docs/output.md ,
        which comes with tcpw's source.
        .SS The steps of a socket
        With
        .B \\-l
        a socket has a line for each step:
        .TP
        .B connect
        connect(2) ended, or began where the socket is non\\-blocking.
        .TP
        .B established
        A connect that was in progress was answered; how long after the first packet.
        .TP
        .B failed
        A connect that was in progress failed; why, and how long after the first packet.
        .TP
        .B accept
        accept(2) returned the socket.
        .TP
        .B listen
        The socket listens from now on.
        .TP
        .B datagram
        The first datagram between an unconnected socket and this peer.
        .TP
        .B found
        A socket that was there before, inherited or passed on, was used or, with
        .BR \\-p ,
        listed.
        .TP
        .B subflow
        A TCP connection that is one path of an MPTCP connection was established.
        .TP
        .B close
        The end: how long it lasted, how many bytes were sent and received, the smoothed round\\-trip
        time, segments that were sent again, and how it ended.
        .PP
        It ended in one of these ways:
        .B fin\\-by\\-us
        or
        .B fin\\-by\\-peer
        (who closed first),
        .B rst\\-by\\-us
        or
        .B rst\\-by\\-peer
        (who reset it),
        .B timeout
        (nothing came from the peer any more),
        .B given\\-up
        (closed while its connect was in progress),
        .B still\\-open
        (when tracing ended), or
        .B closed
        (it had no connection: it listened, or sent datagrams).
        .SS The summary
        With
        .B \\-s
        or
        .B \\-q
        the last thing printed is a table with a row for each remote endpoint:
        how many connections there were, how many of them failed, how long connecting took, and
        how many bytes went either way.
        .B \\-\\-format json
        prints it as JSON;
        .B \\-\\-format csv
        has no place for it, and is refused.
        .SH FILTERS
        The options under
        .I Which sockets
        are evaluated in the kernel: what they hide costs the command hardly anything.
        A socket is shown if it passes all of them;
        .B \\-\\-port
        and
        .B \\-\\-to
        may be given up to 8 times each, and it passes if one of each kind fits.
        Sockets without ports or addresses, such as Unix sockets, pass neither of these two.
        .PP
        .B \\-\\-to
        takes an IPv4 address of four numbers or an IPv6 address, not a name.
        With a length it is the network whose addresses begin with so many bits; without one it is
        the address alone.
        IPv4\\-mapped IPv6 addresses (::ffff:192.0.2.7) stand for the IPv4 address in them.
        .SH ANOTHER USER
        BPF needs root, and the command mostly does not:
        .B sudo tcpw \\-u $USER
        .I command
        traces it with privilege and runs it without.
        The command gets the user and group IDs, the supplementary groups and no capability; its
        environment stays what it is (so
        .B HOME
        is what sudo makes of it), and so do directory, limits and the rest.
        It is looked for in
        .B PATH
        as that user.
        .PP
        .I USER
        is a name, or the number of a user, and may be followed by
        .B :
        and the number of a group that takes the place of the user's primary group.
        A number that is no user's needs that, and has no other groups.
        .B \\-\\-user
        without
        .I USER
        is who called
        .BR sudo (8),
        by the variables
        .B SUDO_UID
        and
        .BR SUDO_GID .
        Only root may use this option.
        .SH EXIT STATUS
        The command's; if a signal ended it, the same ends tcpw (128+n for a shell).
        125 if tcpw itself failed, 126 if the command cannot be executed, 127 if it is not found.
        .PP
        With
        .B \\-p
        or
        .BR \\-a :
        0 when the processes have ended, or after Ctrl\\-C.
        .SH SIGNALS
        SIGINT and SIGQUIT are left to the command, SIGTERM and SIGHUP are passed on to it.
        With
        .B \\-p
        or
        .BR \\-a ,
        SIGINT (Ctrl\\-C), SIGQUIT, SIGTERM and SIGHUP end tracing.
        .SH REQUIREMENTS
        Linux 5.13 or newer with BTF, libbpf 1.x, and root or CAP_BPF and CAP_PERFMON.
        .SH EXAMPLES
        .EX
        tcpw curl \\-s https://example.com \\-o /dev/null
        tcpw \\-l curl \\-s https://example.com \\-o /dev/null
        tcpw \\-U getent hosts example.com
        tcpw \\-p 1234
        tcpw \\-s \\-\\-to 10.0.0.0/8 make test
        tcpw \\-\\-format json \\-o x.jsonl make
        tcpw \\-X \\-o sockets.log make test
        sudo tcpw \\-u $USER make test
        .EE
        .SH SEE ALSO
        .BR ss (8),
        .BR strace (1),
        .BR tcpdump (8)
        """);
    return page.toString();
  }

  private static String argument(OptionSpec option, boolean isWord) {
    String argument = option.argument();
    return argument == null
        ? ""
        : option.synopsis(isWord).replace(argument, "\\fI" + argument + "\\fR");
  }
}
