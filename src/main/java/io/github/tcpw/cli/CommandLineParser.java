// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.report.Escape;
import io.github.tcpw.trace.Engine;
import io.github.tcpw.trace.TraceOptions;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.jspecify.annotations.Nullable;

/** Understands the words after {@code tcpw}; options end at the first that is none, or at --. */
public final class CommandLineParser {
  private static final String TRY_HELP = "; tcpw --help lists the options";

  private CommandLineParser() {}

  /**
   * Parses the words.
   *
   * @throws UsageException if they make no sense
   */
  public static Request parse(String[] words) throws UsageException {
    CommandLine line;
    try {
      line =
          DefaultParser.builder()
              .setAllowPartialMatching(false)
              .setStripLeadingAndTrailingQuotes(false)
              .get()
              .parse(options(), words, true);
    } catch (MissingArgumentException e) {
      throw new UsageException("option " + name(e.getOption()) + " needs a value" + TRY_HELP);
    } catch (ParseException e) {
      throw new UsageException(e.getMessage() + TRY_HELP);
    }
    int command = words.length - line.getArgList().size();
    boolean afterDashes = command > 0 && words[command - 1].equals("--");
    if (command < words.length && words[command].startsWith("-") && !afterDashes) {
      throw new UsageException(unknown(words[command]));
    }
    Request.Action action = action(line);
    if (action == Request.Action.RUN && command == words.length) {
      throw new UsageException(
          "no command to run; tcpw [options] command [argument...]" + TRY_HELP);
    }
    return new Request(
        action,
        new TraceOptions(
            engine(value(line, OptionSpec.ENGINE)),
            has(line, OptionSpec.UDP),
            has(line, OptionSpec.UNIX),
            BufferSize.parse(value(line, OptionSpec.BUFFER))),
        value(line, OptionSpec.OUTPUT),
        has(line, OptionSpec.DEBUG),
        command);
  }

  private static Options options() {
    Options options = new Options();
    for (OptionSpec spec : OptionSpec.ALL) {
      options.addOption(
          Option.builder(spec.shortName())
              .longOpt(spec.longName())
              .hasArg(spec.argument() != null)
              .get());
    }
    return options;
  }

  private static Request.Action action(CommandLine line) {
    if (has(line, OptionSpec.HELP)) {
      return Request.Action.HELP;
    }
    return has(line, OptionSpec.VERSION) ? Request.Action.VERSION : Request.Action.RUN;
  }

  private static boolean has(CommandLine line, OptionSpec option) {
    return line.hasOption(option.longName());
  }

  /** Of an option given more than once the last counts, so that an alias can be overruled. */
  private static @Nullable String value(CommandLine line, OptionSpec option) {
    String[] values = line.getOptionValues(option.longName());
    return values == null ? null : values[values.length - 1];
  }

  private static Engine engine(@Nullable String word) throws UsageException {
    if (word == null) {
      return Engine.AUTO;
    }
    for (Engine engine : Engine.values()) {
      if (engine.word().equals(word)) {
        return engine;
      }
    }
    throw new UsageException(
        "no engine is named " + Escape.word(word) + "; there are auto, fexit and syscall");
  }

  private static String name(Option option) {
    return "--" + option.getLongOpt();
  }

  private static String unknown(String word) {
    List<String> known = OptionSpec.ALL.stream().map(spec -> "--" + spec.longName()).toList();
    @Nullable String similar = Similarity.closest(word, known);
    return "unknown option "
        + Escape.word(word)
        + (similar == null ? "" : "; did you mean " + similar + "?")
        + TRY_HELP;
  }
}
