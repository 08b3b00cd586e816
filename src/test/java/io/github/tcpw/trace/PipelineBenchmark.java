// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.event.Ending;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.report.Formats;
import io.github.tcpw.report.TextFormat;
import io.github.tcpw.report.TimeStyle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From a record in the ring buffer to the line that says it, in one thread.
 *
 * <p>Run by bench/run. The JVM has the options that the launcher gives it (src/main/launcher).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {
      "--enable-native-access=ALL-UNNAMED",
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-XX:CompileThresholdScaling=2",
      "-Xms8m",
      "-Xmx32m",
      "-Xss512k",
      "-XX:ReservedCodeCacheSize=8m"
    })
public class PipelineBenchmark {
  /** What the records are about. */
  public enum Kind {
    IPV4,
    IPV6,
    UNIX,
    /** The end of a connection, in JSON: the longest of all lines. */
    CLOSE_JSON
  }

  private static final int RECORDS = 1024; // a power of two
  private static final int STRIDE = EventDecoder.SIZE_OF_UNIX_EVENT; // of the largest

  private static final short SOCK_STREAM = 1;
  private static final String PATH = "/run/service/control.sock";

  @Param Kind kind = Kind.IPV4;

  private final ByteBuffer bytes =
      ByteBuffer.allocateDirect(RECORDS * STRIDE).order(ByteOrder.nativeOrder());
  private final EventDecoder decoder =
      new EventDecoder(new EventClock(System.nanoTime(), System.nanoTime()));
  private Function<SocketEvent, byte[]> format =
      new TextFormat(false, TimeStyle.WALL, false, 0)::format;
  private int next;

  /** Fills the memory as the BPF programs would, with records that all differ. */
  @Setup
  public void writeRecords() {
    for (int i = 0; i < RECORDS; i++) {
      int record = i * STRIDE;
      writeEvent(record, i);
      switch (kind) {
        case IPV4 -> writeIpv4(record, i);
        case IPV6 -> writeIpv6(record, i);
        case UNIX -> writeUnix(record);
        case CLOSE_JSON -> {
          writeIpv4(record, i);
          writeClose(record, i);
        }
      }
    }
    if (kind == Kind.CLOSE_JSON) {
      format = Formats.json();
    }
    String line = new String(decodeAndFormat(), StandardCharsets.UTF_8);
    String expected =
        switch (kind) {
          case IPV4 -> " proto=TCP 192.0.2.1:32768 -> 198.51.100.0:443\n";
          case IPV6 -> " proto=TCPv6 [2001:db8::1]:32768 -> [2001:db8:1:2:3:4:5:6]:443\n";
          case UNIX -> " proto=UNIX-STREAM path=" + PATH + "\n";
          case CLOSE_JSON -> "\"rtt_ns\":35000,\"retransmits\":0}\n";
        };
    if (!line.endsWith(expected)) {
      throw new IllegalStateException(line);
    }
  }

  /** A line for the next record. */
  @Benchmark
  public byte[] decodeAndFormat() {
    SocketEvent event = decoder.decode(bytes, next * STRIDE, STRIDE);
    next = next + 1 & RECORDS - 1;
    return format.apply(Objects.requireNonNull(event));
  }

  private void writeEvent(int record, int i) {
    bytes.putLong(record + EventDecoder.TIME, System.nanoTime());
    bytes.putLong(record + EventDecoder.AFTER, Step.UNKNOWN);
    bytes.putLong(record + EventDecoder.INODE, 100_000 + i);
    bytes.putInt(record + EventDecoder.PID, 10_000 + i);
    bytes.putShort(record + EventDecoder.KIND, (short) EventDecoder.EVENT_CONNECT);
    bytes.putShort(record + EventDecoder.TYPE, SOCK_STREAM);
    bytes.put(record + EventDecoder.DIRECTION, (byte) EventDecoder.DIRECTION_OUTGOING);
    writeText(record + EventDecoder.COMM, "python3");
  }

  private void writeIpv4(int record, int i) {
    bytes.putShort(record + EventDecoder.FAMILY, (short) EventDecoder.AF_INET);
    writeText(record + EventDecoder.PROTO, "TCP");
    writeBytes(record + EventDecoder.LOCAL, 192, 0, 2, 1);
    writeBytes(record + EventDecoder.REMOTE, 198, 51, 100 + i / 256, i % 256);
    writePorts(record, i);
  }

  private void writeIpv6(int record, int i) {
    bytes.putShort(record + EventDecoder.FAMILY, (short) EventDecoder.AF_INET6);
    writeText(record + EventDecoder.PROTO, "TCPv6");
    writeBytes(
        record + EventDecoder.LOCAL, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    writeBytes(
        record + EventDecoder.REMOTE,
        0x20,
        1,
        0x0d,
        0xb8,
        0,
        1,
        0,
        2,
        0,
        3,
        0,
        4,
        0,
        5,
        i / 256,
        6 + i % 250);
    writePorts(record, i);
  }

  private void writeClose(int record, int i) {
    bytes.putShort(record + EventDecoder.KIND, (short) EventDecoder.EVENT_CLOSE);
    bytes.put(
        record + EventDecoder.ENDING, (byte) List.of(Ending.values()).indexOf(Ending.FIN_BY_US));
    bytes.putLong(record + EventDecoder.AFTER, 1_234_567 + i);
    bytes.putLong(record + EventDecoder.SENT, 78 + i);
    bytes.putLong(record + EventDecoder.RECEIVED, 12_560 + i);
    bytes.putLong(record + EventDecoder.DATAGRAMS_SENT, Step.UNKNOWN);
    bytes.putLong(record + EventDecoder.DATAGRAMS_RECEIVED, Step.UNKNOWN);
    bytes.putLong(record + EventDecoder.ROUND_TRIP, 35_000);
  }

  private void writePorts(int record, int i) {
    bytes.putShort(record + EventDecoder.LOCAL_PORT, (short) (32_768 + i));
    bytes.putShort(record + EventDecoder.REMOTE_PORT, (short) 443);
  }

  private void writeUnix(int record) {
    bytes.putShort(record + EventDecoder.FAMILY, (short) EventDecoder.AF_UNIX);
    bytes.putShort(record + EventDecoder.PATH_LENGTH, (short) (PATH.length() + 1));
    writeText(record + EventDecoder.PATH, PATH);
  }

  private void writeText(int offset, String text) {
    bytes.put(offset, text.getBytes(StandardCharsets.US_ASCII));
  }

  private void writeBytes(int offset, int... values) {
    for (int i = 0; i < values.length; i++) {
      bytes.put(offset + i, (byte) values[i]);
    }
  }
}
