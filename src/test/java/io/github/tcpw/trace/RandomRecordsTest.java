// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Ending;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.report.EventSchema;
import io.github.tcpw.report.Formats;
import io.github.tcpw.report.TextFormat;
import io.github.tcpw.report.TimeStyle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is in a record, it is refused, or becomes one harmless line. */
class RandomRecordsTest {
  private static final int RECORDS = 20_000;
  private static final int RECORDS_TO_PARSE = 2_000; // which takes longer
  private static final int LONGEST = EventDecoder.SIZE_OF_UNIX_EVENT + 24;
  private static final int LONGEST_OFFSET = 24;

  // \p{C}: controls, formats, surrogates, private use, unassigned; \p{Z}: separators
  private static final String WORD = "[^\\p{C}\\p{Z}]*";
  private static final String WALL = "[0-9/]{10} [0-9:]{8} ";
  private static final String SECONDS = "-?[0-9]+\\.[0-9]{6} ";
  private static final String DURATION = "[0-9]+(\\.[0-9]+)?ms";
  private static final String RED = "\u001b\\[31m";
  private static final String PLAIN = "\u001b\\[0m";

  private static final String ORIGIN = "tcpw: pid=[0-9]+ comm=" + WORD;
  private static final String SOCKET =
      ends(" af=AF_INET proto=" + WORD, "([0-9]{1,3}\\.){3}[0-9]{1,3}:[0-9]{1,5}")
          + ends("| af=AF_INET6 proto=" + WORD, "\\[[0-9a-f:.]+\\]:[0-9]{1,5}")
          + ends("| af=AF_VSOCK proto=AF_VSOCK", "(\\*|[0-9]+):(\\*|[0-9]+)")
          + "| af=AF_UNIX proto=UNIX(-[A-Z]+)? path="
          + WORD
          + "{PEER}| af=AF_(?!(UNIX|INET6?) )[A-Z0-9]+ proto="
          + WORD;
  private static final String STEP =
      " event=(connect|failed)( {RED}error=[A-Z0-9]+{PLAIN})?( after=DURATION)?"
          + "| event=established( after=DURATION)?"
          + "| event=(accept|datagram|subflow)"
          + "| event=listen backlog=-?[0-9]+"
          + "| event=found( state=[A-Z0-9_]+)?"
          + "| event=close"
          + " ({RED}ended=(rst-by-us|rst-by-peer|timeout){PLAIN}"
          + "|ended=(closed|fin-by-us|fin-by-peer|given-up|still-open))"
          + "( duration=DURATION)?( sent=[0-9]+)?( received=[0-9]+)?"
          + "( datagrams-sent=[0-9]+)?( datagrams-received=[0-9]+)?"
          + "( rtt=DURATION)?( retransmits=[0-9]+)?";
  private static final String BEGINNING =
      "( {RED}error=[A-Z0-9]+{PLAIN}( after=DURATION)?| after=DURATION| state=[A-Z0-9_]+)?";

  private final EventDecoder decoder =
      new EventDecoder(new EventClock(System.nanoTime(), System.nanoTime()));

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed, -7, Long.MAX_VALUE})
  void everyRecordIsRefusedOrOneHarmlessLineOfText(long seed) {
    TextFormat format = new TextFormat(false, TimeStyle.WALL, false, 0);
    Pattern line = line(WALL, BEGINNING, "", "", "");
    check(seed, RECORDS, format::format, text -> assertThat(text).matches(line));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed, -7, Long.MAX_VALUE})
  void everyStepIsOneHarmlessLineOfText(long seed) {
    TextFormat format = new TextFormat(true, TimeStyle.RELATIVE, true, 0);
    Pattern line = line(SECONDS, STEP, "( peer=[0-9]+/" + WORD + ")?", RED, PLAIN);
    check(seed, RECORDS, format::format, text -> assertThat(text).matches(line));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed})
  void everyRecordIsRefusedOrOneObjectOfJson(long seed) {
    check(
        seed,
        RECORDS_TO_PARSE,
        Formats.json(),
        line -> {
          assertThat(line).matches(WORD + "\n");
          assertThat(EventSchema.violations(line)).as(line).isEmpty();
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20261123, 0x5eed})
  void everyRecordIsRefusedOrOneRecordOfCsv(long seed) {
    check(
        seed,
        RECORDS_TO_PARSE,
        Formats.csv(),
        line -> {
          assertThat(line).matches(WORD + "\r\n");
          List<CSVRecord> records = parsed(line);
          assertThat(records).hasSize(1);
          assertThat(records.getFirst()).hasSize(Formats.csvColumns());
          for (String cell : records.getFirst()) {
            assertThat(cell).matches("([^-=+@].*)?"); // or a spreadsheet calculates it
          }
        });
  }

  private void check(
      long seed, int count, Function<SocketEvent, byte[]> format, Consumer<String> checker) {
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
          checker.accept(utf8(format.apply(event)));
        }
      } catch (RuntimeException | AssertionError | CharacterCodingException e) {
        throw new AssertionError(HexFormat.of().formatHex(record, offset, record.length), e);
      }
    }
    assertThat(understood).as("most records reach the formatter").isGreaterThan(count / 3);
    assertThat(seen).as("four kinds of sockets, nine of steps").hasSize(4 + 9);
  }

  private static Pattern line(String time, String step, String peer, String red, String plain) {
    String line = time + ORIGIN + "(" + SOCKET + ")(" + step + ")\n";
    return Pattern.compile(
        line.replace("{PEER}", peer)
            .replace("{RED}", red)
            .replace("{PLAIN}", plain)
            .replace("DURATION", DURATION));
  }

  private static String ends(String socket, String end) {
    return socket + " " + end + "( (->|<-|--) " + end + ")?";
  }

  private static List<CSVRecord> parsed(String line) {
    try (CSVParser parser = CSVParser.parse(line, CSVFormat.RFC4180)) {
      return parser.getRecords();
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  /** Refuses what is malformed. */
  private static String utf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
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
