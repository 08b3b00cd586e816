// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.kernels;

import org.jspecify.annotations.Nullable;

/**
 * A test that ran in a guest.
 *
 * @param failure why it failed; null: it did not
 * @param skipped why it was not run; null: it was
 */
record GuestCase(
    GuestRun run,
    String testClass,
    String name,
    @Nullable String failure,
    @Nullable String skipped) {
  @Override
  public String toString() {
    return run + " " + testClass + "." + name;
  }
}
