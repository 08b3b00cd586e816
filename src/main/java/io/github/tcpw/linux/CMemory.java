// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what C pointers point to, and allocates C strings.
 *
 * <p>C strings, bytes up to a NUL, become Java strings of one char a byte (ISO 8859-1), so that a
 * file name or an argument of any encoding survives the way there and back.
 */
public final class CMemory {
  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private CMemory() {}

  /** The string at an address; null for address 0. */
  public static @Nullable String read(long address) {
    return address == 0 ? null : MEMORY.getString(address, StandardCharsets.ISO_8859_1);
  }

  /** The strings of a C array of {@code count} pointers, such as {@code argv}. */
  public static String[] readArray(long address, int count) {
    long[] pointers = readLongs(address, count);
    String[] strings = new String[count];
    for (int i = 0; i < count; i++) {
      strings[i] = MEMORY.getString(pointers[i], StandardCharsets.ISO_8859_1);
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
    return arena.allocateFrom(string, StandardCharsets.ISO_8859_1);
  }
}
