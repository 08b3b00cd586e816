// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what C pointers point to, and allocates C strings.
 *
 * <p>Arrays are copied by way of buffers: for others MemorySegment has a pattern switch linked,
 * which takes milliseconds at start-up.
 *
 * <p>C strings, bytes up to a NUL, become Java strings of one char a byte (ISO 8859-1), so that a
 * file name or an argument of any encoding survives the way there and back.
 */
public final class CMemory {
  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final NativeFunction STRLEN = NativeFunction.libc("strlen");

  private CMemory() {}

  /** The string at an address; null for address 0. */
  public static @Nullable String read(long address) {
    return address == 0 ? null : string(address);
  }

  private static String string(long address) {
    return new String(
        bytes(MEMORY.asSlice(address, STRLEN.call(address))), StandardCharsets.ISO_8859_1);
  }

  /** All bytes of a segment. */
  static byte[] bytes(MemorySegment segment) {
    byte[] bytes = new byte[(int) segment.byteSize()];
    segment.asByteBuffer().get(bytes);
    return bytes;
  }

  /** The strings of a C array of {@code count} pointers, such as {@code argv}. */
  public static String[] readArray(long address, int count) {
    long[] pointers = readLongs(address, count);
    String[] strings = new String[count];
    for (int i = 0; i < count; i++) {
      strings[i] = string(pointers[i]);
    }
    return strings;
  }

  /** Consecutive 64-bit integers or pointers. */
  public static long[] readLongs(long address, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = MEMORY.get(ValueLayout.JAVA_LONG, address + 8L * i);
    }
    return values;
  }

  /** Consecutive 32-bit integers. */
  public static int[] readInts(long address, int count) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = MEMORY.get(ValueLayout.JAVA_INT, address + 4L * i);
    }
    return values;
  }

  /** A NUL-terminated copy in native memory, for as long as the arena lives. */
  public static MemorySegment allocate(Arena arena, String string) {
    byte[] bytes = string.getBytes(StandardCharsets.ISO_8859_1);
    return allocate(arena, Arrays.copyOf(bytes, bytes.length + 1));
  }

  /** A copy of an array in native memory, for as long as the arena lives. */
  static MemorySegment allocate(Arena arena, byte[] bytes) {
    MemorySegment copy = arena.allocate(bytes.length);
    copy.asByteBuffer().put(bytes);
    return copy;
  }

  /** The same of an array of 64-bit integers or pointers. */
  public static MemorySegment allocate(Arena arena, long[] values) {
    MemorySegment copy = arena.allocate(8L * values.length, 8);
    copy.asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer().put(values);
    return copy;
  }
}
