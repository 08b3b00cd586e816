// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.command;

/** The command was not started, for a reason that is not its own; the message is for the user. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1;

  StartException(String message) {
    super(message);
  }
}
