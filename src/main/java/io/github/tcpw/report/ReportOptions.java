// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.report;

/**
 * How events are said.
 *
 * @param lifecycle every step of a socket's life, not only how it began and that it failed
 * @param quiet no events at all
 * @param summary a table of the remote endpoints at the end
 */
public record ReportOptions(
    OutputFormat format, TimeStyle time, boolean lifecycle, boolean quiet, boolean summary) {}
