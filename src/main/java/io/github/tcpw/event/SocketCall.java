// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/** The system call that made a socket one end of a connection. */
public enum SocketCall {
  CONNECT,
  ACCEPT
}
