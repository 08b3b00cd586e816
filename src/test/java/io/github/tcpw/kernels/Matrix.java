// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.kernels;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tables of docs/kernels.md and docs/engines.md: what each engine sees on each kernel, as the
 * tests in the guests say. A column is a guest, a row is some tests.
 */
final class Matrix {
  /**
   * A row.
   *
   * @param tests class and name of each, as JUnit reports them
   * @param blind the engines with which the tests pass if nothing is seen
   */
  private record Row(String what, List<String> tests, Set<String> blind) {
    static Row of(String what, String... tests) {
      return new Row(what, List.of(tests), Set.of());
    }
  }

  private static final String YES = "yes";
  private static final String NO = "no";

  /** In the reason why a test is skipped that the engine is not made for ({@code needsBpf}). */
  private static final String LIMIT_OF_PTRACE = "ptrace: ";

  private static final String UNIX =
      "UnixIT.bothEndsShowThePathThatIsListenedOn(String, String, int)";
  private static final String UNIX_DATAGRAMS =
      "UnixIT.datagramsWithoutConnectShowWhereTheFirstWent(String)";
  private static final String MPTCP =
      "ProtocolsIT.mptcpPrintsTheSocketOfTheCommandAndNoSubflow(String, String, String)";
  private static final String MPTCP_SUBFLOWS =
      "ProtocolsIT.mptcpShowsItsSubflowsWithL(String, String, String, String, String)";
  private static final String NON_BLOCKING_REFUSED =
      "ConnectIT.nonBlockingConnectThatIsRefusedSaysSoOnceWhetherItIsAskedAboutOrNot(String)";
  private static final String SCTP =
      "ProtocolsIT.sctpShowsBothEndsWhenItsModuleIsLoadedBeforeAndAfterTcpwStarts(String)";
  private static final String VSOCK =
      "ProtocolsIT.vsockIsSeenWhenItsModuleIsLoadedBeforeAndAfterTcpwStarts(String, String)";
  private static final String SMC = "ProtocolsIT.smcThatFallsBackToTcpShowsTheTcpSockets(String)";
  private static final String TIPC =
      "ProtocolsIT.tipcIsSeenWhenItsModuleIsLoadedBeforeAndAfterTcpwStarts(String)";

  private static final List<Row> ROWS =
      List.of(
          Row.of(
              "TCP connect",
              "ConnectIT.curlShowsBothEnds()",
              "ConnectIT.everyClientShowsTheConnectionThatThePeerSaw(String)[2]"),
          Row.of("TCP accept", "AcceptIT.serversShowBothEnds(String, String)[1]"),
          Row.of(
              "TCP refused",
              "ConnectIT.refusedConnectKeepsBothEnds()",
              "ConnectIT.refusedConnectFromAnEphemeralPortKeepsItsAddressAndPort()"),
          Row.of(
              "TCP non-blocking",
              "ConnectIT.nonBlockingConnectPrintsOneLineHoweverOftenItIsAskedAbout()",
              run(NON_BLOCKING_REFUSED, 1),
              run(NON_BLOCKING_REFUSED, 2),
              run(NON_BLOCKING_REFUSED, 4)),
          Row.of("TCPv6 connect", "ConnectIT.curlOverIpv6KeepsTheDirection()"),
          Row.of("TCPv6 accept", "AcceptIT.serversShowBothEnds(String, String)[2]"),
          Row.of("TCPv6 refused", "ConnectIT.refusedConnectOverIpv6KeepsBothEnds()"),
          Row.of(
              "IPv4-mapped",
              "ConnectIT.ipv4MappedAddressesAreShownAsTheKernelHasThem()",
              "AcceptIT.dualStackServerShowsTheMappedAddress()"),
          Row.of(
              "steps and ends of connections",
              "LifecycleIT.everyStepOfBothEndsIsToldInOrder()",
              "LifecycleIT.durationIsFromTheFirstPacketToTheEnd()",
              "LifecycleIT.roundTripTimeAndRetransmitsAreThoseOfTcpInfo()",
              "LifecycleIT.whatADescendantKeepsOpenIsStillOpen()"),
          Row.of(
              "delay and loss of netem",
              "LifecycleIT.aDelayOfTheNetworkIsInTheLatencyAndTheRoundTripTime()",
              "LifecycleIT.lossOfTheNetworkIsInTheRetransmits()"),
          Row.of("UDP, UDPv6", "UdpIT.connectedUdpShowsBothEndsAndNoDirection()"),
          Row.of(
              "UDP, UDPv6 without connect",
              "DatagramIT.eachSocketShowsEachOfItsPeers(String)[2]",
              "DatagramIT.severalMessagesInOneCallShowAllTheirPeers()",
              "DatagramIT.ipv6AndIpv4MappedPeersAreShownAsTheSocketHasThem()",
              "DatagramIT.whatWentThroughIsToldAtTheEnd()"),
          Row.of("Unix stream", run(UNIX, 1)),
          Row.of("Unix seqpacket", run(UNIX, 2)),
          Row.of("Unix dgram", run(UNIX, 3)),
          Row.of("Unix abstract", "UnixIT.abstractNamesBeginWithAnAtSign()"),
          Row.of("Unix dgram without connect", run(UNIX_DATAGRAMS, 1), run(UNIX_DATAGRAMS, 2)),
          Row.of("netlink", "NetlinkIT.ipLinkAsksTheKernelThroughOne()"),
          Row.of("MPTCP", run(MPTCP, 1), "ProtocolsIT.mptcpRefusedKeepsTheRemoteEnd()"),
          Row.of("MPTCPv6", run(MPTCP, 2)),
          Row.of("MPTCP subflows", run(MPTCP_SUBFLOWS, 1), run(MPTCP_SUBFLOWS, 2)),
          Row.of("SCTP", run(SCTP, 2), "ProtocolsIT.sctpRefusedKeepsTheRemoteEnd()"),
          Row.of("SCTP, module loaded while tcpw runs", run(SCTP, 1)),
          Row.of("vsock", run(VSOCK, 2), run(VSOCK, 3)),
          Row.of("vsock, module loaded while tcpw runs", run(VSOCK, 1)),
          Row.of("SMC that falls back to TCP", run(SMC, 2)),
          Row.of("SMC, module loaded while tcpw runs", run(SMC, 1)),
          Row.of("TIPC", run(TIPC, 2)),
          Row.of("TIPC, module loaded while tcpw runs", run(TIPC, 1)),
          new Row(
              "io_uring",
              List.of("IoUringIT.fexitSeesBothEndsAndTheOthersNone()"),
              Set.of("syscall", "ptrace")),
          Row.of("32-bit programs", "Syscalls32IT.bothWaysOf32BitProgramsAreSeen()"),
          Row.of(
              "threads, forks, exec, pools",
              "TreeIT.threadsAreFollowedAndShowTheProcess()",
              "TreeIT.forksWithoutExecAreFollowed()",
              "TreeIT.execByAThreadIsFollowed()",
              "TreeIT.poolsOfProcessesAreFollowed()"),
          Row.of(
              "pid and network namespaces",
              "TreeIT.tcpwInsideAPidNamespaceShowsThePidsOfThatNamespace()",
              "TreeIT.aPidNamespaceInsideTheCommandShowsThePidsThatTcpwSees()",
              "TreeIT.aNetworkNamespaceIsFollowed()"),
          Row.of(
              "running processes",
              "WatchIT.socketsThatAreThereAreListedFirst()",
              "WatchIT.newSocketsOfItsThreadsAndChildrenAreShown()",
              "WatchIT.descendantsOfManyGenerationsAreShown()",
              "WatchIT.allShowsEveryProcessUntilASignal()"),
          Row.of("50 curls at once", "TreeIT.fiftyCurlsAtOnceAreFiftyLines()"),
          Row.of("5,000 forks", "TreeIT.thousandsOfShortLivedForksLoseNothing()"),
          Row.of("20,000 connections", "RobustnessIT.twentyThousandConnectionsLoseNothing()"),
          Row.of("losses counted exactly", "RobustnessIT.lostEventsAreCountedExactly()"),
          Row.of(
              "9,000 pending connects (ptrace: 1,000)",
              "RobustnessIT.pendingConnectsThatFillTheMapTakeNothingFromTheOthers()"),
          Row.of("reused pids", "RobustnessIT.reusedPidsAreNotMistaken()"),
          Row.of(
              "two side by side, one in another",
              "TreeIT.twoSideBySideShowTheirOwnCommandOnly()",
              "TreeIT.tcpwInsideTcpwIsSeenByBoth()"),
          Row.of(
              "nothing left behind, killed or not",
              "RobustnessIT.killedTcpwLeavesNoProgramAndTheCommandGoesOn()",
              "RobustnessIT.endedTcpwLeavesNoProgram()"));

  private final List<GuestCase> cases;
  private final Set<GuestRun> columns = new LinkedHashSet<>();
  private final Set<String> notes = new LinkedHashSet<>();

  /**
   * A table of these results.
   *
   * @param isComplete whether every row must have a test that ran
   */
  Matrix(List<GuestCase> cases, boolean isComplete) {
    this.cases = cases;
    for (GuestCase result : cases) {
      if (result.run().tracesAnything()) {
        columns.add(result.run());
      } else if (result.failure() == null && result.skipped() == null) {
        notes.add(
            result.run().release()
                + ": tcpw says in one line that the kernel is too old for BPF, and traces with ptrace.");
      }
    }
    for (Row row : ROWS) {
      if (isComplete && columns.stream().allMatch(column -> cell(row, column).isEmpty())) {
        throw new IllegalStateException("no such tests in any guest: " + row.tests());
      }
    }
  }

  /** One of a test's runs, as JUnit numbers them. */
  private static String run(String test, int number) {
    return test + "[" + number + "]";
  }

  /** The table of all guests, and what is to be said about it, in Markdown. */
  String text() {
    StringBuilder text =
        new StringBuilder(
            table(List.copyOf(columns), column -> column.release() + " " + column.engine()));
    text.append('\n');
    for (String note : notes) {
      text.append("- ").append(note).append('\n');
    }
    return text.toString();
  }

  /** The table of the engines on one kernel, in Markdown. */
  String engines(String kernel) {
    return table(
        columns.stream().filter(column -> column.kernel().equals(kernel)).toList(),
        GuestRun::engine);
  }

  private String table(List<GuestRun> shown, Function<GuestRun, String> name) {
    StringBuilder text = new StringBuilder("| |");
    for (GuestRun column : shown) {
      text.append(' ').append(name.apply(column)).append(" |");
    }
    text.append("\n|---|").append("---|".repeat(shown.size())).append('\n');
    for (Row row : ROWS) {
      text.append("| ").append(row.what()).append(" |");
      for (GuestRun column : shown) {
        text.append(' ').append(cell(row, column)).append(" |");
      }
      text.append('\n');
    }
    return text.toString();
  }

  private String cell(Row row, GuestRun column) {
    for (String test : row.tests()) {
      GuestCase result = find(test, column);
      if (result == null) {
        return "";
      }
      if (result.failure() != null) {
        return "**fails**";
      }
      if (result.skipped() != null) {
        return result.skipped().contains(LIMIT_OF_PTRACE) ? NO : "–";
      }
    }
    return row.blind().contains(column.engine()) ? NO : YES;
  }

  private @Nullable GuestCase find(String test, GuestRun column) {
    for (GuestCase result : cases) {
      if (result.run().equals(column) && (result.testClass() + "." + result.name()).equals(test)) {
        return result;
      }
    }
    return null;
  }
}
