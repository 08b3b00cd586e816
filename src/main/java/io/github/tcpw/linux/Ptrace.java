// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Stopping other processes at their system calls (ptrace(2)), as PTRACE_SEIZE has it.
 *
 * <p>A tracee listens to the thread alone that has seized it, or whose tracee forked it. Every
 * request fails with ESRCH when the tracee has been killed meanwhile, which its next {@link #await}
 * tells, so that is no error here.
 *
 * <p>ptrace is declared variadic, and is called here as if it were not; {@link Terminal} says why
 * that is right.
 */
public final class Ptrace {
  private static final NativeFunction PTRACE = NativeFunction.libc("ptrace");
  private static final NativeFunction WAITPID = NativeFunction.libc("waitpid");
  private static final NativeFunction TGKILL = NativeFunction.libc("tgkill");

  // sys/ptrace.h, linux/ptrace.h
  static final int PTRACE_CONT = 7;
  static final int PTRACE_DETACH = 17;
  static final int PTRACE_SYSCALL = 24;
  static final int PTRACE_SETOPTIONS = 0x4200;
  static final int PTRACE_GETEVENTMSG = 0x4201;
  static final int PTRACE_GETREGSET = 0x4204;
  static final int PTRACE_SETREGSET = 0x4205;
  static final int PTRACE_SEIZE = 0x4206;
  static final int PTRACE_INTERRUPT = 0x4207;
  static final int PTRACE_LISTEN = 0x4208;
  static final int PTRACE_GET_SYSCALL_INFO = 0x420e;

  public static final int O_TRACESYSGOOD = 1;
  public static final int O_TRACEFORK = 2;
  public static final int O_TRACEVFORK = 4;
  public static final int O_TRACECLONE = 8;
  public static final int O_TRACEEXEC = 16;
  public static final int O_TRACEEXIT = 64;
  public static final int O_TRACESECCOMP = 128;
  public static final int O_EXITKILL = 1 << 20;

  public static final int EVENT_FORK = 1;
  public static final int EVENT_VFORK = 2;
  public static final int EVENT_CLONE = 3;
  public static final int EVENT_EXEC = 4;
  public static final int EVENT_EXIT = 6;
  public static final int EVENT_SECCOMP = 7;
  public static final int EVENT_STOP = 128;

  static final int WALL = 0x40000000; // __WALL, sys/wait.h
  static final int WNOHANG = 1;
  static final int SIGTRAP = 5;

  // struct ptrace_syscall_info, linux/ptrace.h
  static final int SIZE_OF_INFO = 88;
  static final long INFO_OP = 0;
  static final long INFO_ARCH = 4;
  static final long INFO_ENTRY_NR = 24;
  static final long INFO_ENTRY_ARGS = 32;
  static final long INFO_EXIT_RVAL = 24;
  static final byte OP_ENTRY = 1;
  static final byte OP_EXIT = 2;
  static final byte OP_SECCOMP = 3;

  static final int NT_PRSTATUS = 1; // linux/elf.h
  static final int SIZE_OF_REGISTERS = 272; // at most: AArch64, struct user_pt_regs
  static final int SIZE_OF_REGISTERS_OF_X86_64 = 216; // sys/user.h, struct user_regs_struct
  static final long RDI_OF_X86_64 = 112;

  private static final MemorySegment STATUS = Arena.global().allocate(ValueLayout.JAVA_INT);
  private static final MemorySegment INFO = Arena.global().allocate(SIZE_OF_INFO, 8);
  private static final MemorySegment REGISTERS = Arena.global().allocate(SIZE_OF_REGISTERS, 8);
  private static final MemorySegment VECTOR = Arena.global().allocate(16, 8); // struct iovec
  private static final MemorySegment MESSAGE = Arena.global().allocate(ValueLayout.JAVA_LONG);

  private Ptrace() {}

  /**
   * Begins to trace a process, which goes on running.
   *
   * @throws SystemCallException EPERM if it may not be traced, or somebody else does already
   */
  public static void seize(int pid, int options) throws SystemCallException {
    if (PTRACE.call(PTRACE_SEIZE, pid, 0, options) < 0) {
      throw new SystemCallException("ptrace", NativeFunction.errno());
    }
  }

  /**
   * Waits until a tracee stops or ends.
   *
   * @return its thread ID; 0: there is none left; {@link #status} tells what happened
   * @throws SystemCallException if waitpid(2) fails
   */
  public static int await() throws SystemCallException {
    return await(WALL);
  }

  /**
   * The same, at once.
   *
   * @return negative: nothing has happened
   */
  public static int poll() throws SystemCallException {
    return await(WALL | WNOHANG);
  }

  private static int await(int options) throws SystemCallException {
    while (true) {
      int thread = (int) WAITPID.call(-1, STATUS.address(), options);
      if (thread == 0) { // with WNOHANG
        return -1;
      }
      if (thread > 0) {
        return thread;
      }
      if (NativeFunction.errno() == Errno.ECHILD) {
        return 0;
      }
      if (NativeFunction.errno() != Errno.EINTR) {
        throw new SystemCallException("waitpid", NativeFunction.errno());
      }
    }
  }

  /** What {@link #await} found, as waitpid(2) has it. */
  public static int status() {
    return STATUS.get(ValueLayout.JAVA_INT, 0);
  }

  /** Whether it is stopped, not ended. */
  public static boolean isStopped(int status) {
    return (status & 0xff) == 0x7f;
  }

  /** The event it stopped for, EVENT_*; 0: a signal, or a system call. */
  public static int event(int status) {
    return status >>> 16;
  }

  /** The signal it stopped for. */
  public static int signal(int status) {
    return status >>> 8 & 0xff;
  }

  /** Whether it stopped at the end of a system call (O_TRACESYSGOOD). */
  public static boolean isAtSystemCall(int status) {
    return status >>> 8 == (SIGTRAP | 0x80);
  }

  /** Lets it go on, with a signal or, for 0, without. */
  public static void resume(int thread, int signal) {
    PTRACE.call(PTRACE_CONT, thread, 0, signal);
  }

  /** Lets it go on to the end of the system call that it is in, or to the beginning of the next. */
  public static void resumeToCall(int thread, int signal) {
    PTRACE.call(PTRACE_SYSCALL, thread, 0, signal);
  }

  /** Changes the options that it is traced with. */
  public static void setOptions(int thread, int options) {
    PTRACE.call(PTRACE_SETOPTIONS, thread, 0, options);
  }

  /** Leaves it stopped, as the job control of a shell wants it, until SIGCONT. */
  public static void listen(int thread) {
    PTRACE.call(PTRACE_LISTEN, thread, 0, 0);
  }

  /** Has it stop (EVENT_STOP), also where it is stopped and only listens. */
  public static void interrupt(int thread) {
    PTRACE.call(PTRACE_INTERRUPT, thread, 0, 0);
  }

  /** Traces it no longer. */
  public static void detach(int thread) {
    PTRACE.call(PTRACE_DETACH, thread, 0, 0);
  }

  /** Whether a thread is the first of its process, whose ID it has. Asks less than /proc does. */
  public static boolean isFirst(int thread) {
    return (int) TGKILL.call(thread, thread, 0) == 0; // ESRCH where it is in another process
  }

  /** What comes with an event: the ID of the new thread, or the old one of who executes. */
  public static int message(int thread) {
    MESSAGE.set(ValueLayout.JAVA_LONG, 0, 0);
    PTRACE.call(PTRACE_GETEVENTMSG, thread, 0, MESSAGE.address());
    return (int) MESSAGE.get(ValueLayout.JAVA_LONG, 0);
  }

  /**
   * Reads the call that a seccomp filter stopped it at, for {@link #architecture}, {@link #number}
   * and {@link #argument}.
   *
   * @return false: it is not stopped there any more
   */
  public static boolean readCall(int thread) {
    return readInfo(thread) && INFO.get(ValueLayout.JAVA_BYTE, INFO_OP) == OP_SECCOMP;
  }

  /** The same of a call that it stopped at the beginning of for {@link #resumeToCall}. */
  public static boolean readBeginningCall(int thread) {
    return readInfo(thread) && INFO.get(ValueLayout.JAVA_BYTE, INFO_OP) == OP_ENTRY;
  }

  /**
   * Reads the result of the call that it stopped at the end of, for {@link #result}.
   *
   * @return false: it is not stopped there any more
   */
  public static boolean readResult(int thread) {
    return readInfo(thread) && INFO.get(ValueLayout.JAVA_BYTE, INFO_OP) == OP_EXIT;
  }

  private static boolean readInfo(int thread) {
    return PTRACE.call(PTRACE_GET_SYSCALL_INFO, thread, SIZE_OF_INFO, INFO.address()) > 0;
  }

  /** AUDIT_ARCH_* of linux/audit.h. */
  public static int architecture() {
    return INFO.get(ValueLayout.JAVA_INT, INFO_ARCH);
  }

  /** The number of the system call. */
  public static int number() {
    return (int) INFO.get(ValueLayout.JAVA_LONG, INFO_ENTRY_NR);
  }

  /** One of its six arguments. */
  public static long argument(int index) {
    return INFO.get(ValueLayout.JAVA_LONG, INFO_ENTRY_ARGS + 8L * index);
  }

  /**
   * Clears bits of the first argument, of 32 bits, of the call that a filter stopped it at and that
   * it has not made yet.
   */
  public static void clearInArgument(int thread, int bits) {
    VECTOR.set(ValueLayout.JAVA_LONG, 0, REGISTERS.address());
    VECTOR.set(ValueLayout.JAVA_LONG, 8, SIZE_OF_REGISTERS);
    if (PTRACE.call(PTRACE_GETREGSET, thread, NT_PRSTATUS, VECTOR.address()) < 0) {
      return;
    }
    // Of all the others, i386 on x86-64 among them, it is the first register.
    long size = VECTOR.get(ValueLayout.JAVA_LONG, 8);
    long argument = size == SIZE_OF_REGISTERS_OF_X86_64 ? RDI_OF_X86_64 : 0;
    int value = REGISTERS.get(ValueLayout.JAVA_INT, argument);
    REGISTERS.set(ValueLayout.JAVA_INT, argument, value & ~bits);
    PTRACE.call(PTRACE_SETREGSET, thread, NT_PRSTATUS, VECTOR.address());
  }

  /** What the system call returned; negative: an errno. */
  public static long result() {
    return INFO.get(ValueLayout.JAVA_LONG, INFO_EXIT_RVAL);
  }
}
