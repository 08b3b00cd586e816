// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.CMemory;
import io.github.tcpw.linux.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Type information of the kernel or of one of its modules (BTF), read through libbpf.
 *
 * <p>Types are known by their number. A module's BTF goes on where the kernel's ends, so the
 * kernel's numbers are valid in both.
 */
public final class Btf implements AutoCloseable {
  // include/uapi/linux/btf.h: enum BTF_KIND_*
  public static final int KIND_INT = 1;
  public static final int KIND_PTR = 2;
  public static final int KIND_STRUCT = 4;
  public static final int KIND_UNION = 5;
  public static final int KIND_ENUM = 6;
  public static final int KIND_FWD = 7;
  public static final int KIND_TYPEDEF = 8;
  public static final int KIND_VOLATILE = 9;
  public static final int KIND_CONST = 10;
  public static final int KIND_FUNC = 12;
  public static final int KIND_FUNC_PROTO = 13;

  private static final NativeFunction TYPE_COUNT = Libbpf.function("btf__type_cnt");
  private static final NativeFunction TYPE_BY_ID = Libbpf.function("btf__type_by_id");
  private static final NativeFunction NAME = Libbpf.function("btf__name_by_offset");
  private static final NativeFunction FREE = Libbpf.function("btf__free");

  // struct btf_type { u32 name_off; u32 info; u32 size_or_type; }, then what its kind adds
  static final long INFO = 4;
  static final long SIZE_OR_TYPE = 8;
  static final long SIZE_OF_TYPE = 12;
  // struct btf_member { u32 name_off, type, offset; }
  static final long SIZE_OF_MEMBER = 12;
  static final long MEMBER_TYPE = 4;
  static final long MEMBER_OFFSET = 8;
  // struct btf_param { u32 name_off, type; }
  static final long SIZE_OF_PARAM = 8;
  static final long PARAM_TYPE = 4;

  private final long btf;
  private final int firstId;

  private Btf(long btf, int firstId) {
    this.btf = btf;
    this.firstId = firstId;
  }

  /**
   * The running kernel's.
   *
   * @throws BpfException if the kernel has none
   */
  public static Btf ofKernel() throws BpfException {
    return owned("read the kernel's BTF", Libbpf.function("btf__load_vmlinux_btf").call(), 1);
  }

  /**
   * That of an ELF object or a raw BTF file.
   *
   * @throws BpfException if it holds none
   */
  public static Btf ofFile(String path) throws BpfException {
    try (Arena arena = Arena.ofConfined()) {
      return owned(
          "read the BTF of " + path,
          Libbpf.function("btf__parse").call(CMemory.allocate(arena, path).address(), 0),
          1);
    }
  }

  /**
   * That of an ELF object that was compiled against another BTF, as kernel modules are.
   *
   * @throws BpfException if it holds none
   */
  public static Btf ofFile(String path, Btf base) throws BpfException {
    try (Arena arena = Arena.ofConfined()) {
      return owned(
          "read the BTF of " + path,
          Libbpf.function("btf__parse_split")
              .call(CMemory.allocate(arena, path).address(), base.btf),
          base.typeCount());
    }
  }

  /**
   * That of a loaded kernel module.
   *
   * @throws BpfException if it is gone
   */
  public static Btf ofModule(KernelModule module, Btf kernel) throws BpfException {
    return owned(
        "read the BTF of the module " + module.name(),
        Libbpf.function("btf__load_from_kernel_by_id_split").call(module.btfId(), kernel.btf),
        kernel.typeCount());
  }

  private static Btf owned(String what, long btf, int firstId) throws BpfException {
    if (btf == 0) {
      throw new BpfException(what, NativeFunction.errno());
    }
    return new Btf(btf, firstId);
  }

  /** The lowest number of a type that is not the base's. */
  public int firstId() {
    return firstId;
  }

  /** One more than the highest number of a type. */
  public int typeCount() {
    return (int) TYPE_COUNT.call(btf);
  }

  /** The kind of a type, one of the KIND constants or another; 0 for void. */
  public int kind(int id) {
    return id == 0 ? 0 : info(id) >>> 24 & 0x1f;
  }

  /** The name of a type; empty if it has none. */
  public String name(int id) {
    int offset = Libbpf.MEMORY.get(ValueLayout.JAVA_INT, address(id));
    return Objects.requireNonNull(CMemory.read(NAME.call(btf, offset)));
  }

  /**
   * What a pointer points to, a qualifier qualifies, a typedef names, or a function's prototype.
   */
  public int target(int id) {
    return Libbpf.MEMORY.get(ValueLayout.JAVA_INT, address(id) + SIZE_OR_TYPE);
  }

  /** How many members a struct or parameters a prototype has. */
  public int length(int id) {
    return info(id) & 0xffff;
  }

  /** The types of a prototype's parameters. */
  public List<Integer> parameters(int prototype) {
    List<Integer> types = new ArrayList<>();
    long parameter = address(prototype) + SIZE_OF_TYPE;
    for (int i = length(prototype); i > 0; i--, parameter += SIZE_OF_PARAM) {
      types.add(Libbpf.MEMORY.get(ValueLayout.JAVA_INT, parameter + PARAM_TYPE));
    }
    return types;
  }

  /** The type of a struct's member; 0 if it has none of that name. */
  public int member(int struct, String name) {
    long member = memberAddress(struct, name);
    return member == 0 ? 0 : Libbpf.MEMORY.get(ValueLayout.JAVA_INT, member + MEMBER_TYPE);
  }

  /** The offset of a struct's member, which is no bit field, in bytes; -1 if it has none. */
  public int memberOffset(int struct, String name) {
    long member = memberAddress(struct, name);
    return member == 0 ? -1 : Libbpf.MEMORY.get(ValueLayout.JAVA_INT, member + MEMBER_OFFSET) / 8;
  }

  /** The size of a struct in bytes. */
  public int size(int struct) {
    return target(struct); // the same field
  }

  private long memberAddress(int struct, String name) {
    long member = address(struct) + SIZE_OF_TYPE;
    for (int i = length(struct); i > 0; i--, member += SIZE_OF_MEMBER) {
      int offset = Libbpf.MEMORY.get(ValueLayout.JAVA_INT, member);
      if (name.equals(CMemory.read(NAME.call(btf, offset)))) {
        return member;
      }
    }
    return 0;
  }

  /** The number of the type with this kind and name; 0 if there is none. */
  public int find(String name, int kind) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = CMemory.allocate(arena, name);
      int id = (int) Libbpf.function("btf__find_by_name_kind").call(btf, text.address(), kind);
      return Math.max(id, 0);
    }
  }

  private int info(int id) {
    return Libbpf.MEMORY.get(ValueLayout.JAVA_INT, address(id) + INFO);
  }

  private long address(int id) {
    return TYPE_BY_ID.call(btf, id);
  }

  @Override
  public void close() {
    FREE.call(btf);
  }
}
