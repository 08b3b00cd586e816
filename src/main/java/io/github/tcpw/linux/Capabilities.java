// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.linux;

/** What this process may do (capabilities(7)). */
public final class Capabilities {
  public static final int SYS_PTRACE = 19;

  private static final String KEY = "\nCapEff:\t";
  private static final int DIGITS = 16;

  private Capabilities() {}

  /** Whether a capability is effective; if /proc does not say, none is. */
  public static boolean has(int capability) {
    String status = ProcFile.read("/proc/self/status");
    int key = status.indexOf(KEY);
    int start = key + KEY.length();
    return key >= 0
        && status.length() >= start + DIGITS
        && (Long.parseUnsignedLong(status, start, start + DIGITS, 16) >>> capability & 1) != 0;
  }
}
