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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Scanner;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A socket as /proc/PID/net lists it (proc_pid_net(5)), found by its inode: for where no descriptor
 * may be borrowed, in containers with an old seccomp profile and before Linux 5.6. It is of the
 * process's own network namespace, where {@link DiagnosedSockets} is of tcpw's.
 *
 * <p>The list of Unix sockets has their paths as they are, line feeds included, so a program may
 * put whole lines there that the kernel did not mean. What such a line claims of another socket is
 * not believed: where lines differ, nothing is said.
 */
final class ProcNet {
  /** get_tcp4_sock of net/ipv4/tcp_ipv4.c; the others are like it. */
  private static final Pattern INET =
      Pattern.compile(
          " *\\d+: (?<local>\\p{XDigit}+:\\p{XDigit}{4}) (?<remote>\\p{XDigit}+:\\p{XDigit}{4})"
              + " (?<state>\\p{XDigit}{2}) \\S+ \\S+ \\S+ +\\d+ +\\d+ (?<inode>\\d+) .*");

  /** unix_seq_show of net/unix/af_unix.c; the first is a pointer, or what hides it. */
  private static final Pattern UNIX =
      Pattern.compile(
          "\\S+: \\p{XDigit}{8} \\p{XDigit}{8} \\p{XDigit}{8} (?<type>\\p{XDigit}{4})"
              + " \\p{XDigit}{2} +(?<inode>\\d+)(?: (?<path>.*))?",
          Pattern.DOTALL);

  private final int thread;
  private final long inode;
  private final Protocol protocol;

  private ProcNet(int thread, long inode, Protocol protocol) {
    this.thread = thread;
    this.inode = inode;
    this.protocol = protocol;
  }

  /**
   * A descriptor of a stopped thread; which protocol it is of, the kernel says of the socket itself
   * (sockfs_xattr_get of net/socket.c).
   *
   * @return null if it is none, or no socket of a protocol that is known
   */
  static @Nullable ProcNet of(Tracee tracee, int fd) {
    String file = "/proc/" + tracee.thread() + "/fd/" + fd;
    long inode = ProcFile.socketInode(file);
    Protocol protocol = inode < 0 ? null : Protocol.named(ProcFile.socketProtocol(file));
    return protocol == null ? null : new ProcNet(tracee.thread(), inode, protocol);
  }

  Protocol protocol() {
    return protocol;
  }

  long inode() {
    return inode;
  }

  /**
   * Reads it.
   *
   * @param given the address that connect was given; null: the socket's own
   * @return null if that cannot be told
   */
  @Nullable SocketState read(Direction direction, @Nullable ByteBuffer given) {
    SocketState listed = null;
    if (protocol.list() != null) {
      Path list = Path.of("/proc/" + thread + "/net/" + protocol.list());
      try (Scanner lines = new Scanner(list, StandardCharsets.ISO_8859_1)) {
        listed = find(lines, protocol, inode, direction, given);
      } catch (IOException notThere) {
        return null;
      }
    }
    boolean isInet =
        protocol.family() == Addresses.AF_INET || protocol.family() == Addresses.AF_INET6;
    // An IP socket that is in no list is not bound, or its connect failed; one that was accepted
    // had ends, which nobody knows any more.
    return listed == null && isInet && direction != Direction.INCOMING
        ? inet(
            protocol,
            inode,
            Addresses.none(protocol.family()),
            Addresses.none(protocol.family()),
            direction,
            SocketState.CLOSE)
        : listed;
  }

  /** The socket in a list; null: it is not there, or different things are said of it. */
  static @Nullable SocketState find(
      Scanner list,
      Protocol protocol,
      long inode,
      Direction direction,
      @Nullable ByteBuffer given) {
    list.useDelimiter("\n"); // a path may have other ends of lines
    String number = Long.toString(inode);
    return protocol.family() == Addresses.AF_UNIX
        ? findUnix(list, number, inode, given)
        : findInet(list, protocol, number, inode, direction);
  }

  private static @Nullable SocketState findInet(
      Scanner list, Protocol protocol, String number, long inode, Direction direction) {
    int sizeOfAddress = protocol.family() == Addresses.AF_INET6 ? 32 : 8;
    while (list.hasNext()) {
      String line = list.next();
      if (!line.contains(number)) {
        continue;
      }
      Matcher fields = INET.matcher(line);
      if (fields.matches()
          && fields.group("inode").equals(number)
          && fields.end("local") - fields.start("local") == sizeOfAddress + 5
          && fields.end("remote") - fields.start("remote") == sizeOfAddress + 5) {
        return inet(
            protocol,
            inode,
            endpoint(fields.group("local")),
            endpoint(fields.group("remote")),
            direction,
            Integer.parseInt(fields.group("state"), 16));
      }
    }
    return null;
  }

  private static SocketState inet(
      Protocol protocol,
      long inode,
      Endpoint local,
      Endpoint remote,
      Direction direction,
      int state) {
    return new SocketState(
        new InetSocket(
            inode, protocol.family(), protocol.type(), protocol.name(), local, remote, direction),
        protocol.number(),
        state,
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

  /** What the list says of a Unix socket. */
  private record Listed(int type, UntrustedText path) {}

  private static @Nullable SocketState findUnix(
      Scanner list, String number, long inode, @Nullable ByteBuffer given) {
    List<Listed> found = new ArrayList<>();
    boolean isLast = false;
    while (list.hasNext()) {
      String line = list.next();
      Matcher fields = UNIX.matcher(line);
      if (fields.matches()) {
        isLast = fields.group("inode").equals(number);
        if (isLast) {
          String path = fields.group("path");
          found.add(
              new Listed(
                  Integer.parseInt(fields.group("type"), 16),
                  new UntrustedText(path == null ? "" : path)));
        }
      } else if (isLast) { // the path has a line feed in it
        Listed begun = found.removeLast();
        found.add(new Listed(begun.type, new UntrustedText(begun.path.bytes() + "\n" + line)));
      }
    }
    Set<SocketState> states = new HashSet<>();
    for (Listed listed : found) {
      states.add(unix(listed, inode, given));
    }
    return states.size() == 1 ? states.iterator().next() : null;
  }

  private static SocketState unix(Listed listed, long inode, @Nullable ByteBuffer given) {
    UntrustedText path;
    boolean isAbstract;
    if (given != null) {
      path = Addresses.path(given, given.limit());
      isAbstract = Addresses.isAbstract(given, given.limit());
    } else {
      isAbstract = listed.path.bytes().startsWith("@");
      path = isAbstract ? new UntrustedText(listed.path.bytes().substring(1)) : listed.path;
    }
    return new SocketState(
        new UnixSocket(inode, Addresses.AF_UNIX, listed.type, path, isAbstract, null),
        0,
        0,
        Step.Traffic.NONE_KNOWN,
        Step.UNKNOWN,
        false);
  }
}
