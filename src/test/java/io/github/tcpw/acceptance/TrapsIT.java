// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing that lies in the working directory, the home directory or among temporary files, and no
 * variable that names it, makes tcpw look there: it runs as root.
 */
@Tag("user-space")
class TrapsIT {
  /** The image itself: the shell of a checkout's script looks at files of its own. */
  private static final String IMAGE = Path.of("target/tcpw/bin/tcpw").toAbsolutePath().toString();

  private static final Pattern CALL =
      Pattern.compile(
          "(?<pid>\\d+) +(?<call>\\w+)\\((?:[^\"]*\"(?<path>(?:[^\"\\\\]|\\\\.)*)\")?.*");

  /** Prints every call that names a file. */
  private static Run trace(String options) {
    return Tcpw.shell(
        """
        image=%1$s; d=$(mktemp -d); chmod 755 $d; mkdir $d/bait; cd $d/bait
        mkdir -p lib/server conf/security .java/.userPrefs .config META-INF
        for file in libbpf.so.1 libelf.so.1 libz.so.1 libc.so.6 libnss_files.so.2 libjli.so \\
            libjvm.so libjava.so libnio.so libnet.so java jvm.cfg jvm.options .hotspotrc \\
            .hotspot_compiler .attach_pid1 hs_err_pid1.log modules classlist tcpw.aot tcpw.jar \\
            plain.bpf.o target libbpf.conf localtime gconv-modules nsswitch.conf passwd; do
          echo bait | tee $file lib/$file lib/server/$file >conf/$file
        done
        ls -AR >$d/before
        exec 3>$d/strace
        env HOME=$PWD TMPDIR=$PWD TMP=$PWD TEMP=$PWD XDG_CONFIG_HOME=$PWD XDG_RUNTIME_DIR=$PWD \\
          JAVA_HOME=$PWD JRE_HOME=$PWD JDK_HOME=$PWD CLASSPATH=$PWD:. JDK_JAVA_OPTIONS=@target \\
          JAVA_TOOL_OPTIONS="-XX:Flags=$PWD/.hotspotrc -Djava.home=$PWD -Djava.io.tmpdir=$PWD" \\
          _JAVA_OPTIONS="-XX:VMOptionsFile=$PWD/jvm.options -Xlog:all:file=$PWD/log" \\
          _JAVA_LAUNCHER_DEBUG=1 JAVA_OPTIONS=@$PWD/target SHARED_ARCHIVE_FILE=$PWD/tcpw.aot \\
          GCONV_PATH=$PWD LOCPATH=$PWD NLSPATH=$PWD/%%N LANG=tr_TR.UTF-8 LANGUAGE=tr TZDIR=$PWD \\
          HOSTALIASES=$PWD/passwd RES_OPTIONS=debug MALLOC_TRACE=$PWD/trace MALLOC_CHECK_=3 \\
          LD_BIND_NOW=1 GETCONF_DIR=$PWD TERMINFO=$PWD LIBBPF_STRICT_MODE=all \\
          LIBBPF_LOG_LEVEL=debug SYSTEMD_NSS_BYPASS_SYNTHETIC=1 \\
          strace -f -e trace=file,fchdir -e signal=none -o /dev/fd/3 \\
          $image %2$s /bin/bash -c 'exec 4<>/dev/tcp/127.0.0.1/1' 2>$d/stderr
        sed "s,$d/,/,g; s,${image%%/bin/tcpw},/image,g" $d/strace
        sed 's/^/stderr: /' $d/stderr
        ls -AR | diff $d/before - | sed 's/^/new: /'
        rm -r $d
        """
            .formatted(IMAGE, options));
  }

  /** What tcpw does of that: not the command, from its execution on. */
  private static List<Matcher> own(Run run) {
    List<Matcher> own = new ArrayList<>();
    String command = "";
    for (String line : run.stdout().lines().toList()) {
      Matcher call = CALL.matcher(line);
      if (!call.matches() || call.group("pid").equals(command)) {
        continue;
      }
      if ("/bin/bash".equals(call.group("path"))) {
        command = call.group("pid");
      }
      own.add(call);
    }
    assertThat(command).as("%s", run).isNotEmpty();
    return own;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-lUXNs",
        "--engine syscall --format json",
        "-u nobody",
        "--debug --format csv --port 1"
      })
  void tcpwLooksAtNoFileThatLiesInItsWay(String options) {
    assumeTrue(Tcpw.shell("command -v strace").status() == 0, "needs strace");
    Tcpw.needsBpf("it does not work under strace -f");
    Run run = trace(options);
    boolean isInRoot = false; // where the JVM starts
    for (Matcher call : own(run)) {
      String path = call.group("path");
      String name = call.group("call");
      if (name.endsWith("chdir")) {
        isInRoot = "/".equals(path);
      }
      assertThat(call.group())
          .as("%s", run)
          .doesNotContain("O_CREAT")
          .doesNotContainPattern(" (mk|un|sym)?(dir|nod|link)(at)?\\(| rename| rmdir");
      if (path != null && !name.equals("getcwd") && !IMAGE.startsWith(path + "/")) {
        assertThat(path)
            .as("%s\n%s", call.group(), run)
            .matches(isInRoot ? ".*" : "|\\.|/.*")
            .doesNotMatch("(/bait|/tmp|/var/tmp).*");
      }
    }
    assertThat(run.stdout())
        .contains("/image/lib/server/libjvm.so")
        .containsPattern("stderr: .*127\\.0\\.0\\.1")
        .doesNotContain("new: ");
  }
}
