// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.SocketCall;
import io.github.tcpw.trace.Filter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the options for filters are understood; words are separated by spaces here. */
class FilterParserTest {
  private static final Filter.Network TEN = new Filter.Network(new IpAddress.V4(0x0a00_0000), 8);
  private static final Filter.Network LOCAL = new Filter.Network(new IpAddress.V6(0, 1), 128);

  @ParameterizedTest
  @CsvSource({"--port 1, 1", "--port=65535, 65535", "--port 0080, 80"})
  void port(String words, int port) throws UsageException {
    assertThat(parse(words)).isEqualTo(new Filter(List.of(port), List.of(), false, null));
  }

  @Test
  void portsAreOfAnyNumberUpToTheRoomThereIs() throws UsageException {
    assertThat(parse("--port 443 --port 80 --port 443").ports()).containsExactly(443, 80);
    String most = "--port 443 " + numbered("--port ", Filter.MAX_PORTS);
    assertThat(parse(most.replace("--port 443", "--port 1")).ports()).hasSize(Filter.MAX_PORTS);
    assertRefused(most, "9 ports are too many; give --port at most 8 times");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-1", "+80", "http", "80-90", "80,443", "4294967376", ""})
  void whatIsNoPortIsRefused(String port) {
    assertRefused("--port=" + port, "no port: " + port + "; give a number from 1 to 65535");
  }

  @Test
  void networksAreOfAnyNumberUpToTheRoomThereIs() throws UsageException {
    assertThat(parse("--to 10.0.0.0/8 --to=::1 --to 10.0.0.0/8"))
        .isEqualTo(new Filter(List.of(), List.of(TEN, LOCAL), false, null));
    String most = numbered("--to 10.0.0.", Filter.MAX_NETWORKS);
    assertThat(parse(most).networks()).hasSize(Filter.MAX_NETWORKS);
    assertRefused(most + " --to ::1", "9 networks are too many; give --to at most 8 times");
  }

  @Test
  void badNetworkIsNamed() {
    assertRefused(
        "--to 10.0.0.1/8",
        "10.0.0.1/8 has bits set after its prefix; did you mean" + " 10.0.0.0/8?");
  }

  @Test
  void failed() throws UsageException {
    assertThat(parse("--failed")).isEqualTo(new Filter(List.of(), List.of(), true, null));
  }

  @ParameterizedTest
  @CsvSource({"--connect-only, CONNECT", "--accept-only, ACCEPT"})
  void oneOfTheTwoCalls(String words, SocketCall only) throws UsageException {
    assertThat(parse(words)).isEqualTo(new Filter(List.of(), List.of(), false, only));
  }

  @Test
  void filtersCombine() throws UsageException {
    assertThat(parse("--failed --to ::1 --connect-only --port 5 --to 10.0.0.0/8"))
        .isEqualTo(new Filter(List.of(5), List.of(LOCAL, TEN), true, SocketCall.CONNECT));
  }

  @Test
  void filtersApplyToRunningProcesses() throws UsageException {
    assertThat(CommandLineParser.parse(new String[] {"-a", "--port", "5"}).trace().filter())
        .isEqualTo(new Filter(List.of(5), List.of(), false, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--connect-only --accept-only", "--accept-only --connect-only"})
  void callsExcludeEachOther(String words) {
    assertRefused(
        words, "--connect-only and --accept-only leave no socket to show; give one of the two");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--failed --accept-only", "--accept-only --failed"})
  void acceptsAreNoFailedConnects(String words) {
    assertRefused(
        words, "--failed shows connects alone and --accept-only none; give one of the two");
  }

  private static String numbered(String before, int count) {
    StringBuilder words = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      words.append(i == 1 ? "" : " ").append(before).append(i);
    }
    return words.toString();
  }

  private static void assertRefused(String words, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(words))
        .withMessage(message);
  }

  private static Filter parse(String words) throws UsageException {
    return CommandLineParser.parse((words + " true").split(" ", -1)).trace().filter();
  }
}
