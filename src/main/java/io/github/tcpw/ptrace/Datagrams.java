// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Calls that move datagrams: whom a socket talks to and, with lives, how much. */
final class Datagrams {
  // linux/socket.h
  private static final int MSG_PEEK = 2;
  private static final int MSG_ERRQUEUE = 0x2000;

  private static final int UIO_MAXIOV = 1024; // linux/uio.h

  /** Of struct msghdr: a pointer to an address, and its length. */
  private static final int SIZE_OF_NAME = 16;

  private final boolean countsAll;
  private final CallReader memory;
  private final SocketReader reader;
  private final Lives lives;
  private final Peers peers;
  private final EventSink events;

  /**
   * Nothing yet.
   *
   * @param countsAll whether also datagrams between ends that are known are looked at
   */
  Datagrams(
      boolean countsAll,
      CallReader memory,
      SocketReader reader,
      Lives lives,
      Peers peers,
      EventSink events) {
    this.countsAll = countsAll;
    this.memory = memory;
    this.reader = reader;
    this.lives = lives;
    this.peers = peers;
    this.events = events;
  }

  /**
   * Where the address of a peer lies.
   *
   * @param pointer into the memory of the thread; 0: nowhere
   * @param length of the address that was given
   */
  private record Name(long pointer, int length) {
    static final Name NONE = new Name(0, 0);

    /** The beginning of a struct msghdr. */
    static Name of(ByteBuffer header, boolean is32Bit) {
      return is32Bit
          ? new Name(Integer.toUnsignedLong(header.getInt(0)), header.getInt(4))
          : new Name(header.getLong(0), header.getInt(8));
    }
  }

  /** A call that moves data has succeeded. */
  void moved(Tracee tracee, CallInProgress call, long result) {
    boolean isOutgoing =
        switch (call.call()) {
          case SEND_TO, SEND_MESSAGE, SEND_MESSAGES, SEND, WRITE -> true;
          default -> false;
        };
    Direction direction = isOutgoing ? Direction.OUTGOING : Direction.INCOMING;
    SocketState state = reader.read(tracee, call.fd(), direction, null, true, false);
    if (state == null) {
      return;
    }
    if (state.socket() instanceof UnixSocket unix) {
      movedUnix(tracee, call, unix, isOutgoing);
      return;
    }
    if (state.isConnection() || !(state.socket() instanceof InetSocket inet)) {
      return;
    }
    // Looked at, to be received yet; or one of our own that came back.
    if (!isOutgoing && (flags(call) & (MSG_PEEK | MSG_ERRQUEUE)) != 0) {
      return;
    }
    // One that is connected receives from that peer alone.
    boolean mayName = isOutgoing || inet.remote().isUnspecified();
    if (call.call() != Call.SEND_MESSAGES && call.call() != Call.RECEIVE_MESSAGES) {
      Name name = mayName ? name(tracee, call) : Name.NONE;
      datagram(tracee, state, name, isOutgoing, result);
      return;
    }
    int size = call.is32Bit() ? 32 : 64; // struct mmsghdr: a struct msghdr and a length
    for (int i = 0; i < Math.min(result, UIO_MAXIOV); i++) {
      ByteBuffer message = memory.bytes(tracee, call.argument(1) + (long) i * size, size);
      if (message == null) {
        return;
      }
      long bytes = Integer.toUnsignedLong(message.getInt(call.is32Bit() ? 28 : 56));
      Name name = mayName ? Name.of(message, call.is32Bit()) : Name.NONE;
      datagram(tracee, state, name, isOutgoing, bytes);
    }
  }

  /** MSG_* of recv(2). */
  private static int flags(CallInProgress call) {
    return switch (call.call()) {
      case RECEIVE_FROM, RECEIVE, RECEIVE_MESSAGES -> (int) call.argument(3);
      case RECEIVE_MESSAGE -> (int) call.argument(2);
      default -> 0;
    };
  }

  /** Of several messages the first's. */
  private Name name(Tracee tracee, CallInProgress call) {
    return switch (call.call()) {
      case SEND_TO, RECEIVE_FROM -> new Name(call.argument(4), (int) call.argument(5));
      case SEND_MESSAGE, RECEIVE_MESSAGE, SEND_MESSAGES, RECEIVE_MESSAGES -> {
        ByteBuffer header = memory.bytes(tracee, call.argument(1), SIZE_OF_NAME);
        yield header == null ? Name.NONE : Name.of(header, call.is32Bit());
      }
      default -> Name.NONE;
    };
  }

  /**
   * Of one datagram.
   *
   * @param name none: its peer is the one that the socket is connected to
   */
  private void datagram(
      Tracee tracee, SocketState state, Name name, boolean isOutgoing, long bytes) {
    InetSocket inet = (InetSocket) state.socket();
    Endpoint named =
        name.pointer() == 0 ? null : memory.endpoint(tracee, name.pointer(), inet.family());
    Endpoint remote = named == null ? inet.remote() : named;
    boolean isNew = remote.port() != 0 && peers.isNew(inet.inode(), remote);
    if (!isNew && !countsAll) {
      return;
    }
    @Nullable Life life = lives.get(inet.inode());
    if (isNew || life == null) {
      Origin origin = events.origin(tracee);
      Socket socket = state.with(inet.local(), remote, inet.direction()).socket();
      if (isNew) {
        events.emit(origin, socket, new Step.Datagram(isOutgoing), inet.direction());
      }
      if (life == null) {
        life = new Life(origin, socket, inet.direction(), false);
        lives.follow(life);
      }
    }
    life.count(isOutgoing, bytes);
    if (remote.port() != 0) {
      life.talksTo(remote);
    }
  }

  /** The first that a Unix socket sends to somebody, or receives under a name of its own. */
  private void movedUnix(
      Tracee tracee, CallInProgress call, UnixSocket socket, boolean isOutgoing) {
    if (socket.type() != SocketState.SOCK_DGRAM) {
      return;
    }
    if (!isOutgoing) {
      boolean hasName = socket.isAbstract() || !socket.path().equals(new UntrustedText(""));
      if (hasName && peers.isNew(socket)) {
        events.emit(events.origin(tracee), socket, new Step.Datagram(false), Direction.INCOMING);
      }
      return;
    }
    Name name = name(tracee, call);
    ByteBuffer address =
        name.pointer() == 0
            ? ByteBuffer.allocate(0)
            : memory.address(tracee, name.pointer(), name.length());
    if (address.limit() > 2 && peers.isNew(socket)) {
      UnixSocket named =
          new UnixSocket(
              socket.inode(),
              socket.family(),
              socket.type(),
              Addresses.path(address, address.limit()),
              Addresses.isAbstract(address, address.limit()),
              socket.peer());
      events.emit(events.origin(tracee), named, new Step.Datagram(true), Direction.OUTGOING);
    }
  }
}
