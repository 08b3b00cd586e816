// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * When and by whom an event was caused.
 *
 * @param time nanoseconds since the epoch
 * @param pid the process, as seen in tcpw's own pid namespace
 * @param comm the name of the thread, which it may have set itself (prctl(2), PR_SET_NAME)
 */
public record Origin(long time, int pid, UntrustedText comm) {}
