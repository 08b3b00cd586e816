// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeccompFilterTest {
  private static final int ALLOW = 0x7fff0000;
  private static final int TRACE = 0x7ff00000;
  private static final Abi[] X86 = Abi.ofProcessor("amd64");
  private static final Abi[] ARM = Abi.ofProcessor("aarch64");

  /** What the kernel would do (net/core/filter.c), for the instructions in use. */
  private static int run(byte[] program, int architecture, int number, long... arguments) {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    data.putInt(0, number).putInt(4, architecture);
    for (int i = 0; i < arguments.length; i++) {
      data.putLong(16 + 8 * i, arguments[i]);
    }
    ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
    int accumulator = 0;
    for (int i = 0; ; i++) {
      int at = i * SeccompFilter.SIZE_OF_INSTRUCTION;
      int operand = code.getInt(at + 4);
      switch (code.getShort(at)) {
        case 0x20 -> accumulator = data.getInt(operand);
        case 0x15 -> i += Byte.toUnsignedInt(code.get(at + (accumulator == operand ? 2 : 3)));
        case 0x45 -> i += Byte.toUnsignedInt(code.get(at + ((accumulator & operand) != 0 ? 2 : 3)));
        case 0x06 -> {
          return operand;
        }
        default -> throw new AssertionError("unknown instruction " + code.getShort(at));
      }
    }
  }

  private static byte[] all(Abi[] abis) {
    return SeccompFilter.stopping(EnumSet.allOf(Call.class), Set.of(), abis);
  }

  @Test
  void stopsEveryNumberOfEveryCall() {
    long[] interesting = {3 | SeccompFilter.CLONE_UNTRACED, 1, 4, 0, 5, 0};
    for (Abi[] abis : new Abi[][] {X86, ARM}) {
      for (Abi abi : abis) {
        for (Call call : Call.values()) {
          for (int number : abi.numbers(call)) {
            assertThat(run(all(abis), abi.audit(), number, interesting))
                .as("%s %d", call, number)
                .isEqualTo(TRACE);
            assertThat(abi.call(number)).isEqualTo(call);
          }
        }
      }
    }
  }

  @Test
  void letsAllElsePass() {
    for (int number = 0; number < 1024; number++) {
      if (Abi.X86_64.call(number) == null) {
        assertThat(run(all(X86), 0xc000003e, number)).as("%d", number).isEqualTo(ALLOW);
      }
    }
    assertThat(run(all(X86), 0xc00000b7, 203)).as("another processor's connect").isEqualTo(ALLOW);
  }

  @Test
  void stopsNoMoreThanWhatIsAskedFor() {
    byte[] connects = SeccompFilter.stopping(Set.of(Call.CONNECT), Set.of(), X86);
    assertThat(run(connects, 0xc000003e, 42)).isEqualTo(TRACE);
    assertThat(run(connects, 0xc000003e, 0x40000000 | 42)).isEqualTo(TRACE);
    assertThat(run(connects, 0x40000003, 362)).isEqualTo(TRACE);
    assertThat(run(connects, 0xc000003e, 43)).isEqualTo(ALLOW);
    assertThat(run(connects, 0xc000003e, 362)).isEqualTo(ALLOW);
  }

  @Test
  void stopsOnlyWhoAsksForTheError() {
    assertThat(run(all(X86), 0xc000003e, 55, 3, 1, 4)).isEqualTo(TRACE);
    assertThat(run(all(X86), 0xc000003e, 55, 3, 1, 3)).isEqualTo(ALLOW);
    assertThat(run(all(X86), 0xc000003e, 55, 3, 6, 4)).isEqualTo(ALLOW);
  }

  @Test
  void stopsOnlyWhoWantsAChildUntraced() {
    int untraced = SeccompFilter.CLONE_UNTRACED;
    assertThat(run(all(X86), 0xc000003e, 56, untraced | 17)).isEqualTo(TRACE);
    assertThat(run(all(X86), 0xc000003e, 56, ~untraced)).isEqualTo(ALLOW);
  }

  @Test
  void stopsOnlySendersThatSayWhereTo() {
    assertThat(run(all(X86), 0xc000003e, 44, 3, 0, 0, 0, 0)).isEqualTo(ALLOW);
    assertThat(run(all(X86), 0xc000003e, 44, 3, 0, 0, 0, 0x7000)).isEqualTo(TRACE);
    assertThat(run(all(X86), 0xc000003e, 44, 3, 0, 0, 0, 0x7_0000_0000L)).isEqualTo(TRACE);
    byte[] whole = SeccompFilter.stopping(EnumSet.allOf(Call.class), Set.of(Call.SEND_TO), X86);
    assertThat(run(whole, 0xc000003e, 44, 3, 0, 0, 0, 0)).isEqualTo(TRACE);
    assertThat(run(whole, 0xc000003e, 45, 3, 0, 0, 0, 0)).isEqualTo(ALLOW);
  }
}
