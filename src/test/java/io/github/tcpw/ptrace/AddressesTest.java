// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tcpw.event.Endpoint;
import io.github.tcpw.event.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AddressesTest {
  private static ByteBuffer address(int family, int... rest) {
    ByteBuffer bytes = ByteBuffer.allocate(2 + rest.length).order(ByteOrder.nativeOrder());
    bytes.putShort((short) family);
    for (int b : rest) {
      bytes.put((byte) b);
    }
    return bytes;
  }

  @Test
  void ipv4HasPortThenAddress() {
    assertThat(Addresses.endpoint(address(2, 0x1f, 0x90, 127, 0, 0, 1), Addresses.AF_INET))
        .isEqualTo(new Endpoint(new IpAddress.V4(0x7f000001), 8080));
  }

  @Test
  void ipv4OnAnIpv6SocketIsMapped() {
    assertThat(Addresses.endpoint(address(2, 0, 80, 127, 0, 0, 1), Addresses.AF_INET6))
        .isEqualTo(new Endpoint(new IpAddress.V6(0, 0xffff7f000001L), 80));
  }

  @Test
  void anIpv6AddressIsNoneForAnIpv4Socket() {
    ByteBuffer given =
        address(10, 0x1f, 0x90, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    assertThat(Addresses.endpoint(given, Addresses.AF_INET))
        .isEqualTo(new Endpoint(new IpAddress.V4(0), 8080));
  }

  @Test
  void pathsEndAtTheirNulAndAbstractNamesDoNot() {
    assertThat(Addresses.path(address(1, '/', 'a', 0, 'x'), 6).bytes()).isEqualTo("/a");
    assertThat(Addresses.path(address(1, 0, 'a', 0, 'x'), 6).bytes()).isEqualTo("a\0x");
    assertThat(Addresses.isAbstract(address(1, 0, 'a'), 4)).isTrue();
    assertThat(Addresses.path(address(1), 2).bytes()).isEmpty();
  }

  @Test
  void noBytesThatAProgramMayGiveAreThrownAt() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(129)];
      random.nextBytes(bytes);
      if (bytes.length > 1 && random.nextBoolean()) {
        bytes[0] = new byte[] {1, 2, 10, 40}[random.nextInt(4)];
        bytes[1] = 0;
      }
      ByteBuffer address = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
      assertThat(Addresses.endpoint(address, 2)).isNotNull();
      assertThat(Addresses.endpoint(address, 10)).isNotNull();
      assertThat(Addresses.path(address, random.nextInt(200))).isNotNull();
      assertThat(Addresses.vsockEnd(address)).isNotNull();
    }
  }
}
