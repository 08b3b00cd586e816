// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.CMemory;
import io.github.tcpw.linux.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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

  static final int KIND_ARRAY = 3;
  static final int KIND_VAR = 14;
  static final int KIND_DATASEC = 15;
  static final int KIND_DECL_TAG = 17;
  static final int KIND_ENUM64 = 19;

  private static final NativeFunction TYPE_COUNT = Libbpf.function("btf__type_cnt");
  private static final NativeFunction RAW_DATA = Libbpf.function("btf__raw_data");
  private static final NativeFunction NAME = Libbpf.function("btf__name_by_offset");
  private static final NativeFunction FREE = Libbpf.function("btf__free");

  // include/uapi/linux/btf.h, in bytes: struct btf_header
  static final long HEADER_LENGTH = 4;
  static final long HEADER_TYPES_OFFSET = 8;
  static final long HEADER_TYPES_LENGTH = 12;

  // The rest in words of 32 bits.
  // struct btf_type { name_off, info, size_or_type }, then what its kind adds
  static final int INFO = 1;
  static final int SIZE_OR_TYPE = 2;
  static final int SIZE_OF_TYPE = 3;
  // struct btf_member { name_off, type, offset }
  static final int SIZE_OF_MEMBER = 3;
  static final int MEMBER_TYPE = 1;
  static final int MEMBER_OFFSET = 2;
  // struct btf_param { name_off, type }
  static final int SIZE_OF_PARAM = 2;
  static final int PARAM_TYPE = 1;
  // struct btf_array, struct btf_var_secinfo, struct btf_enum, struct btf_enum64
  static final int SIZE_OF_ARRAY = 3;
  static final int SIZE_OF_SECTION_VARIABLE = 3;
  static final int SIZE_OF_ENUM = 2;
  static final int SIZE_OF_ENUM64 = 3;

  private final long btf;
  private final @Nullable Btf base;
  private final int firstId;

  /**
   * The types, copied at once: a kernel has 100,000, and a native call for each would take as long
   * as all the rest of the start.
   */
  private final int[] words;

  /** Where in the words each type begins. */
  private final int[] starts;

  private final int[] functions;
  private final int[] prototypes;

  private Btf(long btf, @Nullable Btf base) {
    this.btf = btf;
    this.base = base;
    firstId = base == null ? 1 : base.typeCount();
    words = types(btf);
    starts = new int[(int) TYPE_COUNT.call(btf) - firstId];
    Ids functionIds = new Ids(starts.length);
    Ids prototypeIds = new Ids(starts.length);
    int at = 0;
    for (int i = 0; i < starts.length; i++) {
      at = index(i, at, functionIds, prototypeIds);
    }
    functions = functionIds.toArray();
    prototypes = prototypeIds.toArray();
  }

  /** Type numbers, gathered. */
  private static final class Ids {
    private final int[] ids;
    private int count;

    Ids(int most) {
      ids = new int[most];
    }

    void add(int id) {
      ids[count++] = id;
    }

    int[] toArray() {
      return Arrays.copyOf(ids, count);
    }
  }

  /**
   * Notes where a type begins. A method of its own, and not the body of the loop, because a method
   * is compiled after some thousand calls, a loop after hundreds of thousands of rounds.
   *
   * @return where the next one does
   */
  private int index(int i, int at, Ids functionIds, Ids prototypeIds) {
    starts[i] = at;
    int info = words[at + INFO];
    int kind = info >>> 24 & 0x1f;
    if (kind == KIND_FUNC) {
      functionIds.add(firstId + i);
    } else if (kind == KIND_FUNC_PROTO) {
      prototypeIds.add(firstId + i);
    }
    return at + wordsOf(info);
  }

  private static int[] types(long btf) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment raw =
          MemorySegment.ofAddress(RAW_DATA.call(btf, size.address()))
              .reinterpret(size.get(ValueLayout.JAVA_INT, 0));
      long offset =
          (long) raw.get(ValueLayout.JAVA_INT, HEADER_LENGTH)
              + raw.get(ValueLayout.JAVA_INT, HEADER_TYPES_OFFSET);
      int length = raw.get(ValueLayout.JAVA_INT, HEADER_TYPES_LENGTH);
      return raw.asSlice(offset, length).toArray(ValueLayout.JAVA_INT);
    }
  }

  /** How many words a type takes; libbpf has refused kinds that it does not know. */
  private static int wordsOf(int info) {
    int length = info & 0xffff;
    return SIZE_OF_TYPE
        + switch (info >>> 24 & 0x1f) {
          case KIND_INT, KIND_VAR, KIND_DECL_TAG -> 1;
          case KIND_ARRAY -> SIZE_OF_ARRAY;
          case KIND_STRUCT, KIND_UNION -> length * SIZE_OF_MEMBER;
          case KIND_ENUM -> length * SIZE_OF_ENUM;
          case KIND_FUNC_PROTO -> length * SIZE_OF_PARAM;
          case KIND_DATASEC -> length * SIZE_OF_SECTION_VARIABLE;
          case KIND_ENUM64 -> length * SIZE_OF_ENUM64;
          default -> 0;
        };
  }

  /**
   * The running kernel's.
   *
   * @throws BpfException if the kernel has none
   */
  public static Btf ofKernel() throws BpfException {
    return owned("read the kernel's BTF", Libbpf.function("btf__load_vmlinux_btf").call(), null);
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
          null);
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
          base);
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
        kernel);
  }

  private static Btf owned(String what, long btf, @Nullable Btf base) throws BpfException {
    if (btf == 0) {
      throw new BpfException(what, NativeFunction.errno());
    }
    return new Btf(btf, base);
  }

  /** The lowest number of a type that is not the base's. */
  public int firstId() {
    return firstId;
  }

  /** One more than the highest number of a type. */
  public int typeCount() {
    return firstId + starts.length;
  }

  /** The numbers of its own functions, in order. */
  public int[] functions() {
    return functions.clone();
  }

  /** The numbers of its own prototypes of functions, in order. */
  public int[] prototypes() {
    return prototypes.clone();
  }

  /** The kind of a type, one of the KIND constants or another; 0 for void. */
  public int kind(int id) {
    return id == 0 ? 0 : word(id, INFO) >>> 24 & 0x1f;
  }

  /** The name of a type; empty if it has none. */
  public String name(int id) {
    return nameAt(word(id, 0));
  }

  /**
   * What a pointer points to, a qualifier qualifies, a typedef names, or a function's prototype.
   */
  public int target(int id) {
    return word(id, SIZE_OR_TYPE);
  }

  /** How many members a struct or parameters a prototype has. */
  public int length(int id) {
    return word(id, INFO) & 0xffff;
  }

  /** The type of a prototype's parameter; the first is number 0. */
  public int parameter(int prototype, int number) {
    return word(prototype, SIZE_OF_TYPE + number * SIZE_OF_PARAM + PARAM_TYPE);
  }

  /** The type of a struct's member; 0 if it has none of that name. */
  public int member(int struct, String name) {
    int member = memberWord(struct, name);
    return member == 0 ? 0 : word(struct, member + MEMBER_TYPE);
  }

  /** The offset of a struct's member, which is no bit field, in bytes; -1 if it has none. */
  public int memberOffset(int struct, String name) {
    int member = memberWord(struct, name);
    return member == 0 ? -1 : word(struct, member + MEMBER_OFFSET) / 8;
  }

  /** The size of a struct in bytes. */
  public int size(int struct) {
    return target(struct); // the same field
  }

  private int memberWord(int struct, String name) {
    for (int i = 0; i < length(struct); i++) {
      int member = SIZE_OF_TYPE + i * SIZE_OF_MEMBER;
      if (name.equals(nameAt(word(struct, member)))) {
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

  private int word(int id, int index) {
    if (id < firstId && base != null) {
      return base.word(id, index);
    }
    return words[starts[id - firstId] + index];
  }

  private String nameAt(int offset) {
    return Objects.requireNonNull(CMemory.read(NAME.call(btf, offset)));
  }

  @Override
  public void close() {
    FREE.call(btf);
  }
}
