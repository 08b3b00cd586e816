// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/** A socket of AF_VSOCK (vsock(7)), between a virtual machine and its host. */
public record VsockSocket(long inode, int family, int type, End local, End remote)
    implements Socket {

  /**
   * One end.
   *
   * @param cid context identifier of the machine, an unsigned 32-bit number
   * @param port an unsigned 32-bit number
   */
  public record End(long cid, long port) {}
}
