// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.cli;

import io.github.tcpw.event.IpAddress;
import io.github.tcpw.report.Escape;
import io.github.tcpw.trace.Filter.Network;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A network as the option --to has it: an IPv4 address of four numbers or an IPv6 address (RFC
 * 4291, section 2.2), and perhaps the length of a prefix. Names are not looked up.
 */
final class NetworkLiteral {
  private static final int MAPPED_PREFIX = 96; // of ::ffff:0:0/96, RFC 4291, section 2.5.5.2

  private NetworkLiteral() {}

  /**
   * Parses a network. An IPv4-mapped one is the IPv4 network that it stands for.
   *
   * @throws UsageException if it is none, or has bits set after its prefix
   */
  static Network parse(String text) throws UsageException {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    byte @Nullable [] address = address(literal);
    if (address == null) {
      throw new UsageException(
          "no IP address: "
              + Escape.word(literal)
              + "; give one such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32 (names are not looked"
              + " up)");
    }
    int bits = address.length * Byte.SIZE;
    int length = slash < 0 ? bits : length(text, literal, text.substring(slash + 1), bits);
    byte[] prefix = prefix(address, length);
    if (!Arrays.equals(prefix, address)) {
      throw new UsageException(
          Escape.word(text)
              + " has bits set after its prefix; did you mean "
              + text(prefix)
              + "/"
              + length
              + "?");
    }
    return new Network(ipAddress(address), length);
  }

  /** The bytes of an address: 4 or 16, the most significant first; null if it is none. */
  private static byte @Nullable [] address(String literal) {
    // InetAddress also takes [::1] and ::1%lo.
    if (literal.indexOf('[') >= 0 || literal.indexOf('%') >= 0) {
      return null;
    }
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException e) {
      return null;
    }
    // It takes 10.1 and 010.0.0.1 too, which C reads as 10.0.0.1 and 8.0.0.1.
    boolean isIpv6 = literal.indexOf(':') >= 0;
    return isIpv6 || literal.equals(address.getHostAddress()) ? address.getAddress() : null;
  }

  private static int length(String text, String literal, String digits, int bits)
      throws UsageException {
    // An address with colons that has become 32 bits was an IPv4-mapped one.
    int before = bits == 32 && literal.indexOf(':') >= 0 ? MAPPED_PREFIX : 0;
    int length = (int) Decimal.parse(digits, before + bits);
    if (length < before) {
      throw new UsageException(
          "no prefix length in "
              + Escape.word(text)
              + "; after the slash give a number from "
              + before
              + " to "
              + (before + bits));
    }
    return length - before;
  }

  private static byte[] prefix(byte[] address, int length) {
    byte[] prefix = address.clone();
    for (int bit = length; bit < prefix.length * Byte.SIZE; bit++) {
      prefix[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
    }
    return prefix;
  }

  private static IpAddress ipAddress(byte[] address) {
    ByteBuffer bytes = ByteBuffer.wrap(address); // most significant byte first
    return address.length == 4
        ? new IpAddress.V4(bytes.getInt())
        : new IpAddress.V6(bytes.getLong(), bytes.getLong());
  }

  private static String text(byte[] prefix) {
    StringBuilder text = new StringBuilder();
    if (prefix.length == 4) {
      for (byte b : prefix) {
        text.append(text.isEmpty() ? "" : ".").append(b & 0xff);
      }
      return text.toString();
    }
    ByteBuffer bytes = ByteBuffer.wrap(prefix);
    int end = prefix.length; // what follows is zero
    while (end > 0 && bytes.getChar(end - 2) == 0) {
      end -= 2;
    }
    for (int i = 0; i < end; i += 2) {
      text.append(text.isEmpty() ? "" : ":").append(Integer.toHexString(bytes.getChar(i)));
    }
    return text.append(end == prefix.length ? "" : "::").toString();
  }
}
