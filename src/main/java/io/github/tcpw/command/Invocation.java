// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.command;

import io.github.tcpw.linux.CMemory;
import io.github.tcpw.linux.ChildProcess;
import io.github.tcpw.linux.Descriptor;
import io.github.tcpw.linux.SignalSet;
import io.github.tcpw.linux.SystemCallException;

/**
 * What tcpw was started with, noted by the launcher before the JVM changed any of it
 * (src/main/launcher/tcpw.c, struct invocation).
 *
 * <p>The command gets exactly that: the same words, environment, signals and descriptors.
 */
public final class Invocation {
  private static final int POINTER_SIZE = 8;
  private static final int STDERR = 2;

  private final long argv;
  private final long envp;
  private final SignalSet blocked;
  private final SignalSet ignored;
  private final int[] descriptors;
  private final int nowhere;
  private final String[] arguments;

  /** Reads the launcher's struct at this address. */
  public Invocation(long address) {
    long[] fields = CMemory.readLongs(address, 9);
    argv = fields[1];
    envp = fields[2];
    blocked = new SignalSet(fields[3]);
    ignored = new SignalSet(fields[4]);
    descriptors = CMemory.readInts(fields[7], (int) fields[6]);
    nowhere = (int) fields[8];
    int argc = (int) fields[0];
    arguments = argc == 0 ? new String[0] : CMemory.readArray(argv + POINTER_SIZE, argc - 1);
  }

  /** The words after tcpw's own name, one char a byte. */
  public String[] arguments() {
    return arguments.clone();
  }

  /** Whether the end of a child would go unnoticed: SIGCHLD is ignored (waitpid(2)). */
  boolean ignoresChildren() {
    return ignored.contains(SignalSet.SIGCHLD);
  }

  /**
   * Starts the command that begins at one of the words, and hands it the descriptors that tcpw was
   * started with: but for stderr they are closed here, or what the command closes (a connection,
   * the end of a pipe) would stay open as long as tcpw runs.
   *
   * @param word index of its name in {@link #arguments}
   * @throws SystemCallException if there is no such program or it cannot be executed
   */
  ChildProcess spawnCommand(int word) throws SystemCallException {
    return leave(ChildProcess.spawn(command(word), envp, blocked, ignored));
  }

  /**
   * Starts another program that is to become the command, and gets what the command would.
   *
   * @param word index of the command's name in {@link #arguments}
   * @param starter its path and first words; the command's follow
   * @throws SystemCallException if it is not there or cannot be executed
   */
  ChildProcess spawnStarter(int word, String... starter) throws SystemCallException {
    return leave(ChildProcess.spawn(starter, command(word), envp, blocked, ignored));
  }

  private long command(int word) {
    return argv + (word + 1L) * POINTER_SIZE;
  }

  /** Leaves the descriptors to the command alone. */
  private ChildProcess leave(ChildProcess command) {
    for (int descriptor : descriptors) {
      if (descriptor > STDERR) {
        Descriptor.close(descriptor);
      } else if (descriptor < STDERR) {
        Descriptor.replace(descriptor, nowhere);
      }
    }
    return command;
  }
}
