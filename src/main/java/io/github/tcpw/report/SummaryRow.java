// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Step;
import org.jspecify.annotations.Nullable;

/** What a process had to do with a remote endpoint: a row of the {@link Summary}. */
final class SummaryRow {
  private final @Nullable String comm;
  private final Direction direction;
  private final @Nullable String endpoint;
  private long connections;
  private long failed;
  private long sent = Step.UNKNOWN;
  private long received = Step.UNKNOWN;
  private @Nullable Latencies latencies;
  private boolean hasEstablished;

  /**
   * A row without events.
   *
   * @param comm the process, escaped; null if it stands for several
   * @param endpoint the other end, escaped; null if it stands for several
   */
  SummaryRow(@Nullable String comm, Direction direction, @Nullable String endpoint) {
    this.comm = comm;
    this.direction = direction;
    this.endpoint = endpoint;
  }

  /** Counts a step of a socket. */
  @SuppressWarnings("IfChainToSwitch") // which is slow to start
  void add(Step step) {
    if (step instanceof Step.Connect connect) {
      connections++;
      if (connect.error() != 0) {
        failed++;
      } else if (connect.after() >= 0 && !hasEstablished) {
        latencies().add(connect.after());
      }
    } else if (step instanceof Step.Failed) {
      failed++; // its connect, then in progress, is counted; see connections()
    } else if (step instanceof Step.Established established) {
      addEstablished(established.after());
    } else if (step instanceof Step.Close close) {
      sent = sum(sent, close.traffic().sent());
      received = sum(received, close.traffic().received());
    } else {
      connections++;
    }
  }

  /** A connect may tell the same latency before: only one of the two is counted. */
  private void addEstablished(long after) {
    if (after >= 0) {
      if (!hasEstablished) {
        hasEstablished = true;
        latencies = null;
      }
      latencies().add(after);
    }
  }

  private Latencies latencies() {
    if (latencies == null) {
      latencies = new Latencies();
    }
    return latencies;
  }

  /** Counts all of another row's. */
  void add(SummaryRow other) {
    connections += other.connections();
    failed += other.failed;
    sent = sum(sent, other.sent);
    received = sum(received, other.received);
    if (other.latencies != null) {
      latencies().add(other.latencies);
    }
  }

  private static long sum(long a, long b) {
    if (a < 0) {
      return b;
    }
    return b < 0 ? a : a + b;
  }

  /** The process, escaped; null if the row stands for several. */
  @Nullable String comm() {
    return comm;
  }

  /** Who connected to whom. */
  Direction direction() {
    return direction;
  }

  /** The other end, escaped; null if the row stands for several. */
  @Nullable String endpoint() {
    return endpoint;
  }

  /** How many connections were tried, accepted, or found; and peers that datagrams went to. */
  long connections() {
    return Math.max(connections, failed); // of those that fail alone, no beginning may come here
  }

  /** How many of them failed. */
  long failed() {
    return failed;
  }

  /** Bytes of payload; unknown if no socket told. */
  long sent() {
    return sent;
  }

  /** Bytes of payload; unknown if no socket told. */
  long received() {
    return received;
  }

  /** How long this share of the connects took at most, in nanoseconds; unknown if none told. */
  long latency(int percent) {
    return latencies == null ? Step.UNKNOWN : latencies.percentile(percent);
  }
}
