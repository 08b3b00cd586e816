/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Reports what the traced tasks do with sockets: every one that they connect or
 * accept, and what becomes of it.
 *
 *  task.h      which tasks
 *  socket.h    what a socket says of itself
 *  report.h    which events, and how they get to user space
 *  life.h      what becomes of a connection
 *  datagram.h  UDP, which has none
 *  use.h       the hook of listen and of calls that move data; sockets that were there before
 *  here        the hooks: where the end of connect and accept is seen
 *
 * One of two hooks reports the end of connect and accept.
 *  - fexit: one program per protocol function (struct proto_ops), copied by
 *    user space from the templates connect_exit and accept_exit;
 *  - sys_exit: the end of the system call, for kernels that refuse fexit.
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

#include "event.h"
#include "syscall.h"

char LICENSE[] SEC("license") = "GPL";

/* Set before the object is loaded; the verifier drops what it switches off. */
const volatile struct config config SEC(".rodata.config") = {};

/*
 * This file is compiled twice: with TCPW_PLAIN there is nothing in it but what a run
 * without options needs. That loads in half the time, for every program, map and kernel
 * type in the object costs some of it, switched off or not.
 */
#ifdef TCPW_PLAIN
#define ASKED(option) false
#else
#define ASKED(option) (config.option)
#endif

/* Shared with user space, which maps it. */
struct state state SEC(".data.state") = {};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LOST_REASONS);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

static __always_inline void count_lost(enum lost reason)
{
	__u32 key = reason;
	__u64 *count = bpf_map_lookup_elem(&lost, &key);

	if (count)
		++*count;
}

#include "task.h"
#include "socket.h"
#include "report.h"
#include "life.h"
#ifndef TCPW_PLAIN
#include "datagram.h"
#include "use.h"
#endif

/* ---- the end of connect and accept, whatever the hook ---- */

/* The kernel goes on connecting behind the caller's back (inet_stream_connect). */
static __always_inline bool is_in_progress(int result)
{
	return result == -EINPROGRESS || result == -EINTR ||
	       (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK);
}

/*
 * Whether the answer was told when it came; if so, that is forgotten. Once SO_ERROR has
 * handed a failure over, the kernel says ECONNABORTED of it (inet_stream_connect).
 */
static __always_inline bool was_told(struct sock *sk, __u64 inode, int error)
{
	__u64 key = (__u64)sk;
	struct answer *answer = bpf_map_lookup_elem(&answers, &key);
	bool told = answer && answer->inode == inode &&
	            (answer->error == error || (answer->error && error == ECONNABORTED));

	if (answer)
		bpf_map_delete_elem(&answers, &key);
	return told;
}

/* Follows a socket as follow() does, unless it is one that is not, and was counted. */
static __always_inline struct known *follow_connected(struct sock *sk, const struct traits *traits,
                                                      const struct step *step,
                                                      const struct ends *ends)
{
	struct note *note = traced_note();

	if (note && note->unfollowed == (__u64)sk) {
		note->unfollowed = 0;
		is_first_seen(step->inode); /* see follow */
		return NULL;
	}
	return follow(sk, traits, step, ends);
}

/* A connection was made, or is being made. */
static __always_inline void connection_began(struct sock *sk, const struct traits *traits,
                                             struct step *step, bool is_in_progress)
{
	struct known *known = known_socket(sk, step->inode);
	__u64 key = (__u64)sk;
	struct ends ends = {};

	if (known ? known->told : was_told(sk, step->inode, 0)) /* asked again */
		return;
	read_ends(&ends, sk, traits->family);
	if (known && !is_in_progress && !ASKED(lifecycle)) /* else ESTABLISHED says so */
		step->after = time_between(known->began, known->answered);
	report_inet((__u64)sk, traits, step, &ends);
	if (ASKED(pid_count) && !ASKED(lifecycle)) /* or it would be listed too */
		is_first_seen(step->inode);
	if (!known) {
		if (ASKED(lifecycle))
			known = follow_connected(sk, traits, step, &ends);
	} else if (known->answered && !is_in_progress && !ASKED(lifecycle)) {
		bpf_map_delete_elem(&sockets, &key); /* all is said, and connect says EISCONN now */
		return;
	} else {
		known->ends = ends;
		barrier();
		__sync_lock_test_and_set(&known->told, 1); /* a full barrier, see answered() */
		if (known->answered)
			report_answer(known);
	}
	if (ASKED(lifecycle) && known) {
		report_first_subflow(sk, known);
		if (!is_in_progress)
			look_whether_closed(sk, known);
	}
}

static __always_inline void connection_failed(struct sock *sk, const struct traits *traits,
                                              struct step *step, const struct address *address)
{
	struct known *known = known_socket(sk, step->inode);
	__u64 key = (__u64)sk;
	struct ends ends = {};

	if (was_told(sk, step->inode, -step->result))
		return;
	if (known && known->told) /* of something else: it listens, or is connected */
		known = NULL;
	if (known && known->answered) {
		ends = known->ends;
		step->after = time_between(known->began, known->answered);
	} else {
		read_ends(&ends, sk, traits->family);
		read_remote(&ends, traits->family, address->bytes, address->length);
	}
	report_inet((__u64)sk, traits, step, &ends);
	if (known)
		bpf_map_delete_elem(&sockets, &key);
}

static __always_inline void connected(struct sock *sk, const struct traits *traits, __u64 inode,
                                      int result, const struct address *address)
{
	struct step step;

	/* AF_UNSPEC asks to disconnect (connect(2)): no connection is made. */
	if (address->length >= 2 && address_family(address) == AF_UNSPEC)
		return;
	/* Asked again about a connect that has its line already. */
	if (result == -EALREADY || result == -EISCONN)
		return;
	step = first_step(EVENT_CONNECT, DIRECTION_OUTGOING, inode);
	if (is_inet(traits) && makes_connections(traits)) {
		if (result == 0 || is_in_progress(result)) {
			connection_began(sk, traits, &step, result != 0);
		} else {
			step.result = result;
			connection_failed(sk, traits, &step, address);
		}
		return;
	}
	if (result <= -ERESTARTSYS)
		return; /* runs again, from the beginning */
	step.result = result;
	if (is_inet(traits)) {
#ifndef TCPW_PLAIN
		if (ASKED(udp)) /* says is_wanted too, but the verifier has forgotten it */
			datagrams_connected(sk, traits, &step, address);
#endif
	} else if (traits->family == AF_UNIX) {
		if (ASKED(unix_domain))
			report_unix(sk, traits, &step, address);
	} else {
		report_other(sk, traits, &step);
	}
	if ((ASKED(lifecycle) || ASKED(netlink) || ASKED(unix_domain) || ASKED(pid_count)) &&
	    result == 0)
		is_first_seen(inode);
}

static __always_inline void accepted(struct sock *sk, const struct traits *traits, __u64 inode)
{
	struct step step = first_step(EVENT_ACCEPT, DIRECTION_INCOMING, inode);
	struct known *known;

	if (is_inet(traits)) {
		struct ends ends = {};

		read_ends(&ends, sk, traits->family);
		report_inet((__u64)sk, traits, &step, &ends);
		if (ASKED(lifecycle)) {
			known = follow(sk, traits, &step, &ends);
			if (known) {
				report_first_subflow(sk, known);
				look_whether_closed(sk, known);
			}
		} else if (ASKED(pid_count)) {
			is_first_seen(inode);
		}
		return;
	}
	if (traits->family != AF_UNIX)
		report_other(sk, traits, &step);
	else if (ASKED(unix_domain))
		report_unix(sk, traits, &step, NULL);
	if (ASKED(lifecycle) || ASKED(pid_count))
		is_first_seen(inode);
}
/* ---- hook: fexit ---- */

/*
 * Both are handed a struct socket. One without a file is the kernel's own: what
 * MPTCP, SMC and their like open underneath the one socket that the command asked for.
 *
 * A module may describe struct socket and all that it leads to anew, so no pointer
 * in it may be given to a helper that wants the kernel's own type.
 */

SEC("fexit/inet_stream_connect")
int BPF_PROG(connect_exit, struct socket *sock, const void *uaddr, __u32 length, int flags,
             int result)
{
	struct note *note = traced_note();
	struct address address = {};
	struct traits traits;
	struct file *file;
	struct sock *sk;

	if (!note || told_by_twin(&note->told, number_of(sock), config.twice))
		return 0;
	file = BPF_CORE_READ(sock, file);
	sk = file ? sock_of(file) : NULL;
	if (!sk)
		return 0;
	note->hooked = (__u64)sk;
	traits = traits_of(sk);
	if (!is_wanted(&traits))
		return 0;
	read_address(&address, MEMORY_KERNEL, uaddr, length);
	connected(sk, &traits, BPF_CORE_READ(file, f_inode, i_ino), result, &address);
	return 0;
}

/*
 * Behind the parameters, of which there are three since 6.10 (struct
 * proto_accept_arg came with it), four before. bpf_get_func_ret would know, but
 * came only in 5.17. The barriers keep the two loads apart: merged into one, its
 * address would be computed, and verifiers before 7.x want constant offsets into
 * the context.
 */
static __always_inline int accept_result(const __u64 *ctx)
{
	__u64 result;

	if (bpf_core_type_exists(struct proto_accept_arg)) {
		result = ctx[3];
		barrier_var(result);
	} else {
		result = ctx[4];
		barrier_var(result);
	}
	return (int)result;
}

SEC("fexit/inet_accept")
int accept_exit(__u64 *ctx)
{
	struct socket *newsock = (struct socket *)ctx[1]; /* it has its file already */
	struct note *note = traced_note();
	struct traits traits;
	struct file *file;
	struct sock *sk;
	__u64 number;

	if (!note || accept_result(ctx) < 0)
		return 0;
	/*
	 * The twin sees it too, and one accept function may call another for the
	 * same new socket: before 6.10 mptcp_stream_accept called inet_accept.
	 */
	number = number_of(newsock);
	if (note->accepted == number)
		return 0;
	note->accepted = number;
	file = BPF_CORE_READ(newsock, file);
	sk = file ? sock_of(file) : NULL;
	if (!sk)
		return 0;
	note->hooked = (__u64)sk;
	traits = traits_of(sk);
	if (is_wanted(&traits))
		accepted(sk, &traits, BPF_CORE_READ(file, f_inode, i_ino));
	return 0;
}

/*
 * Functions of modules that are loaded later are not hooked yet: user space
 * attaches syscall_exit at once, then hooks what the module brings.
 */
SEC("tp_btf/module_load")
int follow_modules(void *ctx)
{
	void *wake;

	__sync_fetch_and_add(&state.modules, 1);
	wake = bpf_ringbuf_reserve(&events, sizeof(struct event), 0);
	if (wake) /* else the reader is awake: the buffer is full */
		bpf_ringbuf_discard(wake, BPF_RB_FORCE_WAKEUP);
	return 0;
}

/* ---- hook: sys_exit ---- */

static __always_inline void syscall_ended(struct pt_regs *regs, long result, enum turn turn)
{
	struct syscall call = {};
	struct traits traits;
	struct file *file;
	struct note *note;
	struct sock *sk;
	__u64 inode;

	if (!may_be_socket_call(regs))
		return;
	note = traced_note();
	if (!note)
		return;
	decode_syscall(&call, regs, bpf_get_current_task_btf());
	if (call.call == CALL_OTHER || (call.call == CALL_ACCEPT && result < 0))
		return;
	if (call.call == CALL_ACCEPT)
		call.fd = (int)result;
	if (!config.fexit && is_told(&note->told, turn, call.call, call.fd))
		return;
	file = socket_file(bpf_get_current_task_btf(), call.fd);
	sk = file ? sock_of(file) : NULL;
	if (!sk) {
		/* Another thread closed the descriptor in the same instant. */
		if (result >= 0 && !config.fexit)
			count_lost(LOST_SOCKET);
		return;
	}
	/* Then there is no twin: it is for calls that no fexit program sees. */
	if (config.fexit && note->hooked == (__u64)sk) {
		note->hooked = 0;
		return;
	}
	traits = traits_of(sk);
	if (!is_wanted(&traits))
		return;
	inode = BPF_CORE_READ(file, f_inode, i_ino);
	if (call.call == CALL_ACCEPT) {
		accepted(sk, &traits, inode);
	} else {
		struct address address = {};

		read_address(&address, MEMORY_USER, call.address, call.address_length);
		connected(sk, &traits, inode, (int)result, &address);
	}
}

SEC("tp_btf/sys_exit")
int BPF_PROG(syscall_exit, struct pt_regs *regs, long result)
{
	syscall_ended(regs, result, TURN_FIRST);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(syscall_exit_twin, struct pt_regs *regs, long result)
{
	syscall_ended(regs, result, TURN_TWIN);
	return 0;
}
