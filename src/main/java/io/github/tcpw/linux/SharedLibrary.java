// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;

/**
 * A library of the system, searched for as ld.so(8) does: never in the working directory.
 *
 * <p>Not {@code SymbolLookup.libraryLookup}: the JVM opens a file of the library's name first, to
 * see whether it wants an executable stack (hotspot/os/linux/os_linux.cpp, dll_load), and finds one
 * in the working directory. Somebody's FIFO there would stop tcpw for ever.
 */
public final class SharedLibrary {
  private static final NativeFunction DLOPEN = NativeFunction.libc("dlopen");
  private static final NativeFunction DLSYM = NativeFunction.libc("dlsym");

  static final int RTLD_LAZY = 1; // dlfcn.h; most of a library's functions are never called

  private final long handle;

  private SharedLibrary(long handle) {
    this.handle = handle;
  }

  /**
   * Loads it, for as long as the process lasts.
   *
   * @param name as in {@code libbpf.so.1}
   * @throws UnsatisfiedLinkError if it is not there or cannot be loaded; says why
   */
  public static SharedLibrary load(String name) {
    try (Arena arena = Arena.ofConfined()) {
      long handle = DLOPEN.call(CMemory.allocate(arena, name).address(), RTLD_LAZY);
      if (handle == 0) {
        throw new UnsatisfiedLinkError(CMemory.read(NativeFunction.libc("dlerror").call()));
      }
      return new SharedLibrary(handle);
    }
  }

  /**
   * One of its functions.
   *
   * @throws UnsatisfiedLinkError if it has none of that name
   */
  public NativeFunction function(String name) {
    try (Arena arena = Arena.ofConfined()) {
      long address = DLSYM.call(handle, CMemory.allocate(arena, name).address());
      if (address == 0) {
        throw new UnsatisfiedLinkError(name);
      }
      return NativeFunction.at(address);
    }
  }
}
