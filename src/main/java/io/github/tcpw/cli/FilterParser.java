// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.event.SocketCall;
import io.github.tcpw.report.Escape;
import io.github.tcpw.trace.Filter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Understands the options that choose which sockets are shown. */
final class FilterParser {
  private static final int LARGEST_PORT = 65_535;

  private FilterParser() {}

  /**
   * The filter that the options make together.
   *
   * @throws UsageException if one makes no sense, or nothing would pass
   */
  static Filter parse(GivenOptions given) throws UsageException {
    boolean failed = given.has(OptionSpec.FAILED);
    boolean acceptOnly = given.has(OptionSpec.ACCEPT_ONLY);
    if (acceptOnly && given.has(OptionSpec.CONNECT_ONLY)) {
      throw new UsageException(
          "--connect-only and --accept-only leave no socket to show; give one of the two");
    }
    if (acceptOnly && failed) {
      throw new UsageException(
          "--failed shows connects alone and --accept-only none; give one of the two");
    }
    return new Filter(
        ports(given.values(OptionSpec.PORT)),
        networks(given.values(OptionSpec.TO)),
        failed,
        only(given));
  }

  private static @Nullable SocketCall only(GivenOptions given) {
    if (given.has(OptionSpec.CONNECT_ONLY)) {
      return SocketCall.CONNECT;
    }
    return given.has(OptionSpec.ACCEPT_ONLY) ? SocketCall.ACCEPT : null;
  }

  private static List<Integer> ports(List<String> words) throws UsageException {
    List<Integer> ports = new ArrayList<>();
    for (String word : words) {
      int port = (int) Decimal.parse(word, LARGEST_PORT);
      if (port <= 0) {
        throw new UsageException(
            "no port: " + Escape.word(word) + "; give a number from 1 to " + LARGEST_PORT);
      }
      if (!ports.contains(port)) {
        ports.add(port);
      }
    }
    if (ports.size() > Filter.MAX_PORTS) {
      throw new UsageException(
          ports.size() + " ports are too many; give --port at most " + Filter.MAX_PORTS + " times");
    }
    return List.copyOf(ports);
  }

  private static List<Filter.Network> networks(List<String> words) throws UsageException {
    List<Filter.Network> networks = new ArrayList<>();
    for (String word : words) {
      Filter.Network network = NetworkLiteral.parse(word);
      if (!networks.contains(network)) {
        networks.add(network);
      }
    }
    if (networks.size() > Filter.MAX_NETWORKS) {
      throw new UsageException(
          networks.size()
              + " networks are too many; give --to at most "
              + Filter.MAX_NETWORKS
              + " times");
    }
    return List.copyOf(networks);
  }
}
