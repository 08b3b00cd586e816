// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.command;

import org.jspecify.annotations.Nullable;

/** Whom the command is to run as, as it was asked for. IDs are unsigned. */
public sealed interface TargetUser {
  /** Its group; null: the primary one of the user's. */
  @Nullable Integer gid();

  /** A user by name, one char a byte. */
  record Named(String name, @Nullable Integer gid) implements TargetUser {}

  /** A user by ID, who need not be known to the system if there is a group. */
  record Numbered(int uid, @Nullable Integer gid) implements TargetUser {}
}
