// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.Step;

/** The names of steps, and of the states of a connection. */
final class Steps {
  /** TCP_LISTEN of include/net/tcp_states.h. */
  static final int LISTEN = 10;

  private Steps() {}

  /** What happened, in one word. */
  @SuppressWarnings("IfChainToSwitch") // which is slow to start
  static String name(Step step) {
    if (step instanceof Step.Connect) {
      return "connect";
    } else if (step instanceof Step.Accept) {
      return "accept";
    } else if (step instanceof Step.Established) {
      return "established";
    } else if (step instanceof Step.Failed) {
      return "failed";
    } else if (step instanceof Step.Close) {
      return "close";
    } else if (step instanceof Step.Datagram) {
      return "datagram";
    } else if (step instanceof Step.Listen) {
      return "listen";
    } else if (step instanceof Step.Found) {
      return "found";
    }
    return "subflow";
  }

  /** TCP_* of include/net/tcp_states.h, which all families share; a number if it has no name. */
  static String stateName(int state) {
    return switch (state) {
      case 1 -> "ESTABLISHED";
      case 2 -> "SYN_SENT";
      case 3 -> "SYN_RECV";
      case 4 -> "FIN_WAIT1";
      case 5 -> "FIN_WAIT2";
      case 6 -> "TIME_WAIT";
      case 7 -> "CLOSE";
      case 8 -> "CLOSE_WAIT";
      case 9 -> "LAST_ACK";
      case LISTEN -> "LISTEN";
      case 11 -> "CLOSING";
      case 12 -> "NEW_SYN_RECV";
      case 13 -> "BOUND_INACTIVE";
      default -> Integer.toString(state);
    };
  }
}
