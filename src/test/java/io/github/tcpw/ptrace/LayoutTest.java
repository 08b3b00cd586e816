// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.ptrace;

import static io.github.tcpw.CFacts.c;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The offsets in what the kernel's socket diagnosis is asked and answers, against the compiler's.
 */
class LayoutTest {
  private static void isOffset(int offset, String structAndMember) {
    assertThat(offset)
        .as(structAndMember)
        .isEqualTo((int) c("offsetof(struct " + structAndMember + ")"));
  }

  @Test
  void ipSockets() {
    assertThat(DiagnosedSockets.SIZE_OF_INET_REQUEST)
        .isEqualTo((int) c("sizeof(struct inet_diag_req_v2)"));
    isOffset(1, "inet_diag_req_v2, sdiag_protocol");
    isOffset(DiagnosedSockets.REQUEST_EXTENSIONS, "inet_diag_req_v2, idiag_ext");
    isOffset(DiagnosedSockets.REQUEST_STATES, "inet_diag_req_v2, idiag_states");
    isOffset(DiagnosedSockets.REQUEST_ID, "inet_diag_req_v2, id");
    assertThat(DiagnosedSockets.SIZE_OF_ID).isEqualTo((int) c("sizeof(struct inet_diag_sockid)"));
    assertThat(DiagnosedSockets.INET_DIAG_INFO).isEqualTo((int) c("INET_DIAG_INFO"));
    assertThat(DiagnosedSockets.SIZE_OF_INET_ANSWER)
        .isEqualTo((int) c("sizeof(struct inet_diag_msg)"));
    isOffset(DiagnosedSockets.INET_STATE, "inet_diag_msg, idiag_state");
    isOffset(DiagnosedSockets.INET_ID, "inet_diag_msg, id");
    isOffset(DiagnosedSockets.INET_LOCAL_PORT, "inet_diag_msg, id.idiag_sport");
    isOffset(DiagnosedSockets.INET_REMOTE_PORT, "inet_diag_msg, id.idiag_dport");
    isOffset(DiagnosedSockets.INET_LOCAL_ADDRESS, "inet_diag_msg, id.idiag_src");
    isOffset(DiagnosedSockets.INET_REMOTE_ADDRESS, "inet_diag_msg, id.idiag_dst");
    isOffset(DiagnosedSockets.INET_RECEIVE_QUEUE, "inet_diag_msg, idiag_rqueue");
    isOffset(DiagnosedSockets.INET_INODE, "inet_diag_msg, idiag_inode");
  }

  @Test
  void unixSockets() {
    assertThat(DiagnosedSockets.SIZE_OF_UNIX_REQUEST)
        .isEqualTo((int) c("sizeof(struct unix_diag_req)"));
    isOffset(DiagnosedSockets.UNIX_REQUEST_STATES, "unix_diag_req, udiag_states");
    isOffset(DiagnosedSockets.UNIX_REQUEST_INODE, "unix_diag_req, udiag_ino");
    isOffset(DiagnosedSockets.UNIX_REQUEST_SHOW, "unix_diag_req, udiag_show");
    isOffset(DiagnosedSockets.UNIX_REQUEST_COOKIE, "unix_diag_req, udiag_cookie");
    assertThat(DiagnosedSockets.UDIAG_SHOW_NAME).isEqualTo((int) c("UDIAG_SHOW_NAME"));
    assertThat(DiagnosedSockets.SIZE_OF_UNIX_ANSWER)
        .isEqualTo((int) c("sizeof(struct unix_diag_msg)"));
    isOffset(DiagnosedSockets.UNIX_TYPE, "unix_diag_msg, udiag_type");
    assertThat(DiagnosedSockets.UNIX_DIAG_NAME).isEqualTo((int) c("UNIX_DIAG_NAME"));
  }
}
