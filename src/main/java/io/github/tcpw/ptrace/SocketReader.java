// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.OtherSocket;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.VsockSocket;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.ForeignSocket;
import io.github.tcpw.linux.ProcFile;
import io.github.tcpw.linux.SystemCallException;
import io.github.tcpw.trace.Notices;
import io.github.tcpw.trace.TraceOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads what the sockets of a stopped thread say of themselves, changing nothing of them. */
final class SocketReader {
  private final TraceOptions options;
  private final Notices notices;
  private final DiagnosedSockets diagnosis = new DiagnosedSockets();
  private boolean saysWhoIsHidden = true;
  private long gone;
  private long unlisted;

  SocketReader(TraceOptions options, Notices notices) {
    this.options = options;
    this.notices = notices;
  }

  /** How many could not be read, because another thread had closed them. */
  long gone() {
    return gone;
  }

  /** How many could neither be borrowed nor, without doubt, be found in /proc/PID/net. */
  long unlisted() {
    return unlisted;
  }

  /**
   * Reads a socket, with as few system calls as that takes: the thread waits for it.
   *
   * @param given the address that connect was given; null: the socket's own
   * @param succeeded whether there must be one
   * @param withState whether its state and traffic are asked for
   * @return null if it is none that is asked for
   */
  @Nullable SocketState read(
      Tracee tracee,
      int fd,
      Direction direction,
      @Nullable ByteBuffer given,
      boolean succeeded,
      boolean withState) {
    try (ForeignSocket socket = tracee.borrow(fd)) {
      ByteBuffer address = socket.localAddress();
      if (socket.addressLength() < 2) { // it is no socket
        return null;
      }
      int family = Addresses.family(address);
      if (family != Addresses.AF_INET && family != Addresses.AF_INET6) {
        int type = socket.type();
        return isWanted(family, type, 0) ? other(socket, family, type, direction, given) : null;
      }
      Endpoint local = Addresses.endpoint(address, family);
      int protocol = socket.protocol();
      int type =
          protocol == Protocol.IPPROTO_TCP
              ? SocketState.SOCK_STREAM
              : protocol == Protocol.IPPROTO_UDP ? SocketState.SOCK_DGRAM : socket.type();
      return isWanted(family, type, protocol)
          ? inet(socket, family, type, protocol, direction, local, withState)
          : null;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EBADF) { // no such descriptor, or O_PATH
        if (succeeded) {
          gone++;
        }
        return null;
      }
      return unborrowed(tracee, fd, direction, given, succeeded, withState);
    }
  }

  /** Where nothing may be borrowed. */
  private @Nullable SocketState unborrowed(
      Tracee tracee,
      int fd,
      Direction direction,
      @Nullable ByteBuffer given,
      boolean succeeded,
      boolean withState) {
    ProcNet socket = ProcNet.of(tracee, fd);
    if (socket == null) {
      sayIfHidden(tracee);
      return null;
    }
    Protocol protocol = socket.protocol();
    if (!isWanted(protocol.family(), protocol.type(), protocol.number())) {
      return null;
    }
    SocketState state =
        diagnosis.read(tracee, protocol, socket.inode(), direction, given, withState);
    if (state == null) {
      state = socket.read(direction, given);
    }
    if (state == null && (succeeded || given != null)) {
      unlisted++;
    }
    return state;
  }

  /** The kernel may let nobody look into a process (ptrace(2), access mode checking). */
  private void sayIfHidden(Tracee tracee) {
    if (saysWhoIsHidden
        && ProcFile.readLink("/proc/" + tracee.thread() + "/cwd").isEmpty()
        && !tracee.comm().bytes().isEmpty()) { // else it was killed
      saysWhoIsHidden = false;
      notices.warn(
          "the sockets of process "
              + tracee.process()
              + " are not shown: its program may not be read, or it lets nobody look into it"
              + " (prctl(2), PR_SET_DUMPABLE); run tcpw as root");
    }
  }

  /** Why the connect of a socket failed; that is asked once, so only for one that is closed. */
  int takeError(Tracee tracee, int fd) {
    try (ForeignSocket socket = tracee.borrow(fd)) {
      return socket.takeError();
    } catch (SystemCallException e) {
      return 0;
    }
  }

  /** The network namespace of a socket; -1 if it cannot be read. */
  long network(Tracee tracee, int fd) {
    try (ForeignSocket socket = tracee.borrow(fd)) {
      return socket.network();
    } catch (SystemCallException e) {
      return -1;
    }
  }

  /** The sockets that are asked for. */
  boolean isWanted(int family, int type, int protocol) {
    if (family < 0) {
      return false;
    }
    if (family == Addresses.AF_UNIX) {
      return options.unixDomain();
    }
    if (family == Addresses.AF_NETLINK) {
      return options.netlink();
    }
    if (SocketState.makesConnections(type)) {
      return family != Addresses.AF_ALG;
    }
    // Other datagrams than UDP are ping's (Protocol.IPPROTO_ICMP).
    return options.udp()
        && type == SocketState.SOCK_DGRAM
        && (protocol == Protocol.IPPROTO_UDP || protocol == Protocol.IPPROTO_UDPLITE);
  }

  private static SocketState other(
      ForeignSocket socket, int family, int type, Direction direction, @Nullable ByteBuffer given) {
    long inode = socket.inode();
    Socket read =
        switch (family) {
          case Addresses.AF_UNIX -> unix(socket, type, inode, given);
          case Addresses.AF_VSOCK -> vsock(socket, type, direction, inode);
          default -> new OtherSocket(inode, family, type, nameOfFamily(family));
        };
    return new SocketState(read, 0, 0, Step.Traffic.NONE_KNOWN, Step.UNKNOWN, false);
  }

  private static SocketState inet(
      ForeignSocket socket,
      int family,
      int type,
      int protocol,
      Direction direction,
      Endpoint local,
      boolean withState) {
    long inode = socket.inode();
    Endpoint remote = Addresses.endpoint(socket.remoteAddress(), family);
    int state = 0;
    Step.Traffic traffic = Step.Traffic.NONE_KNOWN;
    long answer = Step.UNKNOWN;
    boolean isCutOff = false;
    if (withState && protocol == Protocol.IPPROTO_TCP) {
      TcpInfo info = new TcpInfo(socket.tcpInfo());
      state = info.state();
      traffic = info.traffic();
      answer = info.answer();
      isCutOff = socket.resetsAtClose();
    }
    return new SocketState(
        new InetSocket(
            inode, family, type, Protocol.nameOf(protocol, family), local, remote, direction),
        protocol,
        state,
        traffic,
        answer,
        isCutOff);
  }

  private static Socket unix(
      ForeignSocket socket, int type, long inode, @Nullable ByteBuffer given) {
    int process = socket.peerProcess();
    UnixSocket.Peer peer =
        process <= 0 ? null : new UnixSocket.Peer(process, Tracee.commOf(process));
    ByteBuffer address = given;
    int length = given == null ? 0 : given.limit();
    if (address == null) {
      address = socket.localAddress();
      length = socket.addressLength();
    }
    return new UnixSocket(
        inode,
        Addresses.AF_UNIX,
        type,
        Addresses.path(address, length),
        Addresses.isAbstract(address, length),
        peer);
  }

  private static Socket vsock(ForeignSocket socket, int type, Direction direction, long inode) {
    VsockSocket.End local = Addresses.vsockEnd(socket.localAddress());
    VsockSocket.End remote = Addresses.vsockEnd(socket.remoteAddress());
    return new VsockSocket(inode, Addresses.AF_VSOCK, type, local, remote, direction);
  }

  private static String nameOfFamily(int family) {
    return switch (family) {
      case Addresses.AF_NETLINK -> "NETLINK";
      case 30 -> "TIPC";
      case 43 -> "SMC";
      default -> Integer.toString(family);
    };
  }
}
