// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.report.TextFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is in a record, it is refused, or becomes one harmless line. */
class RandomRecordsTest {
  private static final int RECORDS = 20_000;
  private static final int LONGEST = 200;
  private static final int LONGEST_OFFSET = 24;

  // \p{C}: controls, formats, surrogates, private use, unassigned; \p{Z}: separators
  private static final String WORD = "[^\\p{C}\\p{Z}]*";
  private static final Pattern LINE =
      Pattern.compile(
          "[0-9/]{10} [0-9:]{8} tcpw: pid=-?[0-9]+ comm="
              + WORD
              + " af=AF_[A-Z0-9]+ proto="
              + WORD
              + "( [^ ]+:[0-9]+ (->|<-|--) [^ ]+:[0-9]+| path="
              + WORD
              + ")?( error=-?[A-Z0-9]+)?\n");

  private final EventDecoder decoder = new EventDecoder(new EventClock(System.nanoTime()));
  private final TextFormat format = new TextFormat();

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed, -7, Long.MAX_VALUE})
  void everyRecordIsRefusedOrOneHarmlessLine(long seed) throws Exception {
    Random random = new Random(seed);
    int understood = 0;
    for (int i = 0; i < RECORDS; i++) {
      int offset = random.nextInt(LONGEST_OFFSET);
      byte[] bytes = record(random, offset);
      @Nullable String line = line(bytes, offset);
      if (line != null) {
        understood++;
        assertThat(line).matches(LINE);
      }
    }
    assertThat(understood).as("most records reach the formatter").isGreaterThan(RECORDS / 3);
  }

  private @Nullable String line(byte[] record, int offset) throws CharacterCodingException {
    ByteBuffer bytes = ByteBuffer.wrap(record).order(ByteOrder.nativeOrder());
    try {
      @Nullable SocketEvent event = decoder.decode(bytes, offset, record.length - offset);
      return event == null ? null : utf8(format.format(event));
    } catch (RuntimeException e) {
      throw new AssertionError(HexFormat.of().formatHex(record, offset, record.length), e);
    }
  }

  /** Refuses what is malformed. */
  private static String utf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** All random, but mostly of a known kind and family, with texts of some kind. */
  private static byte[] record(Random random, int offset) {
    byte[] bytes = new byte[offset + random.nextInt(LONGEST + 1)];
    random.nextBytes(bytes);
    ByteBuffer record = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    if (bytes.length - offset < EventDecoder.SIZE_OF_EVENT) {
      return bytes;
    }
    if (random.nextInt(8) != 0) {
      record.putShort(offset + EventDecoder.KIND, (short) (1 + random.nextInt(2)));
      record.putShort(offset + EventDecoder.FAMILY, (short) family(random));
    }
    if (random.nextBoolean()) {
      record.putInt(offset + EventDecoder.RESULT, -random.nextInt(140));
    }
    if (random.nextBoolean()) {
      record.putLong(offset + EventDecoder.TIME, System.nanoTime());
    }
    switch (random.nextInt(4)) {
      case 0 ->
          fill(record, offset + EventDecoder.COMM, "\u202e\u200b\u00a0\ue000\ufeff日本語", random);
      case 1 -> fill(record, offset + EventDecoder.COMM, "\n\r\t \u001b[2J\u007f\\x1b@", random);
      case 2 -> fill(record, offset + EventDecoder.COMM, "\0\0\0/run/x.sock", random);
      default -> {}
    }
    return bytes;
  }

  private static int family(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> EventDecoder.AF_UNIX;
      case 1 -> EventDecoder.AF_INET;
      case 2 -> EventDecoder.AF_INET6;
      default -> random.nextInt(50);
    };
  }

  /** Overwrites all from there on with characters of a text, as UTF-8, at random. */
  private static void fill(ByteBuffer record, int from, String characters, Random random) {
    int position = from;
    while (position < record.capacity()) {
      int at = random.nextInt(characters.length());
      byte[] character = characters.substring(at, at + 1).getBytes(StandardCharsets.UTF_8);
      int length = Math.min(character.length, record.capacity() - position);
      record.put(position, character, 0, length);
      position += length;
    }
  }
}
