// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.trace;

/**
 * What happened and could not be told.
 *
 * @param bufferFull events dropped because the ring buffer was full
 * @param socketGone sockets closed by another thread before they could be read
 * @param unlisted sockets that may not be borrowed, and that /proc/PID/net does not tell of either,
 *     or not without doubt
 * @param tasks processes or threads that the kernel had no memory to mark, and so not followed
 * @param unfollowed sockets that were shown, but whose answer or end would not have been: the
 *     kernel's table of open sockets was full
 * @param skipped runs of a BPF program that the kernel left out because it was busy on that CPU
 * @param unknown records that make no sense
 */
public record LostEvents(
    long bufferFull,
    long socketGone,
    long unlisted,
    long tasks,
    long unfollowed,
    long skipped,
    long unknown) {}
