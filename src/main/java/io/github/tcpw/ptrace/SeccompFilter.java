// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A program for the kernel (seccomp(2), classic BPF) that has the calls that matter stop, and lets
 * everything else run at full speed: since 5.11 the kernel keeps a bitmap of the numbers that are
 * always allowed, and does not run the program for these.
 */
final class SeccompFilter {
  // linux/bpf_common.h, linux/seccomp.h
  private static final int LOAD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final int JUMP_IF_ANY_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
  private static final int RETURN = 0x06; // BPF_RET | BPF_K
  private static final int RET_ALLOW = 0x7fff0000;
  private static final int RET_TRACE = 0x7ff00000;
  static final int SIZE_OF_INSTRUCTION = 8;

  // struct seccomp_data; the lower half of an argument comes first on all our processors
  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int ARGUMENTS = 16;

  static final int SOL_SOCKET = 1;
  static final int SO_ERROR = 4;
  static final int CLONE_UNTRACED = 0x00800000; // linux/sched.h

  private final List<long[]> program = new ArrayList<>();

  private SeccompFilter() {}

  /**
   * The struct sock_filter of a program that stops calls.
   *
   * @param whole those of them that it stops also without an address
   */
  static byte[] stopping(Set<Call> calls, Set<Call> whole, Abi[] abis) {
    SeccompFilter filter = new SeccompFilter();
    for (Abi abi : abis) {
      filter.add(abi, calls, whole);
    }
    filter.add(RETURN, 0, 0, RET_ALLOW);
    return filter.bytes();
  }

  private void add(Abi abi, Set<Call> calls, Set<Call> whole) {
    SeccompFilter block = new SeccompFilter();
    for (Call call : EnumSet.copyOf(calls)) {
      for (int number : abi.numbers(call)) {
        block.addCall(call, number, whole.contains(call));
      }
    }
    add(LOAD_WORD, 0, 0, ARCHITECTURE);
    add(JUMP_IF_EQUAL, 0, block.program.size() + 1, abi.audit());
    add(LOAD_WORD, 0, 0, NUMBER);
    program.addAll(block.program);
  }

  private void addCall(Call call, int number, boolean isWhole) {
    SeccompFilter test = new SeccompFilter();
    switch (call) {
      case GET_OPTION -> {
        // as many to skip as follow: the next call's test has to load the number again
        test.add(LOAD_WORD, 0, 0, ARGUMENTS + 8);
        test.add(JUMP_IF_EQUAL, 0, 3, SOL_SOCKET);
        test.add(LOAD_WORD, 0, 0, ARGUMENTS + 16);
        test.add(JUMP_IF_EQUAL, 0, 1, SO_ERROR);
      }
      case SEND_TO, RECEIVE_FROM -> {
        if (isWhole) {
          break;
        }
        test.add(LOAD_WORD, 0, 0, ARGUMENTS + 8 * 4);
        test.add(JUMP_IF_EQUAL, 0, 2, 0);
        test.add(LOAD_WORD, 0, 0, ARGUMENTS + 8 * 4 + 4);
        test.add(JUMP_IF_EQUAL, 1, 0, 0);
      }
      case CLONE -> {
        test.add(LOAD_WORD, 0, 0, ARGUMENTS);
        test.add(JUMP_IF_ANY_SET, 0, 1, CLONE_UNTRACED);
      }
      default -> {}
    }
    test.add(RETURN, 0, 0, RET_TRACE);
    if (test.program.size() > 1) {
      test.add(RETURN, 0, 0, RET_ALLOW);
    }
    add(JUMP_IF_EQUAL, 0, test.program.size(), number);
    program.addAll(test.program);
  }

  private void add(int code, int ifTrue, int ifFalse, int operand) {
    program.add(new long[] {code, ifTrue, ifFalse, operand});
  }

  private byte[] bytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(program.size() * SIZE_OF_INSTRUCTION).order(ByteOrder.nativeOrder());
    for (long[] instruction : program) {
      bytes
          .putShort((short) instruction[0])
          .put((byte) instruction[1])
          .put((byte) instruction[2])
          .putInt((int) instruction[3]);
    }
    return bytes.array();
  }
}
