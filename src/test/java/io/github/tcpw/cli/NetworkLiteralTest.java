// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tcpw.event.IpAddress;
import io.github.tcpw.trace.Filter.Network;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkLiteralTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 0xc0000207, 32",
    "192.0.2.7/32, 0xc0000207, 32",
    "10.0.0.0/8, 0x0a000000, 8",
    "128.0.0.0/1, 0x80000000, 1",
    "255.255.255.254/31, 0xfffffffe, 31",
    "0.0.0.0/0, 0, 0",
    "0.0.0.0, 0, 32"
  })
  void ipv4(String text, String bits, int length) throws UsageException {
    assertThat(NetworkLiteral.parse(text))
        .isEqualTo(new Network(new IpAddress.V4(Long.decode(bits).intValue()), length));
  }

  @ParameterizedTest
  @CsvSource({
    "::1, 0, 1, 128",
    "::, 0, 0, 128",
    "::/0, 0, 0, 0",
    "2001:db8::/32, 20010db800000000, 0, 32",
    "2001:DB8:0:0:0:0:0:0/32, 20010db800000000, 0, 32",
    "fe80::/10, fe80000000000000, 0, 10",
    "1:2:3:4:5:6:7:8/125, 1000200030004, 5000600070008, 125",
    "2001:db8::8000:0:0:0/65, 20010db800000000, 8000000000000000, 65",
    "64:ff9b::192.0.2.7, 64ff9b00000000, c0000207, 128"
  })
  void ipv6(String text, String high, String low, int length) throws UsageException {
    assertThat(NetworkLiteral.parse(text))
        .isEqualTo(
            new Network(
                new IpAddress.V6(Long.parseUnsignedLong(high, 16), Long.parseUnsignedLong(low, 16)),
                length));
  }

  @ParameterizedTest
  @CsvSource({
    "::ffff:192.0.2.7, 192.0.2.7",
    "::ffff:c000:207, 192.0.2.7",
    "::ffff:192.0.2.7/128, 192.0.2.7",
    "::ffff:10.0.0.0/104, 10.0.0.0/8",
    "::ffff:0:0/96, 0.0.0.0/0"
  })
  void ipv4MappedIsIpv4(String mapped, String ipv4) throws UsageException {
    assertThat(NetworkLiteral.parse(mapped)).isEqualTo(NetworkLiteral.parse(ipv4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "127.1",
        "10.0.0",
        "010.0.0.1",
        "10.0.0.01",
        "0x7f.0.0.1",
        "256.0.0.1",
        "10.0.0.1.",
        "10.0.0.1:80",
        "[::1]",
        "::1%lo",
        "fe80::1%2",
        "1::2::3",
        "12345::",
        "example.com",
        "localhost",
        "*"
      })
  void whatIsNoAddressIsRefused(String text) {
    String message =
        "no IP address: "
            + text
            + "; give one such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32 (names are not looked up)";
    assertRefused(text, message);
    assertRefused(text + "/8", message);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/33, 0, 32",
    "10.0.0.0/, 0, 32",
    "10.0.0.0/-8, 0, 32",
    "10.0.0.0/8/8, 0, 32",
    "10.0.0.0/255.0.0.0, 0, 32",
    "::/129, 0, 128",
    "::/x, 0, 128",
    "::ffff:10.0.0.0/8, 96, 128", // has bits set there that are not the IPv4 address's
    "::ffff:10.0.0.0/129, 96, 128"
  })
  void whatIsNoPrefixLengthIsRefused(String text, int least, int most) {
    assertRefused(
        text,
        "no prefix length in "
            + text
            + "; after the slash give a number from "
            + least
            + " to "
            + most);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1/8, 10.0.0.0/8",
    "192.0.2.7/31, 192.0.2.6/31",
    "255.255.255.255/0, 0.0.0.0/0",
    "255.255.255.255/9, 255.128.0.0/9",
    "::1/0, ::/0",
    "2001:db8::1/32, 2001:db8::/32",
    "2001:db8:0:1::/48, 2001:db8::/48",
    "0:0:1:ff00::/49, 0:0:1:8000::/49",
    "1:2:3:4:5:6:7:8/112, 1:2:3:4:5:6:7::/112",
    "1:2:3:4:5:6:7:9/127, 1:2:3:4:5:6:7:8/127",
    "::ffff:10.0.0.1/104, 10.0.0.0/8"
  })
  void bitsAfterThePrefixAreRefused(String text, String meant) throws UsageException {
    assertRefused(text, text + " has bits set after its prefix; did you mean " + meant + "?");
    assertThat(NetworkLiteral.parse(meant)).isNotNull();
  }

  @Test
  void whatIsRefusedIsShownAsOneHarmlessWord() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> NetworkLiteral.parse("1 \u001b"))
        .withMessageStartingWith("no IP address: 1\\x20\\x1b;");
  }

  private static void assertRefused(String text, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> NetworkLiteral.parse(text))
        .withMessage(message);
  }
}
