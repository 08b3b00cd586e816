// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.NativeFunction;
import java.lang.foreign.MemorySegment;

/** Memory of a map, shared with the kernel until this process ends. */
final class SharedMemory {
  private static final NativeFunction MMAP = NativeFunction.libc("mmap");
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;

  private SharedMemory() {}

  /** Maps memory to be read and written. */
  static MemorySegment map(String what, int fd, long length, long offset) throws BpfException {
    return map(what, fd, length, PROT_READ | PROT_WRITE, offset);
  }

  /** Maps memory to be read alone. */
  static MemorySegment mapReadOnly(String what, int fd, long length, long offset)
      throws BpfException {
    return map(what, fd, length, PROT_READ, offset);
  }

  private static MemorySegment map(String what, int fd, long length, int protection, long offset)
      throws BpfException {
    long address = MMAP.call(0, length, protection, MAP_SHARED, fd, offset);
    if (address == -1) {
      throw new BpfException("map " + what, NativeFunction.errno());
    }
    return MemorySegment.ofAddress(address).reinterpret(length);
  }
}
