// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

/** The system calls that processes may be stopped at. */
enum Call {
  CONNECT,
  ACCEPT,
  LISTEN,
  SHUTDOWN,
  CLOSE,
  /** getsockopt, for SO_ERROR alone. */
  GET_OPTION,
  /** sendto, with an address. */
  SEND_TO,
  SEND_MESSAGE,
  SEND_MESSAGES,
  /** recvfrom, with room for an address. */
  RECEIVE_FROM,
  RECEIVE_MESSAGE,
  RECEIVE_MESSAGES,
  /** send and recv, where they are not sendto and recvfrom without an address. */
  SEND,
  RECEIVE,
  /** read and readv. */
  READ,
  /** write and writev. */
  WRITE,
  /** select, poll, epoll_wait and their like: only looked at, never in the filter. */
  WAIT,
  /** All of those that i386 also knows as one (socketcall(2)). */
  SOCKET_CALL,
  /** clone, with CLONE_UNTRACED alone. */
  CLONE,
  /** Of a command that is a debugger. */
  PTRACE
}
