// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpScreenTest {
  private static final String TEXT = HelpScreen.text();

  @Test
  void linesFitAnOrdinaryTerminal() {
    assertThat(TEXT.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void textIsPlainAndTidy() {
    assertThat(TEXT).matches("[ -~\n]*").endsWith(".\n");
    assertThat(TEXT.lines()).noneMatch(line -> line.endsWith(" "));
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyOptionIsExplained(OptionSpec option) {
    String letter = option.isArgumentOptional() ? option.synopsis(false) + ", --" : ", --";
    String name = option.shortName() == null ? "      --" : "  -" + option.shortName() + letter;
    String argument = option.synopsis(true);
    List<String> lines = TEXT.lines().toList();
    assertThat(lines).anyMatch(line -> line.startsWith(name + option.longName() + argument));
    assertThat(TEXT.replaceAll("\\s+", " ")).contains(option.description());
  }

  @Test
  void descriptionsAreInOneColumn() {
    List<String> options =
        optionLines().filter(line -> line.startsWith(" ")).toList(); // without headings
    assertThat(options)
        .hasSizeGreaterThan(OptionSpec.ALL.size())
        .allMatch(line -> line.matches(".{27} \\S.*|  .*--(engine|format|time) .*"));
  }

  @Test
  void optionsOfAGroupAreTogether() {
    List<String> headings =
        optionLines().filter(line -> !line.isEmpty() && !line.startsWith(" ")).toList();
    assertThat(headings)
        .containsExactlyElementsOf(
            Stream.of(OptionSpec.Group.values()).map(group -> group.title() + ":").toList());
  }

  private static Stream<String> optionLines() {
    return TEXT.lines()
        .dropWhile(line -> !line.equals(OptionSpec.Group.TRACED.title() + ":"))
        .takeWhile(line -> !line.startsWith("Options end"));
  }

  private static Stream<OptionSpec> options() {
    return OptionSpec.ALL.stream();
  }
}
