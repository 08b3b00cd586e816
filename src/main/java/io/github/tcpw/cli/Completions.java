// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what bash, zsh and fish complete after {@code tcpw}; run by the build.
 *
 * <p>Options come from the table. After them the command is completed as if it stood alone.
 */
public final class Completions {
  /** Where the shells look for it, below /usr/share or the like. */
  static final String BASH = "bash-completion/completions/tcpw";

  static final String ZSH = "zsh/site-functions/_tcpw";
  static final String FISH = "fish/vendor_completions.d/tcpw.fish";

  private Completions() {}

  /** Writes the three files below the directory that the argument names. */
  public static void main(String[] arguments) throws IOException {
    Path share = Path.of(arguments[0]);
    write(share.resolve(BASH), bash());
    write(share.resolve(ZSH), zsh());
    write(share.resolve(FISH), fish());
  }

  private static void write(Path file, String text) throws IOException {
    Path directory = file.getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    Files.writeString(file, text);
  }

  /** What an option's argument is, as far as a shell can know it. */
  private enum Kind {
    WORDS,
    FILE,
    PROCESS,
    USER,
    OTHER;

    static Kind of(String argument) {
      if (argument.contains("|") && !argument.matches(".*[A-Z].*")) {
        return WORDS;
      }
      if (argument.contains("FILE")) {
        return FILE;
      }
      if (argument.contains("PID")) {
        return PROCESS;
      }
      return argument.contains("NAME") || argument.contains("USER") ? USER : OTHER;
    }
  }

  /** Its words on the command line: {@code -o} and {@code --output}. */
  private static List<String> words(OptionSpec option) {
    List<String> words = new ArrayList<>();
    if (option.shortName() != null) {
      words.add("-" + option.shortName());
    }
    words.add("--" + option.longName());
    return words;
  }

  private static String choices(String argument) {
    return argument.replace('|', ' ');
  }

  /** Whether the argument may be left out: then it is none of the words that follow. */
  private static boolean mayBeLeftOut(String argument) {
    return argument.startsWith("[");
  }

  /** What is said in the line of a shell's menu: up to the first detail. */
  private static String summary(OptionSpec option) {
    return option.description().split("[;:,(]", 2)[0].replace("'", "");
  }

  static String bash() {
    List<String> all = new ArrayList<>();
    List<String> takers = new ArrayList<>();
    StringBuilder cases = new StringBuilder();
    for (OptionSpec option : OptionSpec.ALL) {
      all.addAll(words(option));
      String argument = option.argument();
      if (argument == null || mayBeLeftOut(argument)) {
        continue;
      }
      takers.addAll(words(option));
      String reply =
          switch (Kind.of(argument)) {
            case WORDS -> "COMPREPLY=($(compgen -W '" + choices(argument) + "' -- \"$cur\"))";
            case FILE -> "_filedir";
            case PROCESS -> "_pids";
            case USER -> "COMPREPLY=($(compgen -u -- \"$cur\"))";
            case OTHER -> ":";
          };
      cases
          .append("            ")
          .append(String.join(" | ", words(option)))
          .append(")\n                ")
          .append(reply)
          .append("\n                return\n                ;;\n");
    }
    return """
        # bash completion for tcpw(1)

        _tcpw()
        {
            local cur prev words cword split i
            _init_completion -s -n : || return
            for ((i = 1; i < cword; i++)); do
                case ${words[i]} in
                    %s)
                        ((i + 1 == cword)) || ((i++))
                        ;;
                    --)
                        _command_offset $((i + 1))
                        return
                        ;;
                    -*) ;;
                    *)
                        _command_offset $i
                        return
                        ;;
                esac
            done
            case $prev in
        %s    esac
            if [[ $cur == -* ]]; then
                COMPREPLY=($(compgen -W '%s' -- "$cur"))
            else
                _command_offset $cword
            fi
        } &&
            complete -F _tcpw tcpw
        """
        .formatted(
            String.join(" | ", takers),
            cases.toString().replace("\n            ", "\n        ").replaceFirst("^    ", ""),
            String.join(" ", all));
  }

  static String zsh() {
    StringBuilder text = new StringBuilder("#compdef tcpw\n\n_arguments -s -S \\\n");
    for (OptionSpec option : OptionSpec.ALL) {
      String argument = option.argument();
      String help = "[" + summary(option).replace("[", "\\[").replace("]", "\\]") + "]";
      String value = "";
      if (argument != null) {
        String action =
            switch (Kind.of(argument)) {
              case WORDS -> "(" + choices(argument) + ")";
              case FILE -> "_files";
              case PROCESS -> "_pids";
              case USER -> "_users";
              case OTHER -> " ";
            };
        // Two colons: only what is in the same word, after "=".
        value =
            (mayBeLeftOut(argument) ? "::" : ":")
                + option.longName().replace(":", "")
                + ":"
                + action;
      }
      String names =
          option.shortName() == null
              ? "'*--" + option.longName() + (argument == null ? "" : "=")
              : "'*'{-"
                  + option.shortName()
                  + (argument == null ? "" : mayBeLeftOut(argument) ? "-" : "+")
                  + ",--"
                  + option.longName()
                  + (argument == null ? "" : mayBeLeftOut(argument) ? "=-" : "=")
                  + "}'";
      text.append("    ").append(names).append(help).append(value).append("' \\\n");
    }
    return text.append("    '(-)1:command: _command_names -e' \\\n")
        .append("    '*::arguments: _normal'\n")
        .toString();
  }

  static String fish() {
    StringBuilder takers = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (OptionSpec option : OptionSpec.ALL) {
      String argument = option.argument();
      text.append("complete -c tcpw -n __tcpw_has_no_command");
      if (option.shortName() != null) {
        text.append(" -s ").append(option.shortName());
      }
      text.append(" -l ").append(option.longName());
      if (argument != null && !mayBeLeftOut(argument)) {
        takers.append(' ').append(String.join(" ", words(option)));
        text.append(
            switch (Kind.of(argument)) {
              case WORDS -> " -x -a '" + choices(argument) + "'";
              case FILE -> " -r -F";
              case PROCESS -> " -x -a '(__fish_complete_pids)'";
              case USER -> " -x -a '(__fish_complete_users)'";
              case OTHER -> " -x";
            });
      }
      text.append(" -d '").append(summary(option)).append("'\n");
    }
    return """
        # fish completion for tcpw(1)

        # Prints the words of the command, as far as they are there.
        function __tcpw_command
            set -l words (commandline -opc)
            set -e words[1]
            while set -q words[1]
                switch $words[1]
                    case%s
                        set -e words[1]
                    case --
                        set -e words[1]
                        break
                    case '-*'
                    case '*'
                        break
                end
                set -q words[1]; and set -e words[1]
            end
            set -q words[1]; and printf '%%s\\n' $words
        end

        function __tcpw_has_no_command
            not count (__tcpw_command) >/dev/null
        end

        complete -c tcpw -f -n 'not string match -q -- "-*" (commandline -ct); or not __tcpw_has_no_command' -a '(__fish_complete_subcommand%s)'
        """
            .formatted(takers, takers)
        + text;
  }
}
