// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the shells themselves make of the completions. */
class CompletionsTest {
  @TempDir private static Path share;

  @BeforeAll
  static void write() throws Exception {
    Completions.main(new String[] {share.toString()});
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          tcpw --eng,                     --engine
          "tcpw --engine ",               auto fexit syscall ptrace
          tcpw --engine=sys,              syscall
          tcpw -l --time d,               delta
          tcpw -o /etc/hostn,             /etc/hostname
          tcpw -l --port 3 probe --rec,   --recursive
          tcpw -u nobod,                  nobody
          tcpw --user=nobod,              nobody
          tcpw -u nobody probe --rec,     --recursive
          tcpw --user probe --rec,        --recursive
          tcpw --user=nobody probe --rec, --recursive
          """)
  void bash(String line, String completed) {
    String script =
        """
        . /usr/share/bash-completion/bash_completion
        . "$0"
        complete -W --recursive probe
        COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_KEY=9
        read -ra COMP_WORDS <<<"$1"
        [[ $1 != *' ' ]] || COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _tcpw tcpw "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
        echo "${COMPREPLY[*]}"
        """;
    String printed =
        Tool.run("bash", "-c", script, share.resolve(Completions.BASH).toString(), line).strip();
    assertThat(printed).isEqualTo(completed);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          tcpw --eng,                --engine
          tcpw --engine sys,         syscall
          tcpw -o /etc/hostn,        /etc/hostname
          tcpw --port 3 probe --rec, --recursive
          tcpw probe --rec,          --recursive
          tcpw -u nobod,             nobody
          tcpw --user=nobod,         --user=nobody
          tcpw --user probe --rec,   --recursive
          """)
  void fish(String line, String completed) {
    String script =
        "source %s; complete -c probe -l recursive; complete -C '%s'"
            .formatted(share.resolve(Completions.FISH), line);
    assertThat(Tool.run("fish", "-N", "-c", script).lines())
        .anyMatch(candidate -> candidate.split("\t", 2)[0].equals(completed));
    assertThat(Tool.run("fish", "-N", "-c", script.replace(line, "tcpw probe --engi"))).isEmpty();
  }

  @Test
  void zshReadsItsFunction() {
    assertThat(Tool.run("zsh", "-fn", share.resolve(Completions.ZSH).toString())).isEmpty();
  }

  @Test
  void allShellsKnowAllOptions() throws Exception {
    for (String file : new String[] {Completions.BASH, Completions.ZSH, Completions.FISH}) {
      String text = Files.readString(share.resolve(file));
      for (OptionSpec option : OptionSpec.ALL) {
        assertThat(text).as(file).contains(option.longName());
      }
    }
  }
}
