// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Programs that talk with somebody at a terminal do so as without tcpw. */
@Tag("user-space")
class InteractiveIT {
  /** Somebody at a terminal: waits for what is shown, and types. */
  private static final String SOMEBODY =
      """
      import fcntl, os, pty, select, signal, struct, sys, tempfile, termios, time
      tcpw = sys.argv[1]
      class Terminal:
          def __init__(self, *words):
              self.pid, self.fd = pty.fork()
              if self.pid == 0:
                  # PS1 is made so that its echo is not taken for the prompt
                  os.environ.update(TERM="xterm", PS1="rea''dy> ", LESS="", tcpw=tcpw)
                  os.execvp(words[0], words)
              self.shown, self.everything = b"", b""
          def reads(self, seconds):
              more = b""
              if select.select([self.fd], [], [], max(0, seconds))[0]:
                  try: more = os.read(self.fd, 65536)
                  except OSError: pass  # EIO: closed
              self.shown += more
              self.everything += more
              return more
          def waits(self, text):
              text, deadline = text.encode(), time.monotonic() + 120
              while text not in self.shown:
                  if not self.reads(deadline - time.monotonic()):
                      sys.exit(f"no {text} after {self.everything}")
              self.shown = self.shown.split(text, 1)[1]
              return self
          def types(self, text):
              os.write(self.fd, text.encode())
              return self
          def hands_over(self, group):
              # The shell names the job before it gives it the terminal.
              deadline = time.monotonic() + 120
              while os.tcgetpgrp(self.fd) == group:
                  if time.monotonic() > deadline: sys.exit("the terminal is still the shell's")
                  time.sleep(0.01)
              return self
          def resizes(self, rows, columns):
              fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
              return self
          def ends(self):
              try:
                  while more := os.read(self.fd, 65536): self.everything += more
              except OSError: pass
              return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
      def shell(*before):
          words = *before, "bash", "--norc", "--noprofile", "-i"
          return Terminal(*words).waits("rea").waits("dy> ")
      """;

  private static void succeeds(String script) {
    Run run =
        Tcpw.shell("python3 -IS - " + Tcpw.EXECUTABLE + " <<'EOF'\n" + SOMEBODY + script + "EOF\n");
    assertThat(run.status()).as("%s", run).isZero();
  }

  @Test
  void lessShowsPages() {
    succeeds(
        """
        with tempfile.NamedTemporaryFile("w") as file:
            file.writelines(f"line {i}.\\n" for i in range(1, 1000))
            file.flush()
            less = Terminal(tcpw, "less", file.name).waits("line 1.")
            less.types("G").waits("line 999.").types("g").waits("line 1.").types("q")
            assert less.ends() == 0
        """);
  }

  @Test
  void vimEdits() {
    succeeds(
        """
        with tempfile.NamedTemporaryFile() as file:
            vim = Terminal(tcpw, "vi", "-u", "NONE", "-n", file.name).waits("~")
            vim.types("ihello").waits("hello").types("\\x1b:wq\\r")
            assert vim.ends() == 0
            assert open(file.name).read() == "hello\\n"
        """);
  }

  @Test
  void aPythonPromptAnswersAndIsInterrupted() {
    succeeds(
        """
        python = Terminal(tcpw, "python3", "-IS", "-i", "-c", "").waits(">>> ")
        python.types("6*7\\r").waits("42").waits(">>> ").types("while 1: print('turns')\\r\\r")
        python.waits("turns\\r\\n").types("\\x03").waits("KeyboardInterrupt").waits(">>> ")
        python.types("import os; os._exit(3)\\r")
        assert python.ends() == 3
        """);
  }

  @Test
  void aPasswordIsReadFromTheTerminalUnseen() {
    succeeds(
        """
        ask = "import getpass; print('got', len(getpass.getpass('Password: ')))"
        user = Terminal("sh", "-c", f'"$tcpw" python3 -IS -c "{ask}" </dev/null')
        user.waits("Password: ").types("secret\\r").waits("got 6")
        assert user.ends() == 0
        assert b"secret" not in user.everything
        """);
  }

  @Test
  void aShellControlsItsJobs() {
    succeeds(
        """
        bash = shell(tcpw)
        bash.types("sh -c 'echo \\"be\\"gun; exec sleep 1000'\\r").waits("begun\\r\\n").types("\\x1a")
        bash.waits("Stopped").waits("dy> ").types("bg\\r").waits(" &").waits("dy> ")
        group = os.tcgetpgrp(bash.fd)
        bash.types("jobs\\r").waits("Running").waits("dy> ")
        bash.types("fg\\r").waits("sleep 1000'").hands_over(group)
        bash.types("\\x03").waits("dy> ").types("echo status $?\\r").waits("status 130")
        bash.waits("dy> ").types("exit 7\\r")
        assert bash.ends() == 7
        """);
  }

  @Test
  void stoppedByTheTerminalItIsOneJob() {
    succeeds(
        """
        bash = shell()
        script = "print(\\"begun\\", flush=1)\\nwhile 1: print(input().upper(), flush=1)"
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(script)
            file.flush()
            bash.types(f"$tcpw python3 -IS {file.name}\\r").waits("begun\\r\\n")
        bash.types("abc\\r").waits("ABC").types("\\x1a").waits("Stopped").waits("dy> ")
        bash.types("jobs\\r").waits("Stopped").waits("dy> ").types("fg\\r").waits("python3")
        bash.types("def\\r").waits("DEF").types("\\x1a").waits("Stopped").waits("dy> ")
        bash.types("fg\\r").waits("python3").types("ghi\\r").waits("GHI")
        bash.types("\\x03").waits("KeyboardInterrupt").waits("dy> ")
        bash.types("echo status $?\\r").waits("status 130").waits("dy> ").types("exit\\r")
        assert bash.ends() == 0
        """);
  }

  /** As editors and pagers do: they give the terminal back, and only then stop. */
  @Test
  void aCommandThatTidiesUpBeforeItStopsDoesSoWhileItStops() {
    succeeds(
        """
        script = '''
        import os, signal, time
        runs = []
        def say(text): os.write(1, text.encode() + bytes([10]))
        def stop(*_):
            say(f"tidied {os.getpid()}")
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, stop)
            say("went on")
            runs.append(1)
            if len(runs) == 2: os._exit(5)
        signal.signal(signal.SIGTSTP, stop)
        say("begun")
        while True: time.sleep(0.01)'''
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(script)
            file.flush()
            bash = shell()
            bash.types(f"$tcpw python3 -IS {file.name}\\r").waits("begun\\r\\n")
            for _ in range(2):
                bash.types("\\x1a")
                deadline = time.monotonic() + 120
                while not (b"tidied" in bash.shown and b"Stopped" in bash.shown):
                    if time.monotonic() > deadline: sys.exit(f"not in {bash.everything}")
                    bash.reads(0.1)
                pid = bash.shown.split(b"tidied ")[1].split()[0].decode()
                while open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1][0] not in "tT":
                    if time.monotonic() > deadline: sys.exit("not stopped")
                    time.sleep(0.01)
                bash.shown = b""
                bash.types("fg\\r").waits("went on")
            bash.waits("dy> ").types("echo status $?\\r").waits("status 5").waits("dy> ")
            bash.types("exit\\r")
            assert bash.ends() == 0
        """);
  }

  @Test
  void whatTheTerminalEndsIsEndedByThatSignal() {
    succeeds(
        """
        bash = shell()
        for key, number in ("\\x03", 130), ("\\x1c", 131):
            bash.types("$tcpw sh -c 'echo \\"be\\"gun; exec sleep 1000'\\r").waits("begun\\r\\n")
            bash.types(key).waits("dy> ")
            bash.types("echo status $?\\r").waits(f"status {number}").waits("dy> ")
        bash.types("exit\\r")
        assert bash.ends() == 0
        """);
  }

  @Test
  void aNewSizeOfTheWindowReachesTheCommand() {
    succeeds(
        """
        watch = '''if 1:
            import os, signal
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])
            print("ready", flush=True)
            signal.sigwait([signal.SIGWINCH])
            print("size", *os.get_terminal_size(), flush=True)'''
        window = Terminal(tcpw, "python3", "-IS", "-c", watch).waits("ready").resizes(33, 99)
        window.waits("size 99 33")
        assert window.ends() == 0
        """);
  }

  @Test
  void whereTheCommandAloneIsStoppedTcpwWaits() {
    succeeds(
        """
        script = "import os; os.kill(os.getpid(), 19); print('goes on'); raise SystemExit(3)"
        tracer = Terminal(tcpw, "python3", "-IS", "-c", "print('begun', flush=1);" + script)
        tracer.waits("begun")
        def state(pid): return open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()[0]
        def command():
            for name in os.listdir("/proc"):
                try:
                    if name.isdigit() and open(f"/proc/{name}/stat").read().rsplit(
                            ") ", 1)[1].split()[1] == str(tracer.pid): return int(name)
                except OSError: pass
        pid, deadline = command(), time.monotonic() + 60
        while state(pid) not in "tT" and time.monotonic() < deadline: time.sleep(0.01)
        assert state(tracer.pid) == "S"
        os.kill(pid, signal.SIGCONT)
        tracer.waits("goes on")
        assert tracer.ends() == 3
        """);
  }
}
