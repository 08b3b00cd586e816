// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Ending;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.report.HarmlessLines;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is in a record, it is refused, or becomes one harmless line. */
class RandomRecordsTest {
  private static final int RECORDS = 20_000;
  private static final int RECORDS_TO_PARSE = 2_000; // which takes longer
  private static final int LONGEST = EventDecoder.SIZE_OF_UNIX_EVENT + 24;
  private static final int LONGEST_OFFSET = 24;

  private final EventDecoder decoder =
      new EventDecoder(new EventClock(System.nanoTime(), System.nanoTime()));

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed, -7, Long.MAX_VALUE})
  void everyRecordIsRefusedOrOneHarmlessLineOfText(long seed) {
    check(seed, RECORDS, HarmlessLines::text);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed, -7, Long.MAX_VALUE})
  void everyStepIsOneHarmlessLineOfText(long seed) {
    check(seed, RECORDS, HarmlessLines::lifecycleInColour);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed})
  void everyRecordIsRefusedOrOneObjectOfJson(long seed) {
    check(seed, RECORDS_TO_PARSE, HarmlessLines::json);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed})
  void everyRecordIsRefusedOrOneRecordOfCsv(long seed) {
    check(seed, RECORDS_TO_PARSE, HarmlessLines::csv);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed})
  void everyRecordIsRefusedOrCountedInAHarmlessTable(long seed) {
    check(seed, RECORDS_TO_PARSE, event -> HarmlessLines.summary(event, 80));
  }

  private void check(long seed, int count, Consumer<SocketEvent> checker) {
    Random random = new Random(seed);
    Set<Class<?>> seen = new HashSet<>();
    int understood = 0;
    for (int i = 0; i < count; i++) {
      int offset = random.nextInt(LONGEST_OFFSET);
      byte[] record = record(random, offset);
      try {
        @Nullable SocketEvent event =
            decoder.decode(
                ByteBuffer.wrap(record).order(ByteOrder.nativeOrder()),
                offset,
                record.length - offset);
        if (event != null) {
          understood++;
          seen.add(event.socket().getClass());
          seen.add(event.step().getClass());
          checker.accept(event);
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(HexFormat.of().formatHex(record, offset, record.length), e);
      }
    }
    assertThat(understood).as("most records reach the formatter").isGreaterThan(count / 3);
    assertThat(seen).as("four kinds of sockets, nine of steps").hasSize(4 + 9);
  }

  /** All random, but mostly long enough, of a known kind and family, with texts of some kind. */
  private static byte[] record(Random random, int offset) {
    int length =
        random.nextInt(4) == 0
            ? random.nextInt(LONGEST + 1)
            : LONGEST - random.nextInt(LONGEST - EventDecoder.SIZE_OF_UNIX_EVENT + 1);
    byte[] bytes = new byte[offset + length];
    random.nextBytes(bytes);
    ByteBuffer record = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    if (length < EventDecoder.SIZE_OF_EVENT) {
      return bytes;
    }
    writeTexts(record, offset, random);
    if (random.nextInt(8) != 0) {
      writeKind(record, offset, random);
    }
    if (random.nextBoolean()) {
      record.putLong(offset + EventDecoder.TIME, System.nanoTime());
    }
    if (random.nextInt(4) == 0) {
      record.putLong(offset + EventDecoder.AFTER, random.nextInt());
    }
    if (length >= EventDecoder.SIZE_OF_UNIX_EVENT && random.nextBoolean()) {
      record.putInt(offset + EventDecoder.PEER_PID, random.nextInt(Integer.MAX_VALUE));
      record.putShort(offset + EventDecoder.PATH_LENGTH, (short) random.nextInt(120));
    }
    return bytes;
  }

  private static void writeKind(ByteBuffer record, int offset, Random random) {
    record.putInt(offset + EventDecoder.PID, random.nextInt(Integer.MAX_VALUE));
    record.putShort(
        offset + EventDecoder.KIND, (short) (1 + random.nextInt(EventDecoder.EVENT_CLOSE)));
    record.putShort(offset + EventDecoder.FAMILY, (short) family(random));
    record.put(offset + EventDecoder.ENDING, (byte) random.nextInt(Ending.values().length + 1));
    switch (random.nextInt(4)) {
      case 0 -> record.putInt(offset + EventDecoder.RESULT, random.nextInt(20));
      case 1, 2 -> record.putInt(offset + EventDecoder.RESULT, -random.nextInt(140));
      default -> {}
    }
    if (random.nextBoolean()) {
      record.putShort(offset + EventDecoder.TYPE, (short) random.nextInt(6));
    }
  }

  private static void writeTexts(ByteBuffer record, int offset, Random random) {
    int from = offset + EventDecoder.COMM;
    switch (random.nextInt(6)) {
      case 0 -> fill(record, from, "\u202e\u200b\u00a0\ue000\ufeff日本語", random);
      case 1 -> fill(record, from, "\n\r\t \u001b[2J\u007f\\x1b@", random);
      case 2 -> fill(record, from, "\0\0\0/run/x.sock", random);
      case 3 -> fill(record, from, "=+-@\"',;\u00e9", random);
      default -> {}
    }
  }

  private static int family(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> EventDecoder.AF_UNIX;
      case 1 -> EventDecoder.AF_INET;
      case 2 -> EventDecoder.AF_INET6;
      case 3 -> EventDecoder.AF_VSOCK;
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
