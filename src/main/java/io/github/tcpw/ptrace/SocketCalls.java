// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.ProcFile;
import io.github.tcpw.linux.Ptrace;
import io.github.tcpw.trace.EventClock;
import io.github.tcpw.trace.Notices;
import io.github.tcpw.trace.TraceOptions;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which calls stopped threads begin and end, and who makes events of them.
 *
 * <p>It trusts nothing that it reads of them: what makes no sense is no event.
 */
final class SocketCalls {
  private final TraceOptions options;
  private final Set<Call> askedFor;
  private final Notices notices;
  private final SocketReader reader;
  private final CallReader callReader = new CallReader();
  private final Lives lives;
  private final Connects connects;
  private final PendingConnects pending;
  private final Servers servers;
  private final Datagrams datagrams;
  private final SocketEnds ends;

  private boolean saysWhoElseTraces = true;

  SocketCalls(TraceOptions options, Notices notices, EventClock clock, EventQueue queue) {
    this.options = options;
    this.notices = notices;
    askedFor = calls(options);
    reader = new SocketReader(options, notices);
    lives = new Lives(options.lifecycle());
    Peers peers = new Peers();
    EventSink events = new EventSink(clock, queue, options.filter());
    pending = new PendingConnects(options.lifecycle(), callReader, reader, lives, events);
    servers = new Servers(callReader, reader, lives, peers, events);
    datagrams = new Datagrams(options.lifecycle(), callReader, reader, lives, peers, events);
    ends = new SocketEnds(options.lifecycle(), reader, lives, events, pending);
    connects = new Connects(options.lifecycle(), reader, lives, peers, events, pending, ends);
  }

  /** The calls to stop at: no more than what is asked for needs. */
  static Set<Call> calls(TraceOptions options) {
    Set<Call> calls =
        EnumSet.of(
            Call.CONNECT, Call.ACCEPT, Call.GET_OPTION, Call.SOCKET_CALL, Call.CLONE, Call.PTRACE);
    if (options.udp() || options.unixDomain()) {
      calls.addAll(
          EnumSet.of(
              Call.SEND_TO,
              Call.SEND_MESSAGE,
              Call.SEND_MESSAGES,
              Call.RECEIVE_FROM,
              Call.RECEIVE_MESSAGE,
              Call.RECEIVE_MESSAGES));
    }
    if (options.lifecycle()) {
      calls.addAll(EnumSet.of(Call.LISTEN, Call.CLOSE, Call.SHUTDOWN));
      if (options.udp()) { // to count all that goes through
        calls.addAll(EnumSet.of(Call.SEND, Call.RECEIVE, Call.READ, Call.WRITE));
      }
    }
    return calls;
  }

  /** Those of sendto and recvfrom that matter also without an address, as send and recv are. */
  static Set<Call> wholeCalls(TraceOptions options) {
    Set<Call> calls = EnumSet.noneOf(Call.class);
    if (options.udp() && options.lifecycle()) {
      calls.addAll(EnumSet.of(Call.SEND_TO, Call.RECEIVE_FROM));
    }
    if (options.unixDomain()) { // who receives is told of, whoever sent
      calls.add(Call.RECEIVE_FROM);
    }
    return calls;
  }

  /** How many sockets could not be read. */
  long gone() {
    return reader.gone();
  }

  /** How many may not be borrowed, and are in no list. */
  long unlisted() {
    return reader.unlisted();
  }

  /** Whether the end of the call that a thread is stopped at matters. */
  boolean begin(Tracee tracee, Collection<Tracee> tracees) {
    CallInProgress call = callReader.read(tracee);
    if (call == null || !askedFor.contains(call.call())) { // one of socketcall's may not be
      return false;
    }
    switch (call.call()) {
      case CLOSE -> {
        tracee.closing = ends.closes(tracee, call.fd(), tracees);
        if (tracee.closing < 0) {
          return false;
        }
      }
      case SHUTDOWN -> {
        ends.shutsDown(tracee, call.fd(), (int) call.argument(1));
        return false;
      }
      case CONNECT -> {
        if (call.given() == null || !mayMatter(call.given())) {
          return false;
        }
        if (Addresses.family(call.given()) == Addresses.AF_UNSPEC) {
          ends.dissolves(tracee, call.fd());
        }
      }
      case GET_OPTION -> {
        if (lives.isEmpty() || !isForError(call)) {
          return false;
        }
      }
      case CLONE -> { // a child that is filtered and that nobody traces could not connect
        Ptrace.clearInArgument(tracee.thread(), SeccompFilter.CLONE_UNTRACED);
        return false;
      }
      case READ, WRITE -> {
        if (ProcFile.socketInode("/proc/" + tracee.thread() + "/fd/" + call.fd()) < 0) {
          return false;
        }
      }
      default -> {}
    }
    tracee.call = call;
    return true;
  }

  /** The filter has looked already, but for socketcall. */
  private static boolean isForError(CallInProgress call) {
    return (int) call.argument(1) == SeccompFilter.SOL_SOCKET
        && (int) call.argument(2) == SeccompFilter.SO_ERROR;
  }

  /** Most connects of many programs are to Unix sockets, which hardly anybody asks for. */
  private boolean mayMatter(ByteBuffer address) {
    int family = Addresses.family(address);
    return (family != Addresses.AF_UNIX || options.unixDomain())
        && (family != Addresses.AF_NETLINK || options.netlink());
  }

  /** Tells of a call whose end a thread is stopped at. */
  void end(Tracee tracee, Collection<Tracee> tracees) {
    CallInProgress call = tracee.call;
    tracee.call = null;
    if (call == null) {
      return;
    }
    if (call.call() == Call.CLOSE) { // whatever it returned, the descriptor is gone (close(2))
      ends.closed(tracee.closing, tracees);
    } else if (Ptrace.readResult(tracee.thread())) {
      ended(tracee, call, Ptrace.result());
    }
  }

  private void ended(Tracee tracee, CallInProgress call, long result) {
    switch (call.call()) {
      case CONNECT -> connects.connected(tracee, call, (int) -Math.min(result, 0));
      case ACCEPT -> {
        if (result >= 0) {
          servers.accepted(tracee, call, (int) result);
        }
      }
      case GET_OPTION -> {
        if (result == 0) {
          pending.errorAsked(tracee, call);
        }
      }
      case LISTEN -> {
        if (result == 0) {
          servers.listened(tracee, call);
        }
      }
      case SEND_TO,
          SEND_MESSAGE,
          SEND_MESSAGES,
          RECEIVE_FROM,
          RECEIVE_MESSAGE,
          RECEIVE_MESSAGES,
          SEND,
          RECEIVE,
          READ,
          WRITE -> {
        if (result >= 0) {
          datagrams.moved(tracee, call, result);
        }
      }
      case PTRACE -> traced(tracee, result);
      default -> {}
    }
  }

  /** A process has but one tracer (ptrace(2)). */
  private void traced(Tracee tracee, long result) {
    if (result == -Errno.EPERM && saysWhoElseTraces) {
      saysWhoElseTraces = false;
      notices.warn(
          "process "
              + tracee.process()
              + " cannot trace others: the ptrace engine traces them already, and the kernel allows"
              + " one tracer; as root use --engine fexit or syscall");
    }
  }

  /** A thread with connects in progress is stopped at any call. */
  void look(Tracee tracee, Collection<Tracee> tracees) {
    pending.look(tracee, tracees);
  }

  /** A thread is about to end, with all its descriptors. */
  void exits(Tracee tracee, Collection<Tracee> tracees) {
    ends.exits(tracee, tracees);
  }

  /** A thread, which is stopped, is about to be traced no longer. */
  void leaves(Tracee tracee) {
    ends.leaves(tracee);
  }

  /** A thread has ended, or executes another program; some descriptors are closed by that. */
  void left(int process, Collection<Tracee> tracees) {
    ends.left(process, tracees);
  }

  /** Nothing is traced any more. */
  void end() {
    ends.end();
  }
}
