// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.CMemory;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** A program of a {@link BpfObject}; it lives as long as the object. */
public final class BpfProgram implements AttachedProgram {
  private static final NativeFunction SET_AUTOLOAD = Libbpf.function("bpf_program__set_autoload");
  private static final NativeFunction ATTACH = Libbpf.function("bpf_program__attach");
  private static final NativeFunction SECTION = Libbpf.function("bpf_program__section_name");
  private static final NativeFunction FD = Libbpf.function("bpf_program__fd");
  private static final NativeFunction TEST_RUN = Libbpf.function("bpf_prog_test_run_opts");

  // struct bpf_test_run_opts, bpf/bpf.h
  static final long SIZE_OF_TEST_RUN_OPTS = 80;
  static final long TEST_RUN_RETVAL = 56;

  private final String name;
  private final long program;

  BpfProgram(String name, long program) {
    this.name = name;
    this.program = program;
  }

  /** The name of its C function. */
  public String name() {
    return name;
  }

  /** Leaves the program out when the object is loaded. */
  public void skip() {
    SET_AUTOLOAD.call(program, 0);
  }

  /** The kernel function that an fexit program hooks, as its section says. */
  public String target() {
    String section = Objects.requireNonNull(CMemory.read(SECTION.call(program)));
    return section.substring(section.indexOf('/') + 1);
  }

  /**
   * Attaches the program to the hook that its section names, until the process ends.
   *
   * @throws BpfException if the kernel refuses
   */
  public void attach() throws BpfException {
    if (ATTACH.call(program) == 0) {
      throw new BpfException("attach " + name, NativeFunction.errno());
    }
  }

  /**
   * Attaches the program to a cgroup, beside others, until the process ends.
   *
   * @param cgroup descriptor of its directory
   * @throws BpfException if the kernel refuses
   */
  public void attachToCgroup(int cgroup) throws BpfException {
    if (Libbpf.function("bpf_program__attach_cgroup").call(program, cgroup) == 0) {
      throw new BpfException("attach " + name + " to the cgroup", NativeFunction.errno());
    }
  }

  /**
   * Runs an iterator (kernel/bpf/bpf_iter.c) once over all that it goes through.
   *
   * @throws BpfException if the kernel refuses
   */
  public void iterate() throws BpfException {
    long link = Libbpf.function("bpf_program__attach_iter").call(program, 0);
    if (link == 0) {
      throw new BpfException("attach " + name, NativeFunction.errno());
    }
    int fd =
        (int) Libbpf.function("bpf_iter_create").call(Libbpf.function("bpf_link__fd").call(link));
    int failure = fd < 0 ? NativeFunction.errno() : readToEnd(fd);
    Libbpf.function("bpf_link__destroy").call(link);
    if (failure != 0) {
      throw new BpfException("run " + name, failure);
    }
  }

  /** Reading is what has an iterator run; ours write nothing. Returns an errno, or 0. */
  private static int readToEnd(int fd) {
    NativeFunction read = NativeFunction.libc("read");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment byteToRead = arena.allocate(1);
      int failure = 0;
      while (failure == 0 && read.call(fd, byteToRead.address(), 1) != 0) {
        // EAGAIN: a million objects were gone through without a byte to read (bpf_seq_read).
        failure = NativeFunction.errno() == Errno.EAGAIN ? 0 : NativeFunction.errno();
      }
      NativeFunction.libc("close").call(fd);
      return failure;
    }
  }

  /**
   * Runs the program once, in the calling thread.
   *
   * @return what it returned
   * @throws BpfException if the kernel refuses
   */
  public int run() throws BpfException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = arena.allocate(SIZE_OF_TEST_RUN_OPTS, 8);
      options.set(ValueLayout.JAVA_LONG, 0, SIZE_OF_TEST_RUN_OPTS);
      if ((int) TEST_RUN.call(fd(), options.address()) != 0) {
        throw new BpfException("run " + name, NativeFunction.errno());
      }
      return options.get(ValueLayout.JAVA_INT, TEST_RUN_RETVAL);
    }
  }

  @Override
  public long misses() {
    return AttachedProgram.recursionMisses(fd());
  }

  /** The descriptor of the loaded program. */
  int fd() {
    return (int) FD.call(program);
  }

  /** Address of its instructions; once the object is loaded, fitted to the running kernel. */
  long instructions() {
    return Libbpf.function("bpf_program__insns").call(program);
  }

  /** How many instructions of 8 bytes there are. */
  long instructionCount() {
    return Libbpf.function("bpf_program__insn_cnt").call(program);
  }
}
