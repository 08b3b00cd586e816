// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A loaded kernel module that has BTF.
 *
 * @param btfId the kernel's number for its BTF
 * @param btfFd an open descriptor of it
 */
public record KernelModule(String name, int btfId, int btfFd) {
  // struct bpf_btf_info, include/uapi/linux/bpf.h
  static final int SIZE_OF_INFO = 32;
  static final long INFO_NAME = 16;
  static final long INFO_NAME_LENGTH = 24;
  static final long INFO_KERNEL_BTF = 28;
  private static final int NAME_SIZE = 64; // MODULE_NAME_LEN is 56

  /**
   * All that are loaded now.
   *
   * @param known numbers of the BTF of those to leave out
   * @throws BpfException if the kernel does not tell; it wants CAP_SYS_ADMIN for it
   */
  public static List<KernelModule> loaded(Set<Integer> known) throws BpfException {
    NativeFunction nextId = Libbpf.function("bpf_btf_get_next_id");
    NativeFunction fdById = Libbpf.function("bpf_btf_get_fd_by_id");
    List<KernelModule> modules = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
      while ((int) nextId.call(id.get(ValueLayout.JAVA_INT, 0), id.address()) == 0) {
        int btfId = id.get(ValueLayout.JAVA_INT, 0);
        if (known.contains(btfId)) {
          continue;
        }
        int fd = (int) fdById.call(btfId);
        if (fd >= 0) {
          addIfModule(modules, arena, btfId, fd);
        } else if (NativeFunction.errno() != Errno.ENOENT) { // unloaded meanwhile
          throw new BpfException("list kernel modules", NativeFunction.errno());
        }
      }
      if (NativeFunction.errno() != Errno.ENOENT) { // the end of the list
        throw new BpfException("list kernel modules", NativeFunction.errno());
      }
    }
    return modules;
  }

  private static void addIfModule(List<KernelModule> modules, Arena arena, int btfId, int fd) {
    MemorySegment info = arena.allocate(SIZE_OF_INFO, 8);
    MemorySegment name = arena.allocate(NAME_SIZE);
    MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SIZE_OF_INFO);
    info.set(ValueLayout.JAVA_LONG, INFO_NAME, name.address());
    info.set(ValueLayout.JAVA_INT, INFO_NAME_LENGTH, NAME_SIZE);
    int error =
        (int) Libbpf.function("bpf_obj_get_info_by_fd").call(fd, info.address(), length.address());
    String text = name.getString(0);
    if (error == 0
        && info.get(ValueLayout.JAVA_INT, INFO_KERNEL_BTF) != 0
        && !text.equals("vmlinux")) {
      modules.add(new KernelModule(text, btfId, fd));
    } else {
      NativeFunction.libc("close").call(fd);
    }
  }
}
