// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A server outside the traced tree that knows who called: the independent witness. */
final class HttpPeer implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket server;
  private final List<Integer> clientPorts = new CopyOnWriteArrayList<>();

  HttpPeer(String address) {
    try {
      server = new ServerSocket(0, 4096, InetAddress.getByName(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().start(this::serve);
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        clientPorts.add(((InetSocketAddress) client.getRemoteSocketAddress()).getPort());
        client.setSoTimeout(200);
        try {
          client.getInputStream().read(new byte[1024]);
        } catch (IOException silentClient) {
          // it only wanted to connect
        }
        client.getOutputStream().write(ANSWER);
      } catch (IOException closed) {
        // a client that left, or the end of the test
      }
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /**
   * The ports that clients connected from, in order. A client may be gone before it is accepted, so
   * this waits for as many as are expected.
   */
  List<Integer> clientPorts(int expected) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (clientPorts.size() < expected && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    return clientPorts;
  }

  /** The port that the only client connected from. */
  int clientPort() {
    assertThat(clientPorts(1)).hasSize(1);
    return clientPorts.getFirst();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
