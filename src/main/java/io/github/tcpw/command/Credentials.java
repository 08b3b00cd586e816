// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.command;

import io.github.tcpw.linux.Account;
import io.github.tcpw.linux.SystemCallException;
import io.github.tcpw.linux.User;
import io.github.tcpw.report.Escape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a process is (credentials(7)). IDs are unsigned.
 *
 * @param groups all supplementary ones
 */
public record Credentials(int uid, int gid, List<Integer> groups) {
  /**
   * Those of a user.
   *
   * @throws StartException if there is none, or tcpw may not start a command as another user
   * @throws SystemCallException if the system cannot tell
   */
  public static Credentials of(TargetUser user) throws StartException, SystemCallException {
    if (!User.isRoot()) {
      throw new StartException(
          "only root can run a command as another user; leave out --user, or use sudo: sudo tcpw"
              + " --user ...");
    }
    Account account = account(user);
    Integer group = user.gid();
    if (account != null) {
      int gid = group == null ? account.gid() : group;
      return new Credentials(account.uid(), gid, account.groups(gid));
    }
    if (user instanceof TargetUser.Numbered numbered) {
      if (group == null) {
        String uid = Integer.toUnsignedString(numbered.uid());
        throw new StartException(
            "no user has the ID " + uid + "; give a group, too, such as -u " + uid + ":" + uid);
      }
      return new Credentials(numbered.uid(), group, List.of(group));
    }
    throw new StartException(
        "no user is named "
            + Escape.word(((TargetUser.Named) user).name())
            + "; see getent passwd");
  }

  private static @Nullable Account account(TargetUser user) throws SystemCallException {
    return user instanceof TargetUser.Named named
        ? Account.named(named.name())
        : Account.withId(((TargetUser.Numbered) user).uid());
  }
}
