// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program finds the same with and without tcpw (src/test/c/inherited.c), and ends the same for
 * who waits for it. What differs all the same is in docs/transparency.md, and here.
 */
@Tag("user-space")
class TransparencyIT {
  /** Not the script of a checkout, which changes this and that on the way. */
  private static final String IMAGE =
      System.getProperty("tcpw", Path.of("target/tcpw/bin/tcpw").toAbsolutePath().toString());

  private static final String PROGRAM =
      Path.of("target/test-programs/inherited").toAbsolutePath().toString();

  /** What ptrace cannot hide from the command. */
  private static final Set<String> OF_PTRACE =
      Set.of("status TracerPid", "status Seccomp", "status Seccomp_filters");

  /**
   * Makes the condition and becomes the program, once with and once without tcpw; prints the lines
   * that differ. All is C's: Python changes signals and the environment.
   */
  private static final String HARNESS =
      """
      import ctypes, os, re, resource, signal, sys, tempfile
      libc = ctypes.CDLL(None, use_errno=True)
      tcpw, program, condition = sys.argv[1:4]
      directory = tempfile.mkdtemp("tcpw-test")
      report = directory + "/report"
      environ = [b"PATH=" + os.environb[b"PATH"]]
      words = [program.encode(), b"show", report.encode()]
      options, instead = [], []  # tcpw's, and what stands for them without it
      def check(result):
          assert result >= 0, os.strerror(ctypes.get_errno())
          return result
      def prctl(*arguments):
          words = (list(arguments) + 4 * [0])[:5]
          return check(libc.prctl(*[ctypes.c_ulong(word) for word in words]))
      def action(number, handler):  # not by glibc, which has none for 32 and 33
          check(libc.syscall(13 if os.uname().machine == "x86_64" else 134, number,
                             (ctypes.c_uint64 * 4)(handler), None, 8))
      def file(name, content="0123456789"):
          path = directory + "/" + name
          with open(path, "w") as new: new.write(content)
          return path
      def run(prefix):
          for name in os.listdir(directory): os.unlink(directory + "/" + name)
          pid = os.fork()
          if pid == 0:
              try:
                  for number in range(1, 65):
                      if number not in (signal.SIGKILL, signal.SIGSTOP): action(number, 0)
                  exec(condition, globals())
                  array = lambda strings: (ctypes.c_char_p * (len(strings) + 1))(*strings)
                  command = (prefix + options if prefix else instead) + words
                  libc.execve(command[0], array(command), array(environ))
                  os.write(2, os.strerror(ctypes.get_errno()).encode())
              except Exception as e:
                  os.write(2, repr(e).encode())
              os._exit(98)
          status = os.waitpid(pid, 0)[1]
          try:
              with open(report, errors="surrogateescape") as lines: lines = list(lines)
          except FileNotFoundError:
              lines = []
          def alike(line):
              # Leader of a group is tcpw; an autogroup is new with each session.
              if line.startswith("descriptor"): return line  # its number may be the pid's
              return re.sub(rf"\\b{pid}\\b|autogroup-\\d+", "(own)", line)
          files = "files: %s\\n" % [name.split(".")[0] for name in os.listdir(directory)]
          return [alike(line) for line in lines] + [files, "status: %d\\n" % status]
      without, within = run([]), run([tcpw.encode()])
      for sign, some, others in ("-", without, set(within)), ("+", within, set(without)):
          for line in some:
              if line not in others: sys.stdout.write(sign + line[:300].rstrip() + "\\n")
      if "words[" not in condition and len(without) < 100: print("!no report")
      for name in os.listdir(directory): os.unlink(directory + "/" + name)
      os.rmdir(directory)
      """;

  private static Run compare(String before, String condition) {
    Run run =
        Tcpw.shell(
            before
                + "python3 -IS - <<'EOF' "
                + IMAGE
                + " "
                + PROGRAM
                + " '"
                + condition.replace("'", "'\\''")
                + "'\n"
                + HARNESS
                + "EOF\n");
    assertThat(run.status()).as("%s", run).isZero();
    return run;
  }

  /** The names of the lines that differ. */
  private static Set<String> differences(Run run) {
    return run.stdout()
        .lines()
        .map(line -> line.substring(1).replaceFirst(":.*", ""))
        .collect(Collectors.toSet());
  }

  private static void isTheSame(String condition) {
    isTheSame("", condition);
  }

  private static void isTheSame(String before, String condition) {
    Run run = compare(before, condition);
    if (Tcpw.isPtrace()) { // what was filtered before does not show that it is now
      assertThat(differences(run)).as("%s", run).contains("status TracerPid").isSubsetOf(OF_PTRACE);
    } else {
      assertThat(differences(run)).as("%s", run).isEmpty();
    }
    assertThat(run.stderr()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "words += [b'', b'-v', b'--', b'\\xff\\xc3\\xa9\\n', b'a b']",
        "words[0:1] = [program.encode()]; environ += [b'A=1', b'A=2', b'NOEQ', b'', b'=',"
            + " b'\\xff\\xfe=\\xff', b'B=\\n', b'LD_BIND_NOW=1', b'JAVA_TOOL_OPTIONS=-Xint']",
        "environ.clear()",
      })
  void wordsAndEnvironmentAreTheSameByteForByte(String condition) {
    isTheSame(condition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        os.dup2(os.open(file("read"), os.O_RDONLY), 3)
        os.dup2(os.open(file("append"), os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK), 9)
        os.lseek(3, 5, 0); os.dup2(os.pipe()[0], 63); os.dup2(os.pipe()[1], 1000)
        """,
        "os.close(0)",
        "os.close(1)",
        "os.close(2)",
        "os.closerange(0, 3)",
        "os.closerange(0, 3); os.dup2(os.open('/', 0), 3)",
        """
        resource.setrlimit(resource.RLIMIT_NOFILE, (6000, 6000))
        null = os.open("/dev/null", os.O_RDWR)
        for fd in range(10, 5010): os.dup2(null, fd)
        """,
        "resource.setrlimit(resource.RLIMIT_NOFILE, (40, 50))",
      })
  void descriptorsAreTheSame(String condition) {
    isTheSame(condition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "os.umask(0o027); os.chdir('/usr')",
        "new = tempfile.mkdtemp(); os.chdir(new); os.rmdir(new)",
        "os.chroot('/proc/self/root'); os.setpgid(0, 0)",
        "os.setsid()",
      })
  void placeAndGroupAreTheSame(String condition) {
    isTheSame(condition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for number in range(1, 65):\n  if number not in (4, 7, 8, 9, 11, 19): action(number, 1)",
        "action(32, 1); action(33, 1); action(64, 1)",
        "libc.sigprocmask(signal.SIG_BLOCK, (ctypes.c_uint64 * 16)(0xfffffffe7ffbfeff), None)",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [1, 3, 10, 15, 17, 64])",
      })
  void signalsAreTheSame(String condition) {
    isTheSame(condition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        for limit, values in {
            resource.RLIMIT_CPU: (5000, 6000), resource.RLIMIT_FSIZE: (1 << 30, 1 << 31),
            resource.RLIMIT_DATA: (1 << 35, 1 << 36), resource.RLIMIT_STACK: (1 << 20, 1 << 24),
            resource.RLIMIT_CORE: (0, 1), resource.RLIMIT_RSS: (1 << 30, 1 << 31),
            resource.RLIMIT_NPROC: (20000, 20001), resource.RLIMIT_NOFILE: (123, 1234),
            resource.RLIMIT_MEMLOCK: (65536, 65537), resource.RLIMIT_AS: (1 << 33, 1 << 34),
            10: (77, 78), resource.RLIMIT_SIGPENDING: (100, 200),
            resource.RLIMIT_MSGQUEUE: (1000, 2000), resource.RLIMIT_NICE: (1, 2),
            resource.RLIMIT_RTPRIO: (3, 4), resource.RLIMIT_RTTIME: (1 << 40, 1 << 41),
        }.items():
            most = resource.getrlimit(limit)[1]
            if most == -1 or values[1] <= most: resource.setrlimit(limit, values)
        """,
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))",
        "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)); os.nice(5)",
        "os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(3))",
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); os.nice(-3)",
        "check(libc.syscall(251 if os.uname().machine == 'x86_64' else 30, 1, 0, (2 << 13) | 6))",
        "open('/proc/self/oom_score_adj', 'w').write('321')",
        "open('/proc/self/coredump_filter', 'w').write('0x11')",
        "prctl(29, 70000)", // PR_SET_TIMERSLACK
        "prctl(41, 1)", // PR_SET_THP_DISABLE
        "check(libc.personality(0x0040000))", // ADDR_NO_RANDOMIZE
        "prctl(33, 1, 0)", // PR_MCE_KILL, PR_MCE_KILL_SET: late
      })
  void limitsAndSchedulingAreTheSame(String condition) {
    isTheSame(condition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prctl(38, 1)", // PR_SET_NO_NEW_PRIVS
        "prctl(24, 22); prctl(24, 25)", // PR_CAPBSET_DROP
        "prctl(28, 0x2c)", // PR_SET_SECUREBITS
        "os.setgroups([7, 8, 9])",
        "prctl(4, 0)", // PR_SET_DUMPABLE
        """
        class Header(ctypes.Structure): _fields_ = [("v", ctypes.c_uint32), ("pid", ctypes.c_int)]
        header, data = Header(0x20080522, 0), (ctypes.c_uint32 * 6)()
        check(libc.capget(ctypes.byref(header), data)); data[2] = 0x3000
        check(libc.capset(ctypes.byref(header), data))
        prctl(47, 2, 12)  # PR_CAP_AMBIENT_RAISE
        """,
        """
        allow = ctypes.create_string_buffer(bytes([6, 0, 0, 0, 0, 0, 0xff, 0x7f]))
        class Program(ctypes.Structure):
            _fields_ = [("n", ctypes.c_uint16), ("filter", ctypes.c_void_p)]
        program = Program(1, ctypes.addressof(allow))
        prctl(22, 2, ctypes.addressof(program))  # PR_SET_SECCOMP
        """,
      })
  void privilegeAndNamespacesAreTheSame(String condition) {
    isTheSame(condition);
  }

  @Test
  void anotherUserIsAllThatOneAsksFor() {
    isTheSame(
        """
        os.chmod(directory, 0o777)
        options += [b'-u', b'nobody']
        instead += [b'/usr/bin/setpriv', b'--reuid=nobody', b'--regid=65534', b'--init-groups']
        os.dup2(os.open("/", os.O_RDONLY), 3); os.dup2(os.pipe()[0], 63); action(10, 1)
        """);
  }

  @Test
  void namespacesAreTheSame() {
    isTheSame("unshare --uts --ipc --net --mount --cgroup ", "");
  }

  /** A process keeps these when it executes, but no child gets them: the command is one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prctl(1, 15) | parent-death signal", // PR_SET_PDEATHSIG
        "prctl(36, 1) | child subreaper", // PR_SET_CHILD_SUBREAPER
        "libc.setitimer(0, (ctypes.c_long * 4)(0, 0, 1000, 0), None) | interval timer 0",
        "signal.pthread_sigmask(0, [10]); os.kill(os.getpid(), 10) | pending, status ShdPnd",
        "if os.fork() == 0: os._exit(0) | children",
        "os.sched_setscheduler(0, os.SCHED_RR + os.SCHED_RESET_ON_FORK, os.sched_param(3))"
            + " | scheduling",
        // not of execution, but of the JVM, which lives by these
        "for number in 4, 7, 8, 11: action(number, 1)"
            + " | signal 4, signal 7, signal 8, signal 11, status SigIgn",
      })
  void whatNoChildInheritsIsNotTheCommands(String condition, String names) {
    Set<String> expected = new HashSet<>(List.of(names.split(", ", -1)));
    if (Tcpw.isPtrace()) {
      expected.addAll(OF_PTRACE);
    }
    Run run = compare("", condition);
    assertThat(differences(run)).as("%s", run).isEqualTo(expected);
  }

  @Test
  void wordsAndEnvironmentMayBeAsLargeAsTheKernelLets() {
    isTheSame("environ += [b'%d=' % i + b'x' * 20000 for i in range(96)]");
    isTheSame("words += [b'x' * 20000 for i in range(96)]");
  }

  /** It may have ended before tcpw has cared for SIGCHLD. */
  @Test
  void exitStatusIsTheCommandsWhereChildrenAreIgnored() {
    for (int i = 0; i < 10; i++) {
      Run run = compare("", "action(17, 1); words[:] = [b'/bin/sh', b'-c', b'exit 3']");
      assertThat(run.stdout()).as("%s", run).isEmpty();
      assertThat(run.stderr()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 124, 125, 126, 127, 128, 137, 255})
  void exitStatusIsTheCommands(int status) {
    assertThat(differences(compare("", "words[:] = [b'/bin/sh', b'-c', b'exit " + status + "']")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 32, 33,
        34, 64
      })
  void deathByASignalIsSeenAsThat(int signal) {
    String dies = "os.chdir(directory); words[1:] = [b'die', b'%d' % " + signal + "]; ";
    Run run = compare("", dies + "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))");
    assertThat(differences(run)).as("%s", run).isEmpty();
    assertThat(run.stderr()).isEmpty();
  }

  @Test
  void aCoreDumpIsTheCommandsAlone() {
    Run run =
        compare(
            "",
            "os.chdir(directory); words[1:] = [b'die', b'11'];"
                + " resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))");
    // The files are as without tcpw; WCOREDUMP could only be had for a core of tcpw's own.
    assertThat(run.stdout()).isIn("", "-status: 139\n+status: 11\n");
  }

  @Test
  void processSubstitutionWorks() {
    assertThat(Tcpw.shell(IMAGE + " cat <(echo x)").stdout()).isEqualTo("x\n");
  }

  @Test
  void aSignalThatTheCommandSurvivesIsNoEnd() {
    Run run =
        Tcpw.shell(IMAGE + " bash -c 'trap \"echo got it\" TERM; kill -TERM $$; exit 7'; echo $?");
    assertThat(run.stdout()).isEqualTo("got it\n7\n");
  }

  @Test
  void asTheFirstProcessOfANamespaceItExitsAsAShellWould() {
    Run run =
        Tcpw.shell("unshare --pid --fork --kill-child " + IMAGE + " sh -c 'kill -9 $$'; echo $?");
    assertThat(run.stdout()).isEqualTo("137\n");
  }
}
