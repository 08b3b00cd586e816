// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

import io.github.tcpw.command.Command;
import io.github.tcpw.command.StartException;
import io.github.tcpw.event.SocketEvent;
import io.github.tcpw.libbpf.AttachedProgram;
import io.github.tcpw.libbpf.BpfException;
import io.github.tcpw.libbpf.BpfObject;
import io.github.tcpw.libbpf.RingBuffer;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.RunningProcess;
import io.github.tcpw.linux.SystemCallException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * BPF programs as a source of events: the sockets of what the thread that made it spawns, and of
 * all descendants.
 *
 * <p>The programs stay in the kernel until this process ends, however it ends.
 */
final class Tracer implements EventSource {
  // struct state, src/main/bpf/event.h
  static final long STATE_MARKED_AT = 0;
  static final long STATE_READER_SLEEPS = 20;
  static final long STATE_MODULES = 24;
  static final long STATE_MARKED = 28;
  // enum lost, src/main/bpf/event.h
  static final int LOST_BUFFER_FULL = 0;
  static final int LOST_SOCKET = 1;
  static final int LOST_TASK = 2;
  static final int LOST_UNFOLLOWED = 3;

  private static final VarHandle STATE_INT = ValueLayout.JAVA_INT.varHandle();

  private final BpfObject object;
  private final List<AttachedProgram> programs;
  private final RingBuffer ring;
  private final MemorySegment state;
  private final EventClock clock;
  private final EventDecoder decoder;
  private final Runnable hookNewModules;
  private int modules;
  private long unknown;
  private long end = -1;
  private boolean hasOpenSockets;

  /**
   * Takes over an object that is loaded and attached, and says which tasks are traced.
   *
   * @param programs which may become more
   * @param hookNewModules called when kernel modules were loaded
   */
  Tracer(
      BpfObject object,
      List<AttachedProgram> programs,
      TraceOptions options,
      Runnable hookNewModules)
      throws BpfException {
    this.hookNewModules = hookNewModules;
    this.object = object;
    this.programs = programs;
    ring = new RingBuffer(object.map("events"));
    long before = System.nanoTime();
    if (object.program(Programs.MARK_SPAWNER).run() == 0) {
      throw new BpfException("mark the spawning thread", Errno.ENOMEM);
    }
    state = object.map(".data.state").variables();
    clock = new EventClock(before, state.get(ValueLayout.JAVA_LONG, STATE_MARKED_AT));
    decoder = new EventDecoder(clock);
    if (!options.pids().isEmpty()) {
      markTasks();
      object.program(Programs.LIST_SOCKETS).iterate();
    }
    hasOpenSockets = options.lifecycle();
  }

  /** What a task forks while all are gone through is found in the next round at the latest. */
  private void markTasks() throws BpfException {
    int before;
    do {
      before = (int) STATE_INT.getAcquire(state, STATE_MARKED);
      object.program(Programs.MARK_TASKS).iterate();
    } while ((int) STATE_INT.getAcquire(state, STATE_MARKED) != before);
  }

  @Override
  public RunningProcess start(Command command) throws SystemCallException, StartException {
    return command.spawn();
  }

  @Override
  public long startTime() {
    return clock.wallClock(state.get(ValueLayout.JAVA_LONG, STATE_MARKED_AT));
  }

  @Override
  public int fd() {
    return ring.fd();
  }

  @Override
  public void wakeReader() {
    STATE_INT.setVolatile(state, STATE_READER_SLEEPS, 1);
  }

  @Override
  public @Nullable SocketEvent next() {
    int loaded = (int) STATE_INT.getAcquire(state, STATE_MODULES);
    if (loaded != modules) {
      modules = loaded;
      hookNewModules.run();
    }
    while (ring.next()) {
      SocketEvent event = decoder.decode(ring.bytes(), ring.offset(), ring.length());
      if (event != null) {
        return event;
      }
      unknown++;
    }
    return null;
  }

  @Override
  public @Nullable SocketEvent nextOfLast() throws BpfException {
    if (end < 0) {
      end = ring.produced();
    }
    while (true) {
      while (!ring.hasReached(end)) {
        SocketEvent event = next();
        if (event != null) {
          return event;
        }
        Thread.onSpinWait(); // some microseconds at most: a BPF program is about to submit it
      }
      if (!hasOpenSockets) {
        return null;
      }
      hasOpenSockets = object.program(Programs.REPORT_OPEN).run() != 0;
      end = ring.produced();
    }
  }

  @Override
  public LostEvents lost() throws BpfException {
    var counters = object.map("lost");
    long skipped = 0;
    for (AttachedProgram program : programs) {
      skipped += program.misses();
    }
    return new LostEvents(
        counters.sum(LOST_BUFFER_FULL),
        counters.sum(LOST_SOCKET),
        0,
        counters.sum(LOST_TASK),
        counters.sum(LOST_UNFOLLOWED),
        skipped,
        unknown);
  }
}
