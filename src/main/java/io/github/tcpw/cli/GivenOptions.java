// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Option;
import org.jspecify.annotations.Nullable;

/** The options as they were given, in their order. (CommandLine looks each up with a stream.) */
final class GivenOptions {
  private final Option[] options;

  /** The options of a parsed command line. */
  GivenOptions(Option[] options) {
    this.options = options;
  }

  boolean has(OptionSpec spec) {
    for (Option option : options) {
      if (is(option, spec)) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is any option of the group. */
  boolean hasAny(OptionSpec.Group group) {
    for (OptionSpec spec : OptionSpec.ALL) {
      if (spec.group() == group && has(spec)) {
        return true;
      }
    }
    return false;
  }

  /** Of an option given more than once the last counts, so that an alias can be overruled. */
  @Nullable String value(OptionSpec spec) {
    @Nullable String value = null;
    for (Option option : options) {
      if (is(option, spec)) {
        value = option.getValue();
      }
    }
    return value;
  }

  /** Every value of an option that may be given more than once. */
  List<String> values(OptionSpec spec) {
    List<String> values = new ArrayList<>();
    for (Option option : options) {
      if (is(option, spec)) {
        values.add(option.getValue());
      }
    }
    return values;
  }

  private static boolean is(Option option, OptionSpec spec) {
    return spec.longName().equals(option.getLongOpt());
  }
}
