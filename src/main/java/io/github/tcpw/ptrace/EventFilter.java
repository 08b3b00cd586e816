// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.Direction;
import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.InetSocket;
import io.github.tcpw.event.IpAddress;
import io.github.tcpw.event.Socket;
import io.github.tcpw.event.SocketCall;
import io.github.tcpw.event.Step;
import io.github.tcpw.trace.Filter;

/** What passes_filter and is_asked_about of src/main/bpf/report.h do in the kernel. */
final class EventFilter {
  private final Filter filter;
  private final boolean isEmpty;

  EventFilter(Filter filter) {
    this.filter = filter;
    isEmpty = filter.isEmpty();
  }

  /** Whether an event is shown. */
  boolean passes(Socket socket, Step step, Direction direction) {
    if (isEmpty) {
      return true;
    }
    if (filter.failed()
        && !(step instanceof Step.Failed)
        && !(step instanceof Step.Connect connect && connect.error() != 0)) {
      return false;
    }
    if (filter.only() != null
        && direction
            != (filter.only() == SocketCall.CONNECT ? Direction.OUTGOING : Direction.INCOMING)) {
      return false;
    }
    if (socket instanceof InetSocket inet) {
      return hasPort(inet) && isInNetwork(inet.remote());
    }
    return filter.ports().isEmpty() && filter.networks().isEmpty();
  }

  private boolean hasPort(InetSocket socket) {
    return filter.ports().isEmpty()
        || filter.ports().contains(socket.local().port())
        || filter.ports().contains(socket.remote().port());
  }

  private boolean isInNetwork(Endpoint remote) {
    if (filter.networks().isEmpty()) {
      return true;
    }
    if (remote.isUnspecified()) { // it listens: in no network, not even 0.0.0.0/0
      return false;
    }
    for (Filter.Network network : filter.networks()) {
      if (contains(network, remote.address())) {
        return true;
      }
    }
    return false;
  }

  /** A network of IPv4 also has the IPv4-mapped addresses in it (RFC 4291, 2.5.5.2). */
  private static boolean contains(Filter.Network network, IpAddress address) {
    int length = network.prefixLength();
    if (network.address() instanceof IpAddress.V4 wanted) {
      if (address instanceof IpAddress.V4 v4) {
        return begin(v4.bits(), length) == begin(wanted.bits(), length);
      }
      return address instanceof IpAddress.V6 v6
          && v6.high() == 0
          && v6.low() >>> 32 == 0xffff
          && begin((int) v6.low(), length) == begin(wanted.bits(), length);
    }
    return network.address() instanceof IpAddress.V6 wanted
        && address instanceof IpAddress.V6 v6
        && begin(v6.high(), Math.min(length, 64)) == begin(wanted.high(), Math.min(length, 64))
        && begin(v6.low(), Math.max(length - 64, 0))
            == begin(wanted.low(), Math.max(length - 64, 0));
  }

  private static int begin(int bits, int length) {
    return length == 0 ? 0 : bits >>> (32 - length);
  }

  private static long begin(long bits, int length) {
    return length == 0 ? 0 : bits >>> (64 - length);
  }
}
