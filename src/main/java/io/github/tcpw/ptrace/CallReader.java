// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Endpoint;
import io.github.tcpw.linux.ForeignSocket;
import io.github.tcpw.linux.ProcessMemory;
import io.github.tcpw.linux.Ptrace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the calls that stopped threads begin, and what their arguments point to.
 *
 * <p>It trusts nothing that it reads: lengths are bounded.
 */
final class CallReader {
  private static final int SIZE_OF_SOCKADDR_IN = 16;
  private static final int SIZE_OF_SOCKADDR_IN6 = 28;

  private final ProcessMemory memory = new ProcessMemory(ForeignSocket.SIZE_OF_ADDRESS);

  /** The call that a seccomp filter stopped a thread at; null: none that matters. */
  @Nullable CallInProgress read(Tracee tracee) {
    if (!Ptrace.readCall(tracee.thread())) {
      return null;
    }
    @Nullable Abi abi = Abi.of(Ptrace.architecture(), Ptrace.number());
    @Nullable Call call = abi == null ? null : abi.call(Ptrace.number());
    if (abi == null || call == null) {
      return null;
    }
    long[] arguments = new long[6];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = Ptrace.argument(i);
    }
    if (call == Call.SOCKET_CALL) {
      call = socketCall((int) arguments[0]);
      if (call == null || !readArguments(tracee, arguments)) {
        return null;
      }
    }
    ByteBuffer given =
        call == Call.CONNECT ? address(tracee, arguments[1], (int) arguments[2]) : null;
    return new CallInProgress(call, arguments, abi.is32Bit(), given);
  }

  /** The numbers of socketcall(2), net/socket.c. */
  private static @Nullable Call socketCall(int number) {
    return switch (number) {
      case 3 -> Call.CONNECT;
      case 4 -> Call.LISTEN;
      case 13 -> Call.SHUTDOWN;
      case 9 -> Call.SEND;
      case 10 -> Call.RECEIVE;
      case 11 -> Call.SEND_TO;
      case 12 -> Call.RECEIVE_FROM;
      case 16 -> Call.SEND_MESSAGE;
      case 17 -> Call.RECEIVE_MESSAGE;
      case 19 -> Call.RECEIVE_MESSAGES;
      case 20 -> Call.SEND_MESSAGES;
      case 5, 18 -> Call.ACCEPT;
      case 15 -> Call.GET_OPTION;
      default -> null;
    };
  }

  /** Those of socketcall are behind a pointer. */
  private boolean readArguments(Tracee tracee, long[] arguments) {
    int number = (int) arguments[0];
    int count = number == 11 || number == 12 ? 6 : number == 15 || number == 19 ? 5 : 3;
    if (!memory.read(tracee.thread(), arguments[1], count * 4)) {
      return false;
    }
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = i < count ? Integer.toUnsignedLong(memory.bytes().getInt(i * 4)) : 0;
    }
    return true;
  }

  /**
   * Reads a few bytes.
   *
   * @param length at most {@link ForeignSocket#SIZE_OF_ADDRESS}
   * @return valid until the next call; null if there are none
   */
  @Nullable ByteBuffer bytes(Tracee tracee, long pointer, int length) {
    return memory.read(tracee.thread(), pointer, length) ? memory.bytes() : null;
  }

  /**
   * The end that a struct sockaddr_in or sockaddr_in6 names; null if it is neither.
   *
   * @param family the socket's own
   */
  @Nullable Endpoint endpoint(Tracee tracee, long pointer, int family) {
    ByteBuffer address = address(tracee, pointer, SIZE_OF_SOCKADDR_IN6);
    if (address.limit() == 0) {
      address = address(tracee, pointer, SIZE_OF_SOCKADDR_IN);
    }
    int given = Addresses.family(address);
    return given == Addresses.AF_INET || given == Addresses.AF_INET6
        ? Addresses.endpoint(address, family)
        : null;
  }

  /** A struct sockaddr, as far as it can be read; never more than any address has. */
  ByteBuffer address(Tracee tracee, long pointer, int length) {
    byte[] bytes = new byte[0];
    if (length > 0
        && length <= ForeignSocket.SIZE_OF_ADDRESS
        && memory.read(tracee.thread(), pointer, length)) {
      bytes = new byte[length];
      memory.bytes().get(0, bytes);
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }
}
