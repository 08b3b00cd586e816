/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints what the Java code has to know of C: sizes, offsets and constants,
 * each as the expression, "=" and its value. CFacts reads it.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <arpa/inet.h>
#include <elf.h>
#include <errno.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <linux/vm_sockets.h>

#include "../../main/bpf/event.h"

#define SHOW(expression) printf("%s=%lld\n", #expression, (long long)(expression))

static void show_events(void)
{
	SHOW(EVENT_CONNECT);
	SHOW(EVENT_ACCEPT);
	SHOW(EVENT_ESTABLISHED);
	SHOW(EVENT_FAILED);
	SHOW(EVENT_LISTEN);
	SHOW(EVENT_DATAGRAM);
	SHOW(EVENT_FOUND);
	SHOW(EVENT_SUBFLOW);
	SHOW(EVENT_CLOSE);
	SHOW(DIRECTION_NONE);
	SHOW(DIRECTION_OUTGOING);
	SHOW(DIRECTION_INCOMING);
	SHOW(ENDING_CLOSED);
	SHOW(ENDING_FIN_BY_US);
	SHOW(ENDING_FIN_BY_PEER);
	SHOW(ENDING_RST_BY_US);
	SHOW(ENDING_RST_BY_PEER);
	SHOW(ENDING_TIMEOUT);
	SHOW(ENDING_GIVEN_UP);
	SHOW(ENDING_STILL_OPEN);
	SHOW((long long)UNKNOWN);
	SHOW(MAX_PORTS);
	SHOW(MAX_NETWORKS);
	SHOW(MAX_PIDS);
	SHOW(LOST_BUFFER_FULL);
	SHOW(LOST_SOCKET);
	SHOW(LOST_TASK);
	SHOW(LOST_UNFOLLOWED);
	SHOW(LOST_REASONS);
	SHOW(AF_UNIX);
	SHOW(AF_INET);
	SHOW(AF_INET6);
	SHOW(AF_VSOCK);
}

static void show_libbpf(void)
{
	SHOW(sizeof(struct bpf_test_run_opts));
	SHOW(offsetof(struct bpf_test_run_opts, retval));
	SHOW(sizeof(struct bpf_prog_load_opts));
	SHOW(offsetof(struct bpf_prog_load_opts, expected_attach_type));
	SHOW(offsetof(struct bpf_prog_load_opts, attach_btf_id));
	SHOW(offsetof(struct bpf_prog_load_opts, attach_btf_obj_fd));
	SHOW(offsetof(struct bpf_prog_load_opts, log_level));
	SHOW(offsetof(struct bpf_prog_load_opts, log_size));
	SHOW(offsetof(struct bpf_prog_load_opts, log_buf));
}

static void show_bpf(void)
{
	SHOW(BPF_PROG_TYPE_TRACING);
	SHOW(BPF_TRACE_FEXIT);
	SHOW(BPF_RINGBUF_BUSY_BIT);
	SHOW(BPF_RINGBUF_DISCARD_BIT);
	SHOW(BPF_RINGBUF_HDR_SZ);
	SHOW(sizeof(struct bpf_prog_info));
	SHOW(offsetof(struct bpf_prog_info, recursion_misses));
	SHOW(sizeof(struct bpf_btf_info));
	SHOW(offsetof(struct bpf_btf_info, name));
	SHOW(offsetof(struct bpf_btf_info, name_len));
	SHOW(offsetof(struct bpf_btf_info, kernel_btf));
}

static void show_btf(void)
{
	SHOW(BTF_KIND_INT);
	SHOW(BTF_KIND_PTR);
	SHOW(BTF_KIND_ARRAY);
	SHOW(BTF_KIND_STRUCT);
	SHOW(BTF_KIND_UNION);
	SHOW(BTF_KIND_ENUM);
	SHOW(BTF_KIND_FWD);
	SHOW(BTF_KIND_TYPEDEF);
	SHOW(BTF_KIND_VOLATILE);
	SHOW(BTF_KIND_CONST);
	SHOW(BTF_KIND_FUNC);
	SHOW(BTF_KIND_FUNC_PROTO);
	SHOW(BTF_KIND_VAR);
	SHOW(BTF_KIND_DATASEC);
	SHOW(BTF_KIND_DECL_TAG);
	SHOW(BTF_KIND_ENUM64);
	SHOW(offsetof(struct btf_header, hdr_len));
	SHOW(offsetof(struct btf_header, type_off));
	SHOW(offsetof(struct btf_header, type_len));
	SHOW(sizeof(struct btf_type));
	SHOW(offsetof(struct btf_type, info));
	SHOW(offsetof(struct btf_type, size));
	SHOW(offsetof(struct btf_type, type));
	SHOW(sizeof(struct btf_member));
	SHOW(offsetof(struct btf_member, type));
	SHOW(offsetof(struct btf_member, offset));
	SHOW(sizeof(struct btf_param));
	SHOW(offsetof(struct btf_param, type));
	SHOW(sizeof(struct btf_array));
	SHOW(sizeof(struct btf_var_secinfo));
	SHOW(sizeof(struct btf_enum));
	SHOW(sizeof(struct btf_enum64));
}

static void show_libc(void)
{
	SHOW(sizeof(posix_spawnattr_t));
	SHOW(POSIX_SPAWN_SETSIGDEF);
	SHOW(POSIX_SPAWN_SETSIGMASK);
	SHOW((long)SIG_DFL);
	SHOW((long)SIG_IGN);
	SHOW(RTLD_LAZY);
	SHOW(sizeof(sigset_t));
	SHOW(sizeof(struct signalfd_siginfo));
	SHOW(offsetof(struct signalfd_siginfo, ssi_signo));
	SHOW(offsetof(struct signalfd_siginfo, ssi_code));
	SHOW(SI_KERNEL);
	SHOW(SFD_CLOEXEC);
	SHOW(SFD_NONBLOCK);
	SHOW(sizeof(struct pollfd));
	SHOW(offsetof(struct pollfd, fd));
	SHOW(offsetof(struct pollfd, events));
	SHOW(offsetof(struct pollfd, revents));
	SHOW(POLLIN);
	SHOW(POLLOUT);
	SHOW(sizeof(time_t));
	SHOW(sizeof(struct timespec));
	SHOW(offsetof(struct timespec, tv_sec));
	SHOW(offsetof(struct timespec, tv_nsec));
	SHOW(CLOCK_REALTIME);
	SHOW(sizeof(struct tm));
	SHOW(INET6_ADDRSTRLEN);
	SHOW(TIOCGWINSZ);
	SHOW(sizeof(struct winsize));
	SHOW(offsetof(struct winsize, ws_col));
	SHOW(VMADDR_CID_ANY);
	SHOW(VMADDR_PORT_ANY);
	SHOW(PROT_READ);
	SHOW(PROT_WRITE);
	SHOW(MAP_SHARED);
	SHOW(AT_SECURE);
	SHOW(sizeof(struct passwd));
	SHOW(offsetof(struct passwd, pw_name));
	SHOW(offsetof(struct passwd, pw_uid));
	SHOW(offsetof(struct passwd, pw_gid));
	SHOW(NGROUPS_MAX);
	SHOW(O_WRONLY);
	SHOW(O_CREAT);
	SHOW(O_APPEND);
	SHOW(O_CLOEXEC);
}

static void show_socket_diagnosis(void)
{
	SHOW(AF_NETLINK);
	SHOW(NETLINK_SOCK_DIAG);
	SHOW(SOCK_RAW | SOCK_CLOEXEC);
	SHOW(sizeof(struct sockaddr_nl));
	SHOW(sizeof(struct nlmsghdr));
	SHOW(offsetof(struct nlmsghdr, nlmsg_type));
	SHOW(offsetof(struct nlmsghdr, nlmsg_flags));
	SHOW(offsetof(struct nlmsghdr, nlmsg_seq));
	SHOW(sizeof(struct nlattr));
	SHOW(offsetof(struct nlattr, nla_type));
	SHOW(NLM_F_REQUEST);
	SHOW(NLM_F_DUMP);
	SHOW(NLMSG_ERROR);
	SHOW(NLMSG_DONE);
	SHOW(SOCK_DIAG_BY_FAMILY);
	SHOW(sizeof(struct inet_diag_req_v2));
	SHOW(offsetof(struct inet_diag_req_v2, sdiag_protocol));
	SHOW(offsetof(struct inet_diag_req_v2, idiag_ext));
	SHOW(offsetof(struct inet_diag_req_v2, idiag_states));
	SHOW(offsetof(struct inet_diag_req_v2, id));
	SHOW(sizeof(struct inet_diag_sockid));
	SHOW(INET_DIAG_INFO);
	SHOW(sizeof(struct inet_diag_msg));
	SHOW(offsetof(struct inet_diag_msg, idiag_state));
	SHOW(offsetof(struct inet_diag_msg, id));
	SHOW(offsetof(struct inet_diag_msg, id.idiag_sport));
	SHOW(offsetof(struct inet_diag_msg, id.idiag_dport));
	SHOW(offsetof(struct inet_diag_msg, id.idiag_src));
	SHOW(offsetof(struct inet_diag_msg, id.idiag_dst));
	SHOW(offsetof(struct inet_diag_msg, idiag_rqueue));
	SHOW(offsetof(struct inet_diag_msg, idiag_inode));
	SHOW(sizeof(struct unix_diag_req));
	SHOW(offsetof(struct unix_diag_req, udiag_states));
	SHOW(offsetof(struct unix_diag_req, udiag_ino));
	SHOW(offsetof(struct unix_diag_req, udiag_show));
	SHOW(offsetof(struct unix_diag_req, udiag_cookie));
	SHOW(UDIAG_SHOW_NAME);
	SHOW(sizeof(struct unix_diag_msg));
	SHOW(offsetof(struct unix_diag_msg, udiag_type));
	SHOW(UNIX_DIAG_NAME);
}

static void show_numbers(void)
{
	SHOW(SIGHUP);
	SHOW(SIGINT);
	SHOW(SIGQUIT);
	SHOW(SIGILL);
	SHOW(SIGBUS);
	SHOW(SIGFPE);
	SHOW(SIGKILL);
	SHOW(SIGSEGV);
	SHOW(SIGPIPE);
	SHOW(SIGTERM);
	SHOW(SIGCHLD);
	SHOW(SIGSTOP);
	SHOW(SIGTSTP);
	SHOW(SIGTTIN);
	SHOW(SIGTTOU);
	SHOW(SIG_BLOCK);
	SHOW(SIG_UNBLOCK);
	SHOW(EPERM);
	SHOW(ENOENT);
	SHOW(ESRCH);
	SHOW(EINTR);
	SHOW(EBADF);
	SHOW(ECHILD);
	SHOW(EAGAIN);
	SHOW(ENOMEM);
	SHOW(EACCES);
	SHOW(EINVAL);
	SHOW(ENOSPC);
	SHOW(EPIPE);
	SHOW(ERANGE);
	SHOW(ENOSYS);
	SHOW(EINPROGRESS);
}

int main(void)
{
	show_events();
	show_libbpf();
	show_bpf();
	show_btf();
	show_libc();
	show_socket_diagnosis();
	show_numbers();
	return 0;
}
