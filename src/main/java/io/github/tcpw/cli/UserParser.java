// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.command.TargetUser;
import io.github.tcpw.report.Escape;
import org.jspecify.annotations.Nullable;

/** Understands the option --user. */
final class UserParser {
  /** (uid_t)-1 is no user: it asks for no change (setresuid(2)). */
  private static final long LARGEST_ID = 0xffff_fffeL;

  private UserParser() {}

  /**
   * The user of an argument {@code NAME[:GID]} or {@code UID[:GID]}.
   *
   * @throws UsageException if it is none
   */
  static TargetUser parse(String word) throws UsageException {
    int colon = word.indexOf(':');
    String user = colon < 0 ? word : word.substring(0, colon);
    if (user.isEmpty()) {
      throw new UsageException(
          "no user: " + Escape.word(word) + "; give a name, or IDs such as 1000 or 1000:1000");
    }
    @Nullable Integer gid = colon < 0 ? null : id("group", word.substring(colon + 1));
    return isNumber(user)
        ? new TargetUser.Numbered(id("user", user), gid)
        : new TargetUser.Named(user, gid);
  }

  /**
   * Who called sudo, by what it says (sudo(8)).
   *
   * @param uid the variable SUDO_UID
   * @param gid the variable SUDO_GID
   * @throws UsageException if it does not say so
   */
  static TargetUser sudoCaller(@Nullable String uid, @Nullable String gid) throws UsageException {
    if (uid == null || gid == null) {
      throw new UsageException(
          "--user alone is who called sudo, and "
              + (uid == null ? "SUDO_UID" : "SUDO_GID")
              + " is not set; give a name: --user=NAME");
    }
    return new TargetUser.Numbered(variable("SUDO_UID", uid), variable("SUDO_GID", gid));
  }

  private static int variable(String name, String value) throws UsageException {
    long id = Decimal.parse(value, LARGEST_ID);
    if (id == Decimal.NONE) {
      throw new UsageException(
          name + " is no ID: " + Escape.word(value) + "; give a name: --user=NAME");
    }
    return (int) id;
  }

  private static int id(String what, String word) throws UsageException {
    long id = Decimal.parse(word, LARGEST_ID);
    if (id == Decimal.NONE) {
      throw new UsageException(
          "no " + what + " ID: " + Escape.word(word) + "; give a number up to " + LARGEST_ID);
    }
    return (int) id;
  }

  private static boolean isNumber(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) < '0' || word.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
