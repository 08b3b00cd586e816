// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import io.github.tcpw.linux.NativeFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The reading end of a BPF ring buffer (kernel/bpf/ringbuf.c), mapped into memory.
 *
 * <p>The kernel maps it as a page that holds the consumer's position, a page that holds the
 * producers', then the data, twice in a row so that no record is ever split. A record begins with 8
 * bytes: its length and two flags, then an offset of no concern here.
 *
 * <p>Not thread-safe: one reader.
 */
public final class RingBuffer {
  private static final NativeFunction PAGE_SIZE = NativeFunction.libc("getpagesize");
  // include/uapi/linux/bpf.h
  static final int BUSY = 1 << 31;
  static final int DISCARD = 1 << 30;
  static final int HEADER = 8;

  private static final VarHandle POSITION = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle LENGTH = ValueLayout.JAVA_INT.varHandle();

  private final int fd;
  private final MemorySegment consumer;
  private final MemorySegment producer;
  private final MemorySegment data;
  private final ByteBuffer bytes;
  private final long mask;
  private long position;
  private long givenBack;
  private long seen;
  private int offset;
  private int length;

  /**
   * Maps the ring buffer.
   *
   * @param map a loaded map of type ring buffer
   * @throws BpfException if it cannot be mapped
   */
  public RingBuffer(BpfMap map) throws BpfException {
    int size = map.maxEntries();
    fd = map.fd();
    mask = size - 1L;
    long page = (int) PAGE_SIZE.call();
    consumer = SharedMemory.map("the ring buffer", fd, page, 0);
    MemorySegment rest = SharedMemory.mapReadOnly("the ring buffer", fd, page + 2L * size, page);
    producer = rest.asSlice(0, page);
    data = rest.asSlice(page);
    bytes = data.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /** A descriptor that is readable when there are records. */
  public int fd() {
    return fd;
  }

  /** Where the producers are now: bytes ever written, records in the making included. */
  public long produced() {
    return (long) POSITION.getAcquire(producer, 0L);
  }

  /** Whether everything up to this point, once returned by {@link #produced}, was read. */
  public boolean hasReached(long produced) {
    return position - produced >= 0;
  }

  /**
   * Goes to the next record.
   *
   * <p>The positions are what this process and the kernel contend for, so they are looked at and
   * told once for many records; the room of those that were read goes back to the kernel when there
   * are no more, or an eighth of the buffer has gathered.
   *
   * @return false if there is none yet, or it is still being written
   */
  public boolean next() {
    leave();
    while (hasMore()) {
      long start = position & mask;
      int header = (int) LENGTH.getAcquire(data, start);
      if ((header & BUSY) != 0) {
        giveBack();
        return false;
      }
      offset = (int) start + HEADER;
      length = header & ~DISCARD;
      if ((header & DISCARD) == 0) {
        return true;
      }
      leave();
    }
    return false;
  }

  // Records are aligned to 8 bytes.
  private void leave() {
    if (offset != 0) {
      position += (HEADER + length + 7L) & ~7L;
      offset = 0;
      if (position - givenBack > mask >> 3) {
        giveBack();
      }
    }
  }

  private boolean hasMore() {
    if (position == seen) {
      giveBack();
      seen = produced();
    }
    return position != seen;
  }

  private void giveBack() {
    if (givenBack != position) {
      givenBack = position;
      POSITION.setRelease(consumer, 0L, position);
    }
  }

  /** The memory that holds the current record, in native byte order. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** Where the current record begins in {@link #bytes}. */
  public int offset() {
    return offset;
  }

  /** The length of the current record in bytes. */
  public int length() {
    return length;
  }
}
