// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/** How a socket ended. */
public enum Ending {
  /** It had no connection: it listened, or sent datagrams. */
  CLOSED("closed"),
  /** This side closed first. */
  FIN_BY_US("fin-by-us"),
  FIN_BY_PEER("fin-by-peer"),
  RST_BY_US("rst-by-us"),
  RST_BY_PEER("rst-by-peer"),
  /** Nothing came from the peer any more. */
  TIMEOUT("timeout"),
  /** It was closed while its connect was still in progress. */
  GIVEN_UP("given-up"),
  /** It had not ended when tracing did. */
  STILL_OPEN("still-open");

  private final String word;

  Ending(String word) {
    this.word = word;
  }

  /** As it is printed. */
  public String word() {
    return word;
  }
}
