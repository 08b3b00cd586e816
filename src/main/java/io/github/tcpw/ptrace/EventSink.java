// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Origin;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.event.Step;
import io.github.tcpw.trace.EventClock;
import io.github.tcpw.trace.Filter;

/** Where events go: with whose they are and when they were, if they are asked for. */
final class EventSink {
  private final EventClock clock;
  private final EventQueue queue;
  private final EventFilter filter;

  EventSink(EventClock clock, EventQueue queue, Filter filter) {
    this.clock = clock;
    this.queue = queue;
    this.filter = new EventFilter(filter);
  }

  /** A thread and this moment. */
  Origin origin(Tracee tracee) {
    return new Origin(clock.wallClock(System.nanoTime()), tracee.process(), tracee.comm());
  }

  /** Of whom a socket is, and this moment. */
  Origin now(Life life) {
    return new Origin(
        clock.wallClock(System.nanoTime()), life.origin().pid(), life.origin().comm());
  }

  void emit(Origin origin, Socket socket, Step step, Direction direction) {
    if (filter.passes(socket, step, direction)) {
      queue.add(new SocketEvent(origin, socket, step));
    }
  }

  /** Something that has happened to a socket just now. */
  void emit(Life life, Step step) {
    emit(now(life), life.socket(), step, life.direction());
  }
}
