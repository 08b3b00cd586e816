// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/** A socket of AF_VSOCK (vsock(7)), between a virtual machine and its host. */
public record VsockSocket(
    long inode, int family, int type, End local, End remote, Direction direction)
    implements Socket {

  /**
   * One end.
   *
   * @param cid context identifier of the machine, an unsigned 32-bit number
   * @param port an unsigned 32-bit number
   */
  public record End(long cid, long port) {
    /** Stands for none or any: VMADDR_CID_ANY and VMADDR_PORT_ANY of linux/vm_sockets.h. */
    public static final long ANY = 0xffff_ffffL;

    /** Whether there is no end: neither a machine nor a port. */
    public boolean isUnspecified() {
      return cid == ANY && port == ANY;
    }
  }
}
