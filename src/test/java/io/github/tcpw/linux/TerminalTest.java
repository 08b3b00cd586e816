// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.Tool;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalTest {
  private static final int NO_DESCRIPTOR = 1_000_000;

  @Test
  void whatIsNotOpenIsNoTerminal() {
    assertThat(Terminal.isTerminal(NO_DESCRIPTOR)).isFalse();
  }

  @Test
  void widthIs80WhereNobodyKnows() {
    assertThat(Terminal.width(NO_DESCRIPTOR)).isEqualTo(80);
  }

  @Test
  void terminalSaysHowWideItIs(@TempDir Path directory) throws Exception {
    // python's pty module gives a program a terminal; its size is set before
    String program =
        """
        import fcntl, os, pty, struct, sys, termios
        def run():
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 132, 0, 0))
            os.execv(sys.argv[1], sys.argv[1:])
        pid, terminal = pty.fork()
        if pid == 0:
            run()
        said = b""
        try:
            while True:
                more = os.read(terminal, 4096)
                if not more:
                    break
                said += more
        except OSError:
            pass
        os.waitpid(pid, 0)
        print(said.decode().strip())
        """;
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    assertThat(
            Tool.run(
                "python3",
                "-c",
                program,
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Say.class.getName()))
        .endsWith("true 132\n");
  }

  /** Run in a terminal. */
  static final class Say {
    private Say() {}

    /** Prints what is known of standard input. */
    public static void main(String[] args) {
      System.out.println(Terminal.isTerminal(0) + " " + Terminal.width(0));
    }
  }
}
