// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.UnixSocket;
import java.io.StringReader;
import java.util.Scanner;
import org.jspecify.annotations.Nullable;

/**
 * For Jazzer (build/fuzz): whatever paths a program gives its Unix sockets, no list is too much for
 * the parser, and they make no other socket look like what it is not.
 */
public final class ProcNetFuzz {
  private static final String OTHER =
      "000000004474a921: 00000002 00000000 00010000 0001 01    77 /true\n";

  /** Of what lines are made: what nobody would find by chance. */
  private static final String[] PIECES = {
    "000000004474a921: 00000002 00000000 00010000 ",
    "0001 01 ",
    " 77",
    " 77 /true\n",
    "  0: 0100007F:0001 0200007F:0002 01 0:0 0:0 0     0        0 ",
    "  0: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 07 ",
  };

  private ProcNetFuzz() {}

  /** The first byte chooses a protocol, the others are a part of its list, or pieces of it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < input.length; i++) {
      int number = Byte.toUnsignedInt(input[i]);
      text.append(number < PIECES.length ? PIECES[number] : (char) number);
    }
    String list = text.toString();
    switch (input[0] & 3) {
      case 0 -> find("TCP", list);
      case 1 -> find("UDPv6", list);
      default -> {
        find("UNIX", list);
        SocketState found =
            find(
                "UNIX",
                "0000000059d3d41a: 00000003 00000000 00000000 0001 03 7 @" + list + "\n" + OTHER);
        if (found != null) {
          assertThat(found.socket())
              .isInstanceOfSatisfying(
                  UnixSocket.class, socket -> assertThat(socket.path().bytes()).isEqualTo("/true"));
        }
      }
    }
  }

  private static @Nullable SocketState find(String protocol, String list) {
    return ProcNet.find(
        new Scanner(new StringReader(list)), // of a string, Jazzer takes it for a path
        requireNonNull(Protocol.named(protocol)),
        77,
        Direction.OUTGOING,
        null);
  }
}
