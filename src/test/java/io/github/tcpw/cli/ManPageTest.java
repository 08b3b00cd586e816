// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.Tool;
import io.github.tcpw.event.Ending;
import io.github.tcpw.event.Step;
import io.github.tcpw.trace.Filter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The page as man(1) shows it. */
class ManPageTest {
  @TempDir private Path directory;
  private Path page = Path.of("");

  @BeforeEach
  void writePage() throws Exception {
    page = directory.resolve("man/tcpw.1");
    ManPage.main(new String[] {page.toString(), "1.2.3"});
  }

  @Test
  void groffHasNoObjection() {
    assertThat(Tool.run("groff", "-man", "-ww", "-z", "-Tascii", page.toString())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyOptionIsExplained(OptionSpec option) {
    String letter = option.isArgumentOptional() ? option.synopsis(false) + ", --" : ", --";
    String name = option.shortName() == null ? "--" : "-" + option.shortName() + letter;
    String argument = option.synopsis(true);
    assertThat(shown().lines().map(String::strip)).contains(name + option.longName() + argument);
    assertThat(shown().replaceAll("\\s+", " ")).contains(" " + option.description() + ".");
  }

  @Test
  void headerNamesTheVersion() {
    assertThat(shown()).contains("tcpw 1.2.3");
  }

  @Test
  void arrowsAndDashesAreThoseOfTheOutput() {
    assertThat(shown())
        .contains("192.0.2.7:46182 -> 198.51.100.101:443")
        .contains("written as \\xNN")
        .contains("tcpw curl -s https://example.com -o /dev/null");
  }

  @Test
  void roomForFiltersIsThatOfTheKernelsSide() {
    assertThat(Filter.MAX_PORTS).isEqualTo(Filter.MAX_NETWORKS);
    assertThat(shown()).contains("up to " + Filter.MAX_PORTS + " times each");
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void everyWayToEndIsExplained(Ending ending) {
    assertThat(shown()).containsPattern("\\b" + ending.word() + "\\s");
  }

  @ParameterizedTest
  @MethodSource("steps")
  void everyStepIsExplained(String step) {
    assertThat(shown().lines().map(String::strip)).anyMatch(line -> line.matches(step + "( .*)?"));
  }

  @Test
  void sourceIsPlainAscii() throws Exception {
    assertThat(Files.readString(page)).matches("[ -~\n]*");
  }

  private String shown() {
    String text =
        Tool.run("env", "MANWIDTH=300", "MANPAGER=cat", "LC_ALL=C", "man", "-l", page.toString());
    return text.replaceAll(".\b", ""); // overstruck
  }

  private static Stream<String> steps() {
    return Stream.of(Step.class.getPermittedSubclasses())
        .map(step -> step.getSimpleName().toLowerCase(Locale.ROOT));
  }

  private static Stream<OptionSpec> options() {
    return OptionSpec.ALL.stream();
  }
}
