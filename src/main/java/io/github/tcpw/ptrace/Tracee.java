// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.UntrustedText;
import io.github.tcpw.linux.ForeignSocket;
import io.github.tcpw.linux.ProcFile;
import io.github.tcpw.linux.Ptrace;
import io.github.tcpw.linux.SystemCallException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A thread of the command or of a descendant. */
final class Tracee {
  private static final int NONE = -1;

  /** The limit is 1024 for most (RLIMIT_NOFILE). */
  private static final int MOST_KEPT = 256;

  /** Descriptors of all of them; one thread traces. */
  private static int kept;

  private final int thread;
  private int process;
  private int pidfd = NONE;
  private int commFd = NONE;

  /** The thread that made it was seen to do so. */
  boolean isAnnounced;

  /** Its process is stopped, and it waits for SIGCONT. */
  boolean isListening;

  /** The call that it is in and whose end is waited for; null: none. */
  @Nullable CallInProgress call;

  /** The inode of the socket that it closes, while that is the call that it is in. */
  long closing;

  /** The connects that it has begun, as long as it is stopped at each call for them. */
  final List<PendingConnect> pending = new ArrayList<>();

  /** It waits for descriptors (poll(2)), as far as it is stopped at each call. */
  boolean isWaiting;

  /** It stops before it ends. */
  boolean stopsAtExit;

  /** It is about to end. */
  boolean isExiting;

  Tracee(int thread) {
    this.thread = thread;
  }

  int thread() {
    return thread;
  }

  /** The ID of its process. */
  int process() {
    if (process == 0) {
      process =
          Ptrace.isFirst(thread)
              ? thread
              : number(ProcFile.read("/proc/" + thread + "/status"), "\nTgid:\t");
      if (process == 0) {
        process = thread; // it has been killed
      }
    }
    return process;
  }

  /** The same when it has ended and cannot be asked any more. */
  int knownProcess() {
    return process == 0 ? thread : process;
  }

  /** As it is now; it may change at any time. */
  UntrustedText comm() {
    if (commFd == NONE) {
      commFd = ProcFile.open("/proc/" + thread + "/comm");
      if (commFd < 0) {
        commFd = NONE;
        return new UntrustedText("");
      }
      kept++;
    }
    return withoutNewline(ProcFile.read(commFd));
  }

  /** The name of a thread; empty if it has ended. */
  static UntrustedText commOf(int thread) {
    return withoutNewline(ProcFile.read("/proc/" + thread + "/comm"));
  }

  private static UntrustedText withoutNewline(String comm) {
    return new UntrustedText(comm.isEmpty() ? comm : comm.substring(0, comm.length() - 1));
  }

  /** It goes on; descriptors are kept for its next call, as long as there are not too many. */
  void goesOn() {
    if (kept > MOST_KEPT) {
      forget();
    }
  }

  /**
   * Borrows one of its sockets.
   *
   * @throws SystemCallException EBADF if there is none; others where nothing may be borrowed
   */
  ForeignSocket borrow(int fd) throws SystemCallException {
    if (pidfd == NONE) {
      pidfd = ForeignSocket.open(thread, process());
      kept++;
    }
    return ForeignSocket.borrow(pidfd, fd);
  }

  /** It has ended, or become another by executing. */
  void forget() {
    if (pidfd != NONE) {
      ForeignSocket.close(pidfd);
      pidfd = NONE;
      kept--;
    }
    if (commFd != NONE) {
      ProcFile.close(commFd);
      commFd = NONE;
      kept--;
    }
  }

  /** The decimal number behind a key; 0 if there is none. */
  private static int number(String text, String key) {
    int number = 0;
    int start = text.indexOf(key);
    for (int i = start + key.length(); start >= 0 && i < text.length(); i++) {
      int digit = Character.digit(text.charAt(i), 10);
      if (digit < 0) {
        break;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
