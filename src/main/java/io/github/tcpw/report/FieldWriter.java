// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes the fields of an event, in their order ({@link EventFields}). */
interface FieldWriter {
  /** A text, already escaped; null if there is none. */
  void text(String name, @Nullable String value) throws IOException;

  /** A number; null if it is negative: not known. */
  void number(String name, long value) throws IOException;

  /** Whether something is so; null if it makes no sense to ask. */
  void flag(String name, @Nullable Boolean value) throws IOException;

  /** The fields up to {@link #end} are parts of this one. */
  void begin(String name) throws IOException;

  /** See {@link #begin}. */
  void end() throws IOException;

  /** A field with parts that there is not. */
  void none(String name) throws IOException;
}
