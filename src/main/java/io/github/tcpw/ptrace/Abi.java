// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A way in which a processor can make system calls, with the numbers of those that matter. */
final class Abi {
  private static final int X32_BIT = 0x40000000;

  /** arch/x86/entry/syscalls/syscall_64.tbl */
  static final Abi X86_64 =
      new Abi(0xc000003e, false)
          .with(Call.CONNECT, 42)
          .with(Call.ACCEPT, 43, 288)
          .with(Call.LISTEN, 50)
          .with(Call.SHUTDOWN, 48)
          .with(Call.CLOSE, 3)
          .with(Call.GET_OPTION, 55)
          .with(Call.SEND_TO, 44)
          .with(Call.SEND_MESSAGE, 46)
          .with(Call.SEND_MESSAGES, 307)
          .with(Call.RECEIVE_FROM, 45)
          .with(Call.RECEIVE_MESSAGE, 47)
          .with(Call.RECEIVE_MESSAGES, 299)
          .with(Call.READ, 0, 19)
          .with(Call.WRITE, 1, 20)
          .with(Call.WAIT, 7, 23, 232, 270, 271, 281, 441)
          .with(Call.CLONE, 56)
          .with(Call.PTRACE, 101);

  /** The same file: 64-bit calls with 32-bit pointers (__X32_SYSCALL_BIT). */
  static final Abi X32 =
      new Abi(0xc000003e, true)
          .with(Call.CONNECT, X32_BIT | 42)
          .with(Call.ACCEPT, X32_BIT | 43, X32_BIT | 288)
          .with(Call.LISTEN, X32_BIT | 50)
          .with(Call.SHUTDOWN, X32_BIT | 48)
          .with(Call.CLOSE, X32_BIT | 3)
          .with(Call.GET_OPTION, X32_BIT | 542)
          .with(Call.SEND_TO, X32_BIT | 44)
          .with(Call.SEND_MESSAGE, X32_BIT | 518)
          .with(Call.SEND_MESSAGES, X32_BIT | 538)
          .with(Call.RECEIVE_FROM, X32_BIT | 517)
          .with(Call.RECEIVE_MESSAGE, X32_BIT | 519)
          .with(Call.RECEIVE_MESSAGES, X32_BIT | 537)
          .with(Call.READ, X32_BIT | 0, X32_BIT | 515)
          .with(Call.WRITE, X32_BIT | 1, X32_BIT | 516)
          .with(
              Call.WAIT,
              X32_BIT | 7,
              X32_BIT | 23,
              X32_BIT | 232,
              X32_BIT | 270,
              X32_BIT | 271,
              X32_BIT | 281,
              X32_BIT | 441)
          .with(Call.CLONE, X32_BIT | 56)
          .with(Call.PTRACE, X32_BIT | 521);

  /** arch/x86/entry/syscalls/syscall_32.tbl */
  static final Abi I386 =
      new Abi(0x40000003, true)
          .with(Call.CONNECT, 362)
          .with(Call.ACCEPT, 364)
          .with(Call.LISTEN, 363)
          .with(Call.SHUTDOWN, 373)
          .with(Call.CLOSE, 6)
          .with(Call.GET_OPTION, 365)
          .with(Call.SEND_TO, 369)
          .with(Call.SEND_MESSAGE, 370)
          .with(Call.SEND_MESSAGES, 345)
          .with(Call.RECEIVE_FROM, 371)
          .with(Call.RECEIVE_MESSAGE, 372)
          .with(Call.RECEIVE_MESSAGES, 337, 417)
          .with(Call.SOCKET_CALL, 102)
          .with(Call.READ, 3, 145)
          .with(Call.WRITE, 4, 146)
          .with(Call.WAIT, 82, 142, 168, 256, 308, 309, 319, 413, 414, 441)
          .with(Call.CLONE, 120)
          .with(Call.PTRACE, 26);

  /** include/uapi/asm-generic/unistd.h */
  static final Abi AARCH64 =
      new Abi(0xc00000b7, false)
          .with(Call.CONNECT, 203)
          .with(Call.ACCEPT, 202, 242)
          .with(Call.LISTEN, 201)
          .with(Call.SHUTDOWN, 210)
          .with(Call.CLOSE, 57)
          .with(Call.GET_OPTION, 209)
          .with(Call.SEND_TO, 206)
          .with(Call.SEND_MESSAGE, 211)
          .with(Call.SEND_MESSAGES, 269)
          .with(Call.RECEIVE_FROM, 207)
          .with(Call.RECEIVE_MESSAGE, 212)
          .with(Call.RECEIVE_MESSAGES, 243)
          .with(Call.READ, 63, 65)
          .with(Call.WRITE, 64, 66)
          .with(Call.WAIT, 22, 72, 73, 441)
          .with(Call.CLONE, 220)
          .with(Call.PTRACE, 117);

  /** arch/arm/tools/syscall.tbl, EABI */
  static final Abi ARM =
      new Abi(0x40000028, true)
          .with(Call.CONNECT, 283)
          .with(Call.ACCEPT, 285, 366)
          .with(Call.LISTEN, 284)
          .with(Call.SHUTDOWN, 293)
          .with(Call.CLOSE, 6)
          .with(Call.GET_OPTION, 295)
          .with(Call.SEND_TO, 290)
          .with(Call.SEND_MESSAGE, 296)
          .with(Call.SEND_MESSAGES, 374)
          .with(Call.RECEIVE_FROM, 292)
          .with(Call.RECEIVE_MESSAGE, 297)
          .with(Call.RECEIVE_MESSAGES, 365, 417)
          .with(Call.SEND, 289)
          .with(Call.RECEIVE, 291)
          .with(Call.READ, 3, 145)
          .with(Call.WRITE, 4, 146)
          .with(Call.WAIT, 142, 168, 252, 335, 336, 346, 413, 414, 441)
          .with(Call.CLONE, 120)
          .with(Call.PTRACE, 26);

  private final int audit;
  private final boolean is32Bit;
  private final Map<Call, int[]> numbers = new EnumMap<>(Call.class);
  private final Map<Integer, Call> calls = new HashMap<>();

  private Abi(int audit, boolean is32Bit) {
    this.audit = audit;
    this.is32Bit = is32Bit;
  }

  private Abi with(Call call, int... callNumbers) {
    numbers.put(call, callNumbers);
    for (int number : callNumbers) {
      calls.put(number, call);
    }
    return this;
  }

  /** Those of a processor, as the system property os.arch names it. */
  static Abi[] ofProcessor(String architecture) {
    return architecture.equals("aarch64")
        ? new Abi[] {AARCH64, ARM}
        : new Abi[] {X86_64, X32, I386};
  }

  /** The one of a system call that was made; null: none that is known. */
  static @Nullable Abi of(int audit, int number) {
    if (audit == X86_64.audit) {
      return (number & X32_BIT) == 0 ? X86_64 : X32;
    }
    return audit == I386.audit
        ? I386
        : audit == AARCH64.audit ? AARCH64 : audit == ARM.audit ? ARM : null;
  }

  /** AUDIT_ARCH_* of linux/audit.h. */
  int audit() {
    return audit;
  }

  /** The numbers of a call; none: it does not exist here. */
  int[] numbers(Call call) {
    return numbers.getOrDefault(call, new int[0]).clone();
  }

  /** The call of a number; null: none that is known. */
  @Nullable Call call(int number) {
    return calls.get(number);
  }

  /** Whether pointers and longs in its structures have 32 bits. */
  boolean is32Bit() {
    return is32Bit;
  }
}
