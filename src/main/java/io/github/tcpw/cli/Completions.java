// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

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

  /** What an option's argument is, as far as a shell can know it, and how each is asked for it. */
  private enum Kind {
    WORDS("COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", "(%s)", " -x -a '%s'"),
    FILE("_filedir", "_files", " -r -F"),
    PROCESS("_pids", "_pids", " -x -a '(__fish_complete_pids)'"),
    OTHER(":", " ", " -x");

    private final String bash;
    private final String zsh;
    private final String fish;

    Kind(String bash, String zsh, String fish) {
      this.bash = bash;
      this.zsh = zsh;
      this.fish = fish;
    }

    static Kind of(String argument) {
      if (argument.contains("|") && !argument.matches(".*[A-Z].*")) {
        return WORDS;
      }
      return argument.equals("FILE") ? FILE : argument.equals("PID") ? PROCESS : OTHER;
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

  /** One shell's way to complete an argument, with the words that it may be. */
  private static String completed(String argument, Function<Kind, String> shell) {
    return shell.apply(Kind.of(argument)).formatted(argument.replace('|', ' '));
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
      if (argument == null) {
        continue;
      }
      takers.addAll(words(option));
      cases
          .append("        ")
          .append(String.join(" | ", words(option)))
          .append(")\n            ")
          .append(completed(argument, kind -> kind.bash))
          .append("\n            return\n            ;;\n");
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
        .formatted(String.join(" | ", takers), cases, String.join(" ", all));
  }

  static String zsh() {
    StringBuilder text = new StringBuilder("#compdef tcpw\n\n_arguments -s -S \\\n");
    for (OptionSpec option : OptionSpec.ALL) {
      String argument = option.argument();
      String help = "[" + summary(option).replace("[", "\\[").replace("]", "\\]") + "]";
      String value =
          argument == null
              ? ""
              : ":" + option.longName() + ":" + completed(argument, kind -> kind.zsh);
      String names =
          option.shortName() == null
              ? "'*--" + option.longName() + (argument == null ? "" : "=")
              : "'*'{-"
                  + option.shortName()
                  + (argument == null ? "" : "+")
                  + ",--"
                  + option.longName()
                  + (argument == null ? "" : "=")
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
      if (argument != null) {
        takers.append(' ').append(String.join(" ", words(option)));
        text.append(completed(argument, kind -> kind.fish));
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
