// SPDX-License-Identifier: Apache-2.0
package io.github.tcpw.libbpf;

import static io.github.tcpw.CFacts.c;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The numbers that stand for C's own here, against the compiler's.
 *
 * <p>Structs that grow from version to version tell their size to who reads them (libbpf's OPTS_*
 * macros, BPF_OBJ_GET_INFO_BY_FD), so ours need only hold all fields that we know.
 */
class LayoutTest {
  @Test
  void testRunOptions() {
    assertThat(BpfProgram.TEST_RUN_RETVAL)
        .isEqualTo(c("offsetof(struct bpf_test_run_opts, retval)"));
    assertThat(BpfProgram.SIZE_OF_TEST_RUN_OPTS)
        .isBetween(BpfProgram.TEST_RUN_RETVAL + 4, c("sizeof(struct bpf_test_run_opts)"));
  }

  @Test
  void programLoadOptions() {
    assertThat(FexitProgram.LOAD_EXPECTED_ATTACH_TYPE)
        .isEqualTo(c("offsetof(struct bpf_prog_load_opts, expected_attach_type)"));
    assertThat(FexitProgram.LOAD_ATTACH_BTF_ID)
        .isEqualTo(c("offsetof(struct bpf_prog_load_opts, attach_btf_id)"));
    assertThat(FexitProgram.LOAD_ATTACH_BTF_OBJ_FD)
        .isEqualTo(c("offsetof(struct bpf_prog_load_opts, attach_btf_obj_fd)"));
    assertThat(FexitProgram.LOAD_LOG_LEVEL)
        .isEqualTo(c("offsetof(struct bpf_prog_load_opts, log_level)"));
    assertThat(FexitProgram.LOAD_LOG_SIZE)
        .isEqualTo(c("offsetof(struct bpf_prog_load_opts, log_size)"));
    assertThat(FexitProgram.LOAD_LOG_BUF)
        .isEqualTo(c("offsetof(struct bpf_prog_load_opts, log_buf)"));
    assertThat(FexitProgram.SIZE_OF_LOAD_OPTS)
        .isBetween(FexitProgram.LOAD_LOG_BUF + 8, c("sizeof(struct bpf_prog_load_opts)"));
  }

  @Test
  void programInformation() {
    assertThat(AttachedProgram.INFO_RECURSION_MISSES)
        .isEqualTo(c("offsetof(struct bpf_prog_info, recursion_misses)"));
    assertThat((long) AttachedProgram.SIZE_OF_PROG_INFO)
        .isBetween(AttachedProgram.INFO_RECURSION_MISSES + 8, c("sizeof(struct bpf_prog_info)"));
  }

  @Test
  void btfInformation() {
    assertThat(KernelModule.INFO_NAME).isEqualTo(c("offsetof(struct bpf_btf_info, name)"));
    assertThat(KernelModule.INFO_NAME_LENGTH)
        .isEqualTo(c("offsetof(struct bpf_btf_info, name_len)"));
    assertThat(KernelModule.INFO_KERNEL_BTF)
        .isEqualTo(c("offsetof(struct bpf_btf_info, kernel_btf)"));
    assertThat((long) KernelModule.SIZE_OF_INFO)
        .isBetween(KernelModule.INFO_KERNEL_BTF + 4, c("sizeof(struct bpf_btf_info)"));
  }

  @Test
  void btfHeader() {
    assertThat(Btf.HEADER_LENGTH).isEqualTo(c("offsetof(struct btf_header, hdr_len)"));
    assertThat(Btf.HEADER_TYPES_OFFSET).isEqualTo(c("offsetof(struct btf_header, type_off)"));
    assertThat(Btf.HEADER_TYPES_LENGTH).isEqualTo(c("offsetof(struct btf_header, type_len)"));
  }

  @Test
  void btfTypes() {
    assertThat(Btf.INFO).isEqualTo(words("offsetof(struct btf_type, info)"));
    assertThat(Btf.SIZE_OR_TYPE)
        .isEqualTo(words("offsetof(struct btf_type, size)"))
        .isEqualTo(words("offsetof(struct btf_type, type)"));
    assertThat(Btf.SIZE_OF_TYPE).isEqualTo(words("sizeof(struct btf_type)"));
    assertThat(Btf.SIZE_OF_MEMBER).isEqualTo(words("sizeof(struct btf_member)"));
    assertThat(Btf.MEMBER_TYPE).isEqualTo(words("offsetof(struct btf_member, type)"));
    assertThat(Btf.MEMBER_OFFSET).isEqualTo(words("offsetof(struct btf_member, offset)"));
    assertThat(Btf.SIZE_OF_PARAM).isEqualTo(words("sizeof(struct btf_param)"));
    assertThat(Btf.PARAM_TYPE).isEqualTo(words("offsetof(struct btf_param, type)"));
    assertThat(Btf.SIZE_OF_ARRAY).isEqualTo(words("sizeof(struct btf_array)"));
    assertThat(Btf.SIZE_OF_SECTION_VARIABLE).isEqualTo(words("sizeof(struct btf_var_secinfo)"));
    assertThat(Btf.SIZE_OF_ENUM).isEqualTo(words("sizeof(struct btf_enum)"));
    assertThat(Btf.SIZE_OF_ENUM64).isEqualTo(words("sizeof(struct btf_enum64)"));
  }

  private static int words(String bytes) {
    return (int) c(bytes) / Integer.BYTES;
  }

  @Test
  void btfKinds() {
    assertThat(Btf.KIND_ARRAY).isEqualTo((int) c("BTF_KIND_ARRAY"));
    assertThat(Btf.KIND_VAR).isEqualTo((int) c("BTF_KIND_VAR"));
    assertThat(Btf.KIND_DATASEC).isEqualTo((int) c("BTF_KIND_DATASEC"));
    assertThat(Btf.KIND_DECL_TAG).isEqualTo((int) c("BTF_KIND_DECL_TAG"));
    assertThat(Btf.KIND_ENUM64).isEqualTo((int) c("BTF_KIND_ENUM64"));
    assertThat(Btf.KIND_INT).isEqualTo((int) c("BTF_KIND_INT"));
    assertThat(Btf.KIND_PTR).isEqualTo((int) c("BTF_KIND_PTR"));
    assertThat(Btf.KIND_STRUCT).isEqualTo((int) c("BTF_KIND_STRUCT"));
    assertThat(Btf.KIND_UNION).isEqualTo((int) c("BTF_KIND_UNION"));
    assertThat(Btf.KIND_ENUM).isEqualTo((int) c("BTF_KIND_ENUM"));
    assertThat(Btf.KIND_FWD).isEqualTo((int) c("BTF_KIND_FWD"));
    assertThat(Btf.KIND_TYPEDEF).isEqualTo((int) c("BTF_KIND_TYPEDEF"));
    assertThat(Btf.KIND_VOLATILE).isEqualTo((int) c("BTF_KIND_VOLATILE"));
    assertThat(Btf.KIND_CONST).isEqualTo((int) c("BTF_KIND_CONST"));
    assertThat(Btf.KIND_FUNC).isEqualTo((int) c("BTF_KIND_FUNC"));
    assertThat(Btf.KIND_FUNC_PROTO).isEqualTo((int) c("BTF_KIND_FUNC_PROTO"));
  }

  @Test
  void ringBufferRecords() {
    assertThat(RingBuffer.BUSY).isEqualTo((int) c("BPF_RINGBUF_BUSY_BIT"));
    assertThat(RingBuffer.DISCARD).isEqualTo((int) c("BPF_RINGBUF_DISCARD_BIT"));
    assertThat(RingBuffer.HEADER).isEqualTo((int) c("BPF_RINGBUF_HDR_SZ"));
  }

  @Test
  void programTypes() {
    assertThat(FexitProgram.BPF_PROG_TYPE_TRACING).isEqualTo((int) c("BPF_PROG_TYPE_TRACING"));
    assertThat(FexitProgram.BPF_TRACE_FEXIT).isEqualTo((int) c("BPF_TRACE_FEXIT"));
  }

  @Test
  void memoryMapping() {
    assertThat(SharedMemory.PROT_READ).isEqualTo((int) c("PROT_READ"));
    assertThat(SharedMemory.PROT_WRITE).isEqualTo((int) c("PROT_WRITE"));
    assertThat(SharedMemory.MAP_SHARED).isEqualTo((int) c("MAP_SHARED"));
  }
}
