// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.event;

/**
 * Text under the control of a traced program: any bytes, in any encoding or none.
 *
 * <p>Never to be written to a terminal as it is.
 *
 * @param bytes one char (0 to 255) a byte
 */
public record UntrustedText(String bytes) {}
