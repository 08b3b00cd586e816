// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * A C function, called with up to six integers or pointers.
 *
 * <p>All functions share one call shape (six {@code long} to {@code long}): linking a shape costs
 * milliseconds at start-up, and on x86-64 and AArch64 an integer argument that is not read, or a
 * narrower one passed as 64 bits, does no harm. Results narrower than 64 bits must be cast by the
 * caller: the upper half is undefined. Not for floating point or structs by value; {@link Terminal}
 * says why variadic functions may be called so.
 *
 * <p>errno is kept in one place for each of the threads that call C: one, or with the ptrace engine
 * two.
 */
public final class NativeFunction {
  private static final Linker LINKER = Linker.nativeLinker();
  // On Linux errno is all there is in it, so it needs no path to be found (which costs 6 ms).
  private static final MemorySegment STATE =
      Arena.global().allocate(Linker.Option.captureStateLayout());
  private static volatile @Nullable SecondThread second;
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG),
          Linker.Option.captureCallState("errno"));
  // What the JDK itself is linked with. Not libraryLookup("libc.so.6"), see SharedLibrary.
  private static final SymbolLookup LIBC = LINKER.defaultLookup();

  private final MemorySegment address;

  private NativeFunction(MemorySegment address) {
    this.address = address;
  }

  /**
   * A function of the C library.
   *
   * @throws UnsatisfiedLinkError if there is none of that name
   */
  public static NativeFunction libc(String name) {
    return new NativeFunction(LIBC.find(name).orElseThrow(() -> new UnsatisfiedLinkError(name)));
  }

  /** The function at this address. */
  static NativeFunction at(long address) {
    return new NativeFunction(MemorySegment.ofAddress(address));
  }

  /** Says that a second thread, this one, will call C as well; for the rest of the process. */
  public static void callFromSecondThread() {
    second =
        new SecondThread(
            Thread.currentThread(), Arena.global().allocate(Linker.Option.captureStateLayout()));
  }

  private record SecondThread(Thread thread, MemorySegment state) {}

  private static MemorySegment state() {
    SecondThread other = second;
    return other != null && Thread.currentThread() == other.thread ? other.state : STATE;
  }

  /** The value that errno had after this thread's last call, whether or not it failed. */
  public static int errno() {
    return state().get(ValueLayout.JAVA_INT, 0);
  }

  /** Calls the function; see {@link #call(long, long, long, long, long, long)}. */
  public long call() {
    return call(0, 0, 0, 0, 0, 0);
  }

  /** Calls the function; see {@link #call(long, long, long, long, long, long)}. */
  public long call(long a) {
    return call(a, 0, 0, 0, 0, 0);
  }

  /** Calls the function; see {@link #call(long, long, long, long, long, long)}. */
  public long call(long a, long b) {
    return call(a, b, 0, 0, 0, 0);
  }

  /** Calls the function; see {@link #call(long, long, long, long, long, long)}. */
  public long call(long a, long b, long c) {
    return call(a, b, c, 0, 0, 0);
  }

  /** Calls the function; see {@link #call(long, long, long, long, long, long)}. */
  public long call(long a, long b, long c, long d) {
    return call(a, b, c, d, 0, 0);
  }

  /**
   * Calls the function.
   *
   * @return its result, to be narrowed by a cast where the C type is narrower than 64 bits
   */
  public long call(long a, long b, long c, long d, long e, long f) {
    try {
      return (long) CALL.invokeExact(address, state(), a, b, c, d, e, f);
    } catch (RuntimeException | Error unexpected) {
      throw unexpected;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible); // a downcall declares Throwable, but throws none
    }
  }
}
