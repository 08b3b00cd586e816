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
    USER("COMPREPLY=($(compgen -u -- \"$cur\"))", "_users", " -x -a '(__fish_complete_users)'"),
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
      return switch (argument) {
        case "FILE" -> FILE;
        case "PID" -> PROCESS;
        case "USER" -> USER;
        default -> OTHER;
      };
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

  /** Those after which the next word is an argument. */
  private static List<String> takers(OptionSpec option) {
    if (option.argument() == null) {
      return List.of();
    }
    return option.isArgumentOptional() ? List.of("-" + option.shortName()) : words(option);
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
      takers.addAll(takers(option));
      String value = completed(argument, kind -> kind.bash);
      cases.append(bashCase("*:" + String.join(" | *:", takers(option)), value));
      if (option.isArgumentOptional()) { // bash has split it at the =
        cases.append(bashCase("true:--" + option.longName(), value));
      }
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
            case $split:$prev in
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

  private static String bashCase(String pattern, String value) {
    return "        %s)\n            %s\n            return\n            ;;\n"
        .formatted(pattern, value);
  }

  static String zsh() {
    StringBuilder text = new StringBuilder("#compdef tcpw\n\n_arguments -s -S \\\n");
    for (OptionSpec option : OptionSpec.ALL) {
      String help = "[" + summary(option).replace("[", "\\[").replace("]", "\\]") + "]";
      String argument = option.argument();
      String value =
          argument == null
              ? ""
              : ":" + option.longName() + ":" + completed(argument, kind -> kind.zsh);
      List<String> words = words(option);
      if (option.isArgumentOptional()) { // of the long word alone
        text.append(zshLine("*" + words.getFirst() + "+", help + value));
        text.append(zshLine("*" + words.getLast() + "=-", help + ":" + value));
        continue;
      }
      words.replaceAll(word -> word + zshMark(word, argument != null));
      text.append(
          words.size() == 1
              ? zshLine("*" + words.getFirst(), help + value)
              : zshLine("*'{" + String.join(",", words) + "}'", help + value));
    }
    return text.append("    '(-)1:command: _command_names -e' \\\n")
        .append("    '*::arguments: _normal'\n")
        .toString();
  }

  /** What says where an option's argument is: behind the letter, or behind the = of the word. */
  private static String zshMark(String word, boolean takesArgument) {
    return !takesArgument ? "" : word.startsWith("--") ? "=" : "+";
  }

  private static String zshLine(String words, String rest) {
    return "    '" + words + rest + "' \\\n";
  }

  static String fish() {
    StringBuilder takers = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (OptionSpec option : OptionSpec.ALL) {
      takers.append(takers(option).isEmpty() ? "" : " " + String.join(" ", takers(option)));
      List<String> names = new ArrayList<>();
      if (option.shortName() != null) {
        names.add(" -s " + option.shortName());
      }
      names.add(" -l " + option.longName());
      String argument = option.argument();
      String value = argument == null ? "" : completed(argument, kind -> kind.fish);
      if (option.isArgumentOptional()) {
        text.append(fishLine(names.removeFirst() + value, option));
        value = value.replace(" -x", " -f"); // not the next word
      }
      text.append(fishLine(String.join("", names) + value, option));
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

  private static String fishLine(String what, OptionSpec option) {
    return "complete -c tcpw -n __tcpw_has_no_command%s -d '%s'\n".formatted(what, summary(option));
  }
}
