// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.CMemory;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs when one kernel function returns.
 *
 * <p>A BPF object holds one program per section, but tcpw hooks functions whose number and names it
 * learns from the kernel. So the object holds a template, and this is a copy of it, loaded for
 * another function.
 */
public final class FexitProgram implements AttachedProgram {
  private static final NativeFunction PROG_LOAD = Libbpf.function("bpf_prog_load");

  // include/uapi/linux/bpf.h
  static final int BPF_PROG_TYPE_TRACING = 26;
  static final int BPF_TRACE_FEXIT = 25;
  // struct bpf_prog_load_opts, bpf/bpf.h
  static final long SIZE_OF_LOAD_OPTS = 104;
  static final long LOAD_EXPECTED_ATTACH_TYPE = 12;
  static final long LOAD_ATTACH_BTF_ID = 32;
  static final long LOAD_ATTACH_BTF_OBJ_FD = 40;
  static final long LOAD_LOG_LEVEL = 88;
  static final long LOAD_LOG_SIZE = 92;
  static final long LOAD_LOG_BUF = 96;
  private static final int LOG_SIZE = 1 << 20;
  // "r0 = 0; exit": the least that is a program
  private static final long[] DO_NOTHING = {0xb7, 0x95};

  private final int fd;

  private FexitProgram(int fd) {
    this.fd = fd;
  }

  /**
   * Whether the kernel has fexit programs at all and lets this process load them.
   *
   * @return null if so, else the reason
   */
  public static @Nullable BpfException refusal() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment nothing = CMemory.allocate(arena, DO_NOTHING);
      // Type 1 is never a function: a kernel that has no objection to fexit says EINVAL.
      load(arena, "probe", nothing.address(), DO_NOTHING.length, options(arena, 1, 0));
      int errno = NativeFunction.errno();
      return errno == Errno.EINVAL ? null : new BpfException("load fexit programs", errno);
    }
  }

  /**
   * Loads a copy of a program for a function and attaches it, until the process ends.
   *
   * @param template a loaded fexit program
   * @param btfId the function's type id in the BTF
   * @param btfFd descriptor of a kernel module's BTF; 0: the kernel itself
   * @param log takes the verifier's log if the program is refused; null: not wanted
   * @throws BpfException if the kernel refuses
   */
  public static FexitProgram attach(
      BpfProgram template, String function, int btfId, int btfFd, @Nullable StringBuilder log)
      throws BpfException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = options(arena, btfId, btfFd);
      @Nullable MemorySegment text = null;
      if (log != null) {
        text = arena.allocate(LOG_SIZE);
        options.set(ValueLayout.JAVA_INT, LOAD_LOG_LEVEL, 1);
        options.set(ValueLayout.JAVA_INT, LOAD_LOG_SIZE, LOG_SIZE);
        options.set(ValueLayout.JAVA_LONG, LOAD_LOG_BUF, text.address());
      }
      int fd =
          load(
              arena,
              template.name(),
              template.instructions(),
              template.instructionCount(),
              options);
      if (fd < 0) {
        BpfException failure = new BpfException("hook " + function, NativeFunction.errno());
        if (log != null && text != null) {
          log.append(text.getString(0));
        }
        throw failure;
      }
      if ((int) Libbpf.function("bpf_raw_tracepoint_open").call(0, fd) < 0) {
        throw new BpfException("attach to " + function, NativeFunction.errno());
      }
      return new FexitProgram(fd);
    }
  }

  @Override
  public long misses() {
    return AttachedProgram.recursionMisses(fd);
  }

  private static MemorySegment options(Arena arena, int btfId, int btfFd) {
    MemorySegment options = arena.allocate(SIZE_OF_LOAD_OPTS, 8);
    options.set(ValueLayout.JAVA_LONG, 0, SIZE_OF_LOAD_OPTS);
    options.set(ValueLayout.JAVA_INT, LOAD_EXPECTED_ATTACH_TYPE, BPF_TRACE_FEXIT);
    options.set(ValueLayout.JAVA_INT, LOAD_ATTACH_BTF_ID, btfId);
    options.set(ValueLayout.JAVA_INT, LOAD_ATTACH_BTF_OBJ_FD, btfFd);
    return options;
  }

  private static int load(
      Arena arena, String name, long instructions, long count, MemorySegment options) {
    return (int)
        PROG_LOAD.call(
            BPF_PROG_TYPE_TRACING,
            CMemory.allocate(arena, name).address(),
            CMemory.allocate(arena, "GPL").address(),
            instructions,
            count,
            options.address());
  }
}
