// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.linux.EventDescriptor;
import io.github.tcpw.linux.SystemCallException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Hands events from the thread that traces to the one that shows them. */
final class EventQueue {
  /** What an event takes, as the ring buffer of the other engines counts it. */
  private static final int BYTES_PER_EVENT = 128;

  private final ArrayBlockingQueue<SocketEvent> events;
  private final EventDescriptor wake = new EventDescriptor();
  private final AtomicBoolean readerSleeps = new AtomicBoolean();
  private final AtomicLong lost = new AtomicLong();

  /**
   * A queue.
   *
   * @param size as the ring buffer of the other engines would have it, in bytes
   */
  EventQueue(int size) throws SystemCallException {
    events = new ArrayBlockingQueue<>(Math.max(size / BYTES_PER_EVENT, 16));
  }

  /** Adds an event; it is lost, and counted, if there is no room: the command does not wait. */
  void add(SocketEvent event) {
    if (!events.offer(event)) {
      lost.incrementAndGet();
    }
    wakeReader();
  }

  private void wakeReader() {
    if (readerSleeps.get() && readerSleeps.compareAndSet(true, false)) {
      wake.wake();
    }
  }

  /** The oldest event; null if there is none. */
  @Nullable SocketEvent poll() {
    return events.poll();
  }

  /** How many events there was no room for. */
  long lost() {
    return lost.get();
  }

  /** Readable when an event was added after {@link #sleep}. */
  int fd() {
    return wake.fd();
  }

  /** The reader is about to wait for {@link #fd}. */
  void sleep() {
    wake.reset();
    readerSleeps.set(true);
    if (!events.isEmpty()) { // added before the reader said so
      wakeReader();
    }
  }
}
