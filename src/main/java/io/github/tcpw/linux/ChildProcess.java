// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A child process.
 *
 * <p>Spawned with posix_spawnp(3) and not with ProcessBuilder, which closes every descriptor above
 * 2: {@code tcpw cat <(echo x)} needs them.
 */
public final class ChildProcess implements RunningProcess {
  private static final NativeFunction SPAWNP = NativeFunction.libc("posix_spawnp");
  private static final NativeFunction ATTR_INIT = NativeFunction.libc("posix_spawnattr_init");
  private static final NativeFunction SET_FLAGS = NativeFunction.libc("posix_spawnattr_setflags");
  private static final NativeFunction SET_MASK = NativeFunction.libc("posix_spawnattr_setsigmask");
  private static final NativeFunction SET_DEFAULT =
      NativeFunction.libc("posix_spawnattr_setsigdefault");
  private static final NativeFunction SIGNAL = NativeFunction.libc("signal");
  private static final NativeFunction KILL = NativeFunction.libc("kill");
  private static final NativeFunction WAITPID = NativeFunction.libc("waitpid");

  static final int SIZE_OF_SPAWNATTR = 336; // glibc, 64 bits
  static final short POSIX_SPAWN_SETSIGDEF = 4;
  static final short POSIX_SPAWN_SETSIGMASK = 8;
  static final long SIG_DFL = 0;
  static final long SIG_IGN = 1;

  /** Signals whose handlers the JVM cannot do without. */
  private static final SignalSet NEEDED_BY_JVM =
      SignalSet.of(SignalSet.SIGILL, SignalSet.SIGBUS, SignalSet.SIGFPE, SignalSet.SIGSEGV);

  private static final SignalSet NOT_CHANGEABLE =
      SignalSet.of(SignalSet.SIGKILL, SignalSet.SIGSTOP);

  private final int pid;
  private final int pidfd;

  private ChildProcess(int pid, int pidfd) {
    this.pid = pid;
    this.pidfd = pidfd;
  }

  /**
   * Starts a program in this process's group, session, directory and terminal.
   *
   * @param argv address of the C array of its arguments; the first names it, looked for in PATH
   * @param envp address of the C array of its environment
   * @param blocked its signal mask
   * @param ignored the signals it ignores; all others are at their default
   * @throws SystemCallException if there is no such program or it cannot be executed
   */
  public static ChildProcess spawn(long argv, long envp, SignalSet blocked, SignalSet ignored)
      throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(SIZE_OF_SPAWNATTR, 8);
      ATTR_INIT.call(attributes.address());
      SET_FLAGS.call(attributes.address(), POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
      SET_MASK.call(attributes.address(), blocked.allocate(arena).address());
      SET_DEFAULT.call(
          attributes.address(),
          SignalSet.ALL.without(ignored).without(NOT_CHANGEABLE).allocate(arena).address());
      ignore(ignored.without(NEEDED_BY_JVM).without(NOT_CHANGEABLE));

      MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
      long file = argumentZero(argv);
      int error = (int) SPAWNP.call(pid.address(), file, 0, attributes.address(), argv, envp);
      SIGNAL.call(SignalSet.SIGCHLD, SIG_DFL); // or the child's exit status would be lost
      if (error != 0) {
        throw new SystemCallException("posix_spawnp", error);
      }
      int child = pid.get(ValueLayout.JAVA_INT, 0);
      // No other can have this pid until waitpid.
      return new ChildProcess(child, PidDescriptor.open(child));
    }
  }

  /**
   * Starts a program that is to become another, which gets everything that {@link #spawn(long,
   * long, SignalSet, SignalSet)} would give it.
   *
   * @param starter its path and first words; those of argv follow
   * @throws SystemCallException if it is not there or cannot be executed
   */
  public static ChildProcess spawn(
      String[] starter, long argv, long envp, SignalSet blocked, SignalSet ignored)
      throws SystemCallException {
    int count = 0;
    while (CMemory.readLongs(argv + 8L * count, 1)[0] != 0) {
      count++;
    }
    long[] words = new long[starter.length + count + 1]; // the last stays NULL
    try (Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < starter.length; i++) {
        words[i] = CMemory.allocate(arena, starter[i]).address();
      }
      System.arraycopy(CMemory.readLongs(argv, count), 0, words, starter.length, count);
      return spawn(CMemory.allocate(arena, words).address(), envp, blocked, ignored);
    }
  }

  /**
   * Starts a program that tcpw does not wait for, with an empty environment and no signal blocked
   * or ignored.
   *
   * @param words its path and arguments
   * @throws SystemCallException if it is not there or cannot be executed
   */
  public static void spawn(String... words) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment nothing = arena.allocate(ValueLayout.JAVA_LONG);
      SignalSet none = SignalSet.of();
      spawn(words, nothing.address(), nothing.address(), none, none);
    }
  }

  /** Sends any process a signal. */
  public static void signal(int process, int signal) {
    KILL.call(process, signal);
  }

  // posix_spawn can only reset a signal: one to be ignored must be ignored here before.
  private static void ignore(SignalSet signals) {
    for (int signal = 1; signal <= 64; signal++) {
      if (signals.contains(signal)) {
        SIGNAL.call(signal, SIG_IGN);
      }
    }
  }

  private static long argumentZero(long argv) {
    return MemorySegment.ofAddress(argv).reinterpret(8).get(ValueLayout.JAVA_LONG, 0);
  }

  /** Its process ID. */
  public int pid() {
    return pid;
  }

  @Override
  public int pidfd() {
    return pidfd;
  }

  @Override
  public void signal(int signal) {
    KILL.call(pid, signal);
  }

  @Override
  public WaitStatus await() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
      while ((int) WAITPID.call(pid, status.address(), 0) < 0) {
        if (NativeFunction.errno() != Errno.EINTR) {
          throw new SystemCallException("waitpid", NativeFunction.errno());
        }
      }
      return new WaitStatus(status.get(ValueLayout.JAVA_INT, 0));
    }
  }
}
