// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw;

import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.linux.Poll;
import io.github.tcpw.linux.SignalDescriptor;
import io.github.tcpw.linux.SystemCallException;
import io.github.tcpw.report.Report;
import io.github.tcpw.trace.EventSource;

/** Has every event shown as it happens, for as long as there is somebody to trace. */
final class EventLoop {
  private static final int NAP_NANOSECONDS = 500_000;

  private final EventSource events;
  private final Report report;
  private final SignalDescriptor signals;
  private final Poll idle;
  private final Poll busy;
  private final int processes;
  private int ended;
  private boolean isBusy;

  /**
   * A loop.
   *
   * @param processes descriptors of those whose end ends it; none: only a signal does
   */
  EventLoop(EventSource events, Report report, SignalDescriptor signals, int... processes) {
    this.events = events;
    this.report = report;
    this.signals = signals;
    this.processes = processes.length;
    int[] set = new int[processes.length + 2];
    System.arraycopy(processes, 0, set, 2, processes.length);
    set[1] = signals.fd();
    set[0] = events.fd();
    idle = new Poll(set);
    set[0] = -1;
    busy = new Poll(set);
  }

  /**
   * Shows events until all processes have ended, or a signal has come; may be called again after
   * that.
   *
   * @return the signal; 0: they have ended
   */
  int run() throws SystemCallException {
    while (true) {
      // Where there was one event there are more: not woken by each, we cost the command less.
      Poll poll = isBusy ? busy : idle;
      if (isBusy) {
        poll.await(NAP_NANOSECONDS);
      } else {
        events.wakeReader();
        poll.await();
      }
      for (int i = 2; i < processes + 2; i++) {
        if (poll.isReady(i)) {
          busy.ignore(i);
          idle.ignore(i);
          ended++;
        }
      }
      isBusy = false;
      SocketEvent event;
      while ((event = events.next()) != null) {
        report.show(event);
        isBusy = true;
      }
      // Before the signal: nobody waits for their end again.
      if (processes > 0 && ended == processes) {
        return 0;
      }
      int signal = signals.next();
      if (signal != 0) {
        return signal;
      }
    }
  }

  /**
   * Shows what was caused before this call.
   *
   * @throws BpfException if the kernel does not say which sockets are open
   */
  void drain() throws BpfException {
    SocketEvent event;
    while ((event = events.nextOfLast()) != null) {
      report.show(event);
    }
  }
}
