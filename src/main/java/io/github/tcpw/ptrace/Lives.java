// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import io.github.tcpw.event.InetSocket;
import io.github.tcpw.linux.ProcFile;
import java.io.File;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sockets whose answer or end is to be told, by their inodes. */
final class Lives {
  /** Connects that are never asked about again would pile up. */
  private static final int MOST = 65536;

  private final Map<Long, Life> lives =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Life> eldest) {
          return size() > MOST;
        }
      };

  private final boolean followsEnds;

  /** None yet. */
  Lives(boolean followsEnds) {
    this.followsEnds = followsEnds;
  }

  boolean isEmpty() {
    return lives.isEmpty();
  }

  @Nullable Life get(long inode) {
    return lives.get(inode);
  }

  void put(Life life) {
    lives.put(life.socket().inode(), life);
  }

  /** The same for one whose end is to be told, if ends are asked for. */
  void follow(Life life) {
    if (followsEnds && life.socket() instanceof InetSocket) {
      put(life);
    }
  }

  @Nullable Life remove(long inode) {
    return lives.remove(inode);
  }

  Collection<Life> all() {
    return lives.values();
  }

  /** Those that a process began and no traced thread has open any more. */
  List<Life> notHeld(int process, Collection<Tracee> tracees) {
    List<Life> gone = new ArrayList<>();
    Set<Long> held = null;
    for (Life life : lives.values()) {
      if (life.origin().pid() != process && life.last == null) {
        continue;
      }
      if (held == null) {
        held = held(tracees);
      }
      if (!held.contains(life.socket().inode())) {
        gone.add(life);
      }
    }
    return gone;
  }

  /** How many descriptors of traced processes a socket has. */
  static int holders(long inode, Collection<Tracee> tracees) {
    Set<Integer> seen = new HashSet<>();
    int count = 0;
    for (Tracee tracee : tracees) {
      String directory = "/proc/" + tracee.thread() + "/fd/";
      String @Nullable [] names =
          seen.contains(tracee.process()) ? null : new File(directory).list();
      if (names == null || names.length == 0) {
        continue;
      }
      seen.add(tracee.process());
      for (String name : names) {
        if (ProcFile.socketInode(directory + name) == inode) {
          count++;
        }
      }
    }
    return count;
  }

  /** Whether a traced thread has a socket open. */
  static boolean isHeld(long inode, Collection<Tracee> tracees) {
    return held(tracees).contains(inode);
  }

  private static Set<Long> held(Collection<Tracee> tracees) {
    Set<Long> inodes = new HashSet<>();
    Set<Integer> seen = new HashSet<>();
    for (Tracee tracee : tracees) {
      if (!seen.contains(tracee.process()) && addOpen(tracee.thread(), inodes, null)) {
        seen.add(tracee.process());
      }
    }
    return inodes;
  }

  /** The descriptors of a thread that are sockets of which something is known. */
  Map<Long, Integer> openIn(Tracee tracee) {
    Map<Long, Integer> descriptors = new HashMap<>();
    addOpen(tracee.thread(), new HashSet<>(), descriptors);
    descriptors.keySet().retainAll(lives.keySet());
    return descriptors;
  }

  /** False: it has no descriptors any more, but another thread of its process may. */
  private static boolean addOpen(
      int thread, Set<Long> inodes, @Nullable Map<Long, Integer> descriptors) {
    String directory = "/proc/" + thread + "/fd/";
    String @Nullable [] names = new File(directory).list();
    if (names == null || names.length == 0) {
      return false;
    }
    for (String name : names) {
      long inode = ProcFile.socketInode(directory + name);
      if (inode >= 0) {
        inodes.add(inode);
        if (descriptors != null) {
          descriptors.put(inode, Integer.parseInt(name));
        }
      }
    }
    return true;
  }
}
