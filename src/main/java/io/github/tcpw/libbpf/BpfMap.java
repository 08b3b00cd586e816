// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.NativeFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A map of a {@link BpfObject}; it lives as long as the object. */
public final class BpfMap {
  private static final NativeFunction FD = Libbpf.function("bpf_map__fd");
  private static final NativeFunction INITIAL_VALUE = Libbpf.function("bpf_map__initial_value");
  private static final NativeFunction LOOKUP = Libbpf.function("bpf_map_lookup_elem");
  private static final NativeFunction MAX_ENTRIES = Libbpf.function("bpf_map__max_entries");
  private static final NativeFunction SET_MAX_ENTRIES = Libbpf.function("bpf_map__set_max_entries");

  private final String name;
  private final long map;

  BpfMap(String name, long map) {
    this.name = name;
    this.map = map;
  }

  /** Sets its size, before the object is loaded: entries, or bytes of a ring buffer. */
  public void setMaxEntries(int entries) {
    SET_MAX_ENTRIES.call(map, entries);
  }

  /**
   * Its size. A ring buffer's can be larger than what was set: libbpf rounds it up to whole pages,
   * which arm64 kernels may have of 16 or 64 KiB.
   */
  public int maxEntries() {
    return (int) MAX_ENTRIES.call(map);
  }

  /** The variables of a data section, to be set before the object is loaded. */
  public ByteBuffer initialValue() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
      long address = INITIAL_VALUE.call(map, size.address());
      return MemorySegment.ofAddress(address)
          .reinterpret(size.get(ValueLayout.JAVA_LONG, 0))
          .asByteBuffer()
          .order(ByteOrder.nativeOrder());
    }
  }

  /**
   * The variables of a data section as the running programs see them, once the object is loaded.
   *
   * @throws BpfException if they cannot be mapped
   */
  public MemorySegment variables() throws BpfException {
    long size = initialValue().capacity();
    return SharedMemory.map(name, fd(), size, 0);
  }

  /**
   * An element of a per-CPU array of 64-bit counters, summed up.
   *
   * @throws BpfException if there is none
   */
  public long sum(int index) throws BpfException {
    int cpus = (int) Libbpf.function("libbpf_num_possible_cpus").call();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, index);
      MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, cpus);
      if ((int) LOOKUP.call(fd(), key.address(), values.address()) != 0) {
        throw new BpfException("read the BPF map " + name, NativeFunction.errno());
      }
      long sum = 0;
      for (int cpu = 0; cpu < cpus; cpu++) {
        sum += values.getAtIndex(ValueLayout.JAVA_LONG, cpu);
      }
      return sum;
    }
  }

  /** The descriptor of the loaded map. */
  int fd() {
    return (int) FD.call(map);
  }
}
