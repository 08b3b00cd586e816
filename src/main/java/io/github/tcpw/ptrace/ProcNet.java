// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.linux.ProcFile;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Sockets as /proc/PID/net lists them (proc_pid_net(5)), found by their inode: for where no
 * descriptor may be borrowed, in containers with an old seccomp profile and before Linux 5.6. It is
 * of the process's own network namespace, which NETLINK_SOCK_DIAG would not be.
 */
final class ProcNet {
  private ProcNet() {}

  /** A list of IP sockets: its name, and what the sockets in it have in common. */
  private record Table(String file, int family, int type, int protocol) {}

  private static final Table[] TABLES = {
    new Table("tcp", Addresses.AF_INET, SocketState.SOCK_STREAM, 6),
    new Table("tcp6", Addresses.AF_INET6, SocketState.SOCK_STREAM, 6),
    new Table("udp", Addresses.AF_INET, SocketState.SOCK_DGRAM, 17),
    new Table("udp6", Addresses.AF_INET6, SocketState.SOCK_DGRAM, 17),
  };

  /** Reads a socket; null if there is none that is asked for, or it is not listed. */
  static @Nullable SocketState read(
      Tracee tracee, int fd, Direction direction, @Nullable ByteBuffer given, SocketReader reader) {
    long number = ProcFile.socketInode("/proc/" + tracee.thread() + "/fd/" + fd);
    if (number < 0) {
      return null;
    }
    String inode = Long.toString(number);
    String directory = "/proc/" + tracee.thread() + "/net/";
    for (Table table : TABLES) {
      if (reader.isWanted(table.family, table.type, table.protocol)) {
        String @Nullable [] fields = find(directory + table.file, 9, inode);
        if (fields != null) {
          return inet(table, fields, number, direction);
        }
      }
    }
    if (reader.isWanted(Addresses.AF_UNIX, SocketState.SOCK_STREAM, 0)) {
      String @Nullable [] fields = find(directory + "unix", 6, inode);
      if (fields != null) {
        return unix(fields, number, given);
      }
    }
    // One that is not bound, or whose connect failed, is in no list.
    if (given == null) {
      return null;
    }
    int family = Addresses.family(given);
    return (family == Addresses.AF_INET || family == Addresses.AF_INET6)
        ? new SocketState(
            new InetSocket(
                number,
                family,
                SocketState.SOCK_STREAM,
                SocketReader.nameOfProtocol(6, family),
                Addresses.none(family),
                Addresses.none(family),
                direction),
            6,
            SocketState.CLOSE,
            Step.Traffic.NONE_KNOWN,
            Step.UNKNOWN,
            false)
        : null;
  }

  /** The fields of the line that has this inode at this place. */
  private static String @Nullable [] find(String file, int column, String inode) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new FileInputStream(file), StandardCharsets.ISO_8859_1))) {
      String line;
      while ((line = reader.readLine()) != null) {
        if (line.contains(inode)) {
          String[] fields = line.strip().split(" +", column + 2);
          if (fields.length > column && fields[column].equals(inode)) {
            return fields;
          }
        }
      }
    } catch (IOException notThere) {
      return null;
    }
    return null;
  }

  private static SocketState inet(Table table, String[] fields, long inode, Direction direction) {
    return new SocketState(
        new InetSocket(
            inode,
            table.family,
            table.type,
            SocketReader.nameOfProtocol(table.protocol, table.family),
            endpoint(fields[1]),
            endpoint(fields[2]),
            direction),
        table.protocol,
        Integer.parseInt(fields[3], 16),
        Step.Traffic.NONE_KNOWN,
        Step.UNKNOWN,
        false);
  }

  /** Words of four bytes in the processor's order, and a port: {@code 0100007F:1F90}. */
  private static Endpoint endpoint(String text) {
    int colon = text.indexOf(':');
    int port = Integer.parseInt(text, colon + 1, text.length(), 16);
    return new Endpoint(
        colon == 8
            ? new IpAddress.V4(word(text, 0))
            : new IpAddress.V6(
                (long) word(text, 0) << 32 | Integer.toUnsignedLong(word(text, 8)),
                (long) word(text, 16) << 32 | Integer.toUnsignedLong(word(text, 24))),
        port);
  }

  private static int word(String text, int start) {
    return Integer.reverseBytes(Integer.parseUnsignedInt(text, start, start + 8, 16));
  }

  /** Num: RefCount Protocol Flags Type St Inode Path */
  private static SocketState unix(String[] fields, long inode, @Nullable ByteBuffer given) {
    UntrustedText path;
    boolean isAbstract;
    if (given != null) {
      path = Addresses.path(given, given.limit());
      isAbstract = Addresses.isAbstract(given, given.limit());
    } else {
      String listed = fields.length > 7 ? fields[7] : "";
      isAbstract = listed.startsWith("@");
      path = new UntrustedText(isAbstract ? listed.substring(1) : listed);
    }
    return new SocketState(
        new UnixSocket(
            inode, Addresses.AF_UNIX, Integer.parseInt(fields[4], 16), path, isAbstract, null),
        0,
        0,
        Step.Traffic.NONE_KNOWN,
        Step.UNKNOWN,
        false);
  }
}
