// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.command;

import io.github.tcpw.linux.ChildProcess;
import io.github.tcpw.linux.SystemCallException;
import org.jspecify.annotations.Nullable;

/**
 * The command to run.
 *
 * @param word index of its name in {@link Invocation#arguments}; its own arguments follow
 * @param user whom it runs as; null: as tcpw does
 */
public record Command(Invocation invocation, int word, @Nullable Credentials user) {
  /** As it was typed, one char a byte. */
  public String name() {
    return invocation.arguments()[word];
  }

  /**
   * Runs it.
   *
   * @throws SystemCallException if there is no such program or it cannot be executed
   * @throws StartException if it cannot run as that user
   */
  public ChildProcess spawn() throws SystemCallException, StartException {
    // Where children are not waited for, it must not end before that has been changed.
    if (user == null && !invocation.ignoresChildren()) {
      return invocation.spawnCommand(word);
    }
    Starter starter = spawnStarter();
    starter.go(new byte[0]);
    starter.await();
    return starter.process();
  }

  /**
   * Starts a process that is to become the command.
   *
   * @throws SystemCallException if it cannot be started
   */
  public Starter spawnStarter() throws SystemCallException {
    return Starter.spawn(this);
  }
}
