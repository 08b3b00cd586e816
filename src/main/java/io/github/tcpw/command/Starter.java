// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.command;

import io.github.tcpw.linux.ChildProcess;
import io.github.tcpw.linux.Errno;
import io.github.tcpw.linux.Pipe;
import io.github.tcpw.linux.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A process that becomes the command when it is told to, as another user if asked for
 * (src/main/launcher/start.c).
 */
public final class Starter {
  private static final int SIZE_OF_ORDER = 16;
  private static final int SIZE_OF_REPORT = 20;

  private final ChildProcess process;
  private final Pipe order;
  private final Pipe report;
  private final @Nullable Credentials user;

  private Starter(ChildProcess process, Pipe order, Pipe report, @Nullable Credentials user) {
    this.process = process;
    this.order = order;
    this.report = report;
    this.user = user;
  }

  static Starter spawn(Command command) throws SystemCallException {
    Pipe order = Pipe.toChild();
    Pipe report = Pipe.fromChild();
    ChildProcess process =
        command
            .invocation()
            .spawnStarter(
                command.word(),
                System.getProperty("java.home") + "/lib/start",
                Integer.toString(order.childsEnd()),
                Integer.toString(report.childsEnd()));
    order.closeChildsEnd();
    report.closeChildsEnd();
    return new Starter(process, order, report, command.user());
  }

  /** The process, before and after. */
  public ChildProcess process() {
    return process;
  }

  /**
   * Tells it to become the command, which {@link #await} waits for.
   *
   * @param filter a seccomp filter that the command gets, instruction by instruction (struct
   *     sock_filter); empty: none
   */
  public void go(byte[] filter) {
    int groups = user == null ? 0 : user.groups().size();
    ByteBuffer bytes =
        ByteBuffer.allocate(SIZE_OF_ORDER + groups * Integer.BYTES + filter.length)
            .order(ByteOrder.nativeOrder());
    bytes.putInt(user == null ? 0 : 1);
    bytes.putInt(user == null ? 0 : user.uid());
    bytes.putInt(user == null ? 0 : user.gid());
    bytes.putInt(groups);
    if (user != null) {
      for (int group : user.groups()) {
        bytes.putInt(group);
      }
    }
    order.writeLast(bytes.put(filter).array());
  }

  /** Has it end. */
  public void cancel() {
    order.writeLast(new byte[0]);
  }

  /**
   * Waits until it has become the command, or has been killed before that.
   *
   * @throws SystemCallException if there is no such program or it cannot be executed
   * @throws StartException if it could not become that user, or have the filter
   */
  public void await() throws SystemCallException, StartException {
    byte[] bytes = report.readLast(SIZE_OF_REPORT);
    if (bytes.length < SIZE_OF_REPORT) { // the end, which comes with execve
      return;
    }
    int errno = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
    String call =
        new String(bytes, Integer.BYTES, SIZE_OF_REPORT - Integer.BYTES, StandardCharsets.US_ASCII);
    call = call.substring(0, call.indexOf('\0'));
    if (call.equals("execve")) {
      throw new SystemCallException(call, errno);
    }
    if (call.equals("seccomp") || user == null) {
      throw new StartException("this kernel or container lets nobody install a seccomp filter");
    }
    throw new StartException(
        "cannot run the command as user "
            + Integer.toUnsignedString(user.uid())
            + " with group "
            + Integer.toUnsignedString(user.gid())
            + ": "
            + call
            + ": "
            + Errno.text(errno)
            + "; that takes CAP_SETUID, CAP_SETGID and IDs that this user namespace has");
  }
}
