// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.command.TargetUser;
import io.github.tcpw.report.Escape;
import io.github.tcpw.report.ReportOptions;
import io.github.tcpw.trace.Engine;
import io.github.tcpw.trace.Filter;
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
  private static final String USER_ALONE = "--user";
  private static final String NO_ARGUMENT = "\0";
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
              .parse(options(), withArguments(words), true);
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
    GivenOptions given = new GivenOptions(line.getOptions());
    Request.Action action = action(given);
    if (action == Request.Action.RUN && command == words.length) {
      throw new UsageException(
          "no command to run; tcpw [options] command [argument...]" + TRY_HELP);
    }
    if (action == Request.Action.WATCH) {
      checkWatch(given, command < words.length ? words[command] : null);
    }
    ReportOptions report = ReportParser.parse(given);
    return new Request(
        action,
        trace(given, report),
        report,
        given.value(OptionSpec.OUTPUT),
        action == Request.Action.RUN ? user(given) : null,
        given.has(OptionSpec.DEBUG),
        command);
  }

  /**
   * Commons CLI would take the next word for the argument of an option that stands alone. So it
   * gets one, which no word can be. What of the command looks like that is not parsed.
   */
  private static String[] withArguments(String[] words) {
    String[] given = words.clone();
    for (int i = 0; i < given.length; i++) {
      if (given[i].equals(USER_ALONE)) {
        given[i] = USER_ALONE + "=" + NO_ARGUMENT;
      }
    }
    return given;
  }

  private static @Nullable TargetUser user(GivenOptions given) throws UsageException {
    String word = given.value(OptionSpec.USER);
    if (word == null) {
      return null;
    }
    return word.equals(NO_ARGUMENT)
        ? UserParser.sudoCaller(System.getenv("SUDO_UID"), System.getenv("SUDO_GID"))
        : UserParser.parse(word);
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

  private static Request.Action action(GivenOptions given) {
    if (given.has(OptionSpec.HELP)) {
      return Request.Action.HELP;
    }
    if (given.has(OptionSpec.VERSION)) {
      return Request.Action.VERSION;
    }
    return given.has(OptionSpec.PID) || given.has(OptionSpec.ALL_PROCESSES)
        ? Request.Action.WATCH
        : Request.Action.RUN;
  }

  private static void checkWatch(GivenOptions given, @Nullable String command)
      throws UsageException {
    boolean all = given.has(OptionSpec.ALL_PROCESSES);
    if (all && given.has(OptionSpec.PID)) {
      throw new UsageException("--all includes every --pid; give one of the two");
    }
    if (given.has(OptionSpec.USER)) {
      throw new UsageException(
          "--user is for a command, and "
              + (all ? "--all" : "--pid")
              + " traces what is running already; leave out one of the two");
    }
    if (command != null) {
      String option = all ? "--all" : "--pid";
      throw new UsageException(
          option
              + " traces what is running already and takes no command; leave out "
              + Escape.word(command)
              + ", or "
              + option);
    }
  }

  private static TraceOptions trace(GivenOptions given, ReportOptions report)
      throws UsageException {
    // A summary needs latencies, and the bytes at closes.
    boolean lifecycle = report.lifecycle() || report.summary();
    return new TraceOptions(
        Choice.parse("engine", given.value(OptionSpec.ENGINE), Engine.values()),
        given.has(OptionSpec.UDP),
        given.has(OptionSpec.UNIX),
        given.has(OptionSpec.NETLINK),
        lifecycle,
        given.has(OptionSpec.PID) ? ProcessIds.parse(given.values(OptionSpec.PID)) : List.of(),
        given.has(OptionSpec.ALL_PROCESSES),
        // Not even loaded where nothing is filtered: start-up is a feature.
        given.hasAny(OptionSpec.Group.FILTER) ? FilterParser.parse(given) : Filter.NONE,
        BufferSize.parse(given.value(OptionSpec.BUFFER), lifecycle));
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
