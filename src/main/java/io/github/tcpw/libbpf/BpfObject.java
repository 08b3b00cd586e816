// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.CMemory;
import io.github.tcpw.linux.NativeFunction;
import java.lang.foreign.Arena;

/**
 * A compiled BPF object file: opened, configured, then loaded into the kernel.
 *
 * <p>Closing it unloads its programs and frees its maps. When the process ends the kernel does the
 * same, however it ends.
 */
public final class BpfObject implements AutoCloseable {
  private static final NativeFunction OPEN_FILE = Libbpf.function("bpf_object__open_file");
  private static final NativeFunction LOAD = Libbpf.function("bpf_object__load");
  private static final NativeFunction CLOSE = Libbpf.function("bpf_object__close");
  private static final NativeFunction FIND_PROGRAM =
      Libbpf.function("bpf_object__find_program_by_name");
  private static final NativeFunction FIND_MAP = Libbpf.function("bpf_object__find_map_by_name");

  private long object;

  private BpfObject(long object) {
    this.object = object;
  }

  /**
   * Opens an ELF file.
   *
   * @throws BpfException if it is not there, or libbpf cannot make sense of it
   */
  public static BpfObject open(String path) throws BpfException {
    try (Arena arena = Arena.ofConfined()) {
      long object = OPEN_FILE.call(CMemory.allocate(arena, path).address(), 0);
      if (object == 0) {
        throw new BpfException("open the BPF object " + path, NativeFunction.errno());
      }
      return new BpfObject(object);
    }
  }

  /**
   * Creates the maps, fits the programs to the running kernel and has it verify them.
   *
   * @throws BpfException if the kernel refuses
   */
  public void load() throws BpfException {
    if ((int) LOAD.call(object) != 0) {
      throw new BpfException("load the BPF programs", NativeFunction.errno());
    }
  }

  /** The program whose C function has this name. */
  public BpfProgram program(String name) {
    return new BpfProgram(name, find(FIND_PROGRAM, name));
  }

  /** The map whose C variable, or section if it holds variables, has this name. */
  public BpfMap map(String name) {
    return new BpfMap(name, find(FIND_MAP, name));
  }

  private long find(NativeFunction finder, String name) {
    try (Arena arena = Arena.ofConfined()) {
      long found = finder.call(object, CMemory.allocate(arena, name).address());
      if (found == 0) {
        throw new IllegalArgumentException("nothing in the BPF object is named " + name);
      }
      return found;
    }
  }

  @Override
  public void close() {
    if (object != 0) {
      CLOSE.call(object);
      object = 0;
    }
  }
}
