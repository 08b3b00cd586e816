// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.event.UnixSocket;
import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.event.VsockSocket;
import io.github.tcpw.report.HarmlessLines;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * For Jazzer (build/fuzz): any struct sockaddr that a traced program hands to connect is an end, or
 * none, and becomes a harmless line.
 */
public final class AddressFuzz {
  private static final int SOCK_STREAM = 1;

  private AddressFuzz() {}

  /** The first byte is the length that the program claims, the others are the address. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int length = Byte.toUnsignedInt(input[0]);
    ByteBuffer address =
        ByteBuffer.wrap(input, 1, input.length - 1).slice().order(ByteOrder.nativeOrder());
    for (int family : new int[] {Addresses.AF_INET, Addresses.AF_INET6}) {
      check(
          new InetSocket(
              1,
              family,
              SOCK_STREAM,
              Protocol.nameOf(6, family),
              Addresses.none(family),
              Addresses.endpoint(address, family),
              Direction.OUTGOING));
    }
    check(
        new UnixSocket(
            1,
            Addresses.AF_UNIX,
            SOCK_STREAM,
            Addresses.path(address, length),
            Addresses.isAbstract(address, length),
            null));
    VsockSocket.End end = Addresses.vsockEnd(address);
    check(new VsockSocket(1, Addresses.AF_VSOCK, SOCK_STREAM, end, end, Direction.OUTGOING));
  }

  private static void check(Socket socket) {
    SocketEvent event =
        new SocketEvent(
            new Origin(0, 1, new UntrustedText("x")), socket, new Step.Connect(0, Step.UNKNOWN));
    HarmlessLines.text(event);
    HarmlessLines.json(event);
    HarmlessLines.csv(event);
  }
}
