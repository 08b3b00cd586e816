// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.command.Command;
import io.github.tcpw.command.StartException;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.linux.RunningProcess;
import io.github.tcpw.linux.SystemCallException;
import org.jspecify.annotations.Nullable;

/** Where events come from, whatever the engine. */
public interface EventSource {
  /**
   * Starts the command, to be traced from its first instruction.
   *
   * @throws SystemCallException if there is no such program or it cannot be executed
   * @throws StartException if it cannot run as the user that is asked for
   * @throws TraceException if it may not be traced
   */
  RunningProcess start(Command command) throws SystemCallException, StartException, TraceException;

  /** When tracing began, in nanoseconds since the epoch. */
  long startTime();

  /** A descriptor that becomes readable when there are events; see {@link #wakeReader}. */
  int fd();

  /**
   * Has the next event wake who waits for {@link #fd}; those after it will not, until this is
   * called again.
   */
  void wakeReader();

  /** The next event; null if there is none yet. */
  @Nullable SocketEvent next();

  /**
   * The next of the events that had begun when this method was first called, waiting for it while
   * it is still being made; then the end of each socket that is still open, if lives are told of;
   * null if there are no more.
   *
   * @throws BpfException if the kernel does not say which sockets are open
   */
  @Nullable SocketEvent nextOfLast() throws BpfException;

  /**
   * What could not be told so far.
   *
   * @throws BpfException if the kernel does not say
   */
  LostEvents lost() throws BpfException;
}
