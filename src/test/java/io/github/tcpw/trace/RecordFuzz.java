// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.report.HarmlessLines;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** For Jazzer (build/fuzz): any bytes are refused by the decoder, or printed as harmless lines. */
public final class RecordFuzz {
  private static final EventDecoder DECODER =
      new EventDecoder(new EventClock(System.nanoTime(), System.nanoTime()));

  private RecordFuzz() {}

  /** The first byte is the width of the terminal, the others are the record. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    @Nullable SocketEvent event =
        DECODER.decode(ByteBuffer.wrap(input).order(ByteOrder.nativeOrder()), 1, input.length - 1);
    if (event != null) {
      HarmlessLines.text(event);
      HarmlessLines.lifecycleInColour(event);
      HarmlessLines.json(event);
      HarmlessLines.csv(event);
      HarmlessLines.summary(event, 1 + Byte.toUnsignedInt(input[0]));
    }
  }
}
