// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the memory of a traced process (process_vm_readv(2)); not thread-safe. */
public final class ProcessMemory {
  private static final NativeFunction READ = NativeFunction.libc("process_vm_readv");
  private static final NativeFunction PTRACE = NativeFunction.libc("ptrace");
  static final int PTRACE_PEEKDATA = 2;
  static final int SIZE_OF_IOVEC = 16;

  private final MemorySegment buffer;
  private final ByteBuffer bytes;
  private final MemorySegment local = Arena.global().allocate(SIZE_OF_IOVEC, 8);
  private final MemorySegment remote = Arena.global().allocate(SIZE_OF_IOVEC, 8);

  /** A reader of at most so many bytes at once. */
  public ProcessMemory(int size) {
    buffer = Arena.global().allocate((size + 7L) & -8L, 8);
    bytes = buffer.asByteBuffer().order(ByteOrder.nativeOrder());
    local.set(ValueLayout.JAVA_LONG, 0, buffer.address());
  }

  /** What was read last, in native byte order. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /**
   * Reads.
   *
   * @param thread stopped by this thread of tcpw
   * @return whether all of it is there
   */
  public boolean read(int thread, long address, int length) {
    if (address == 0 || length < 0 || length > buffer.byteSize()) {
      return false;
    }
    local.set(ValueLayout.JAVA_LONG, 8, length);
    remote.set(ValueLayout.JAVA_LONG, 0, address);
    remote.set(ValueLayout.JAVA_LONG, 8, length);
    long count = READ.call(thread, local.address(), 1, remote.address(), 1, 0);
    if (count < 0 && mayPeek(NativeFunction.errno())) {
      return peek(thread, address, length);
    }
    return count == length;
  }

  /**
   * The process executes what it may not read, or a container's seccomp profile refuses the call.
   */
  private static boolean mayPeek(int errno) {
    return errno == Errno.EPERM || errno == Errno.ENOSYS;
  }

  /** glibc's function puts what it reads into the place of the result, and an error into errno. */
  private boolean peek(int thread, long address, int length) {
    for (int i = 0; i < length; i += 8) {
      long word = PTRACE.call(PTRACE_PEEKDATA, thread, address + i, 0);
      if (word == -1 && NativeFunction.errno() != 0) {
        return false;
      }
      buffer.set(ValueLayout.JAVA_LONG, i, word);
    }
    return true;
  }
}
