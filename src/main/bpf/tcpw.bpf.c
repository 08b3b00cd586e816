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
#include "datagram.h"

/* ---- sockets that were there before ---- */

/* Neither end has a name: socketpair made it (socketpair(2)). */
static __always_inline bool is_of_a_pair(struct sock *sk)
{
	struct unix_sock *peer = (struct unix_sock *)BPF_CORE_READ((struct unix_sock *)sk, peer);

	return !BPF_CORE_READ((struct unix_sock *)sk, addr) &&
	       (!peer || !BPF_CORE_READ(peer, addr));
}

/* A socket is used or listed that nothing is known of: inherited, or passed on. */
static __always_inline void found(struct sock *sk, const struct traits *traits, __u64 inode,
                                  const struct owner *owner)
{
	struct step step = {
		.owner = *owner,
		.kind = EVENT_FOUND,
		.result = makes_connections(traits) ? state_of(sk) : 0,
		.after = UNKNOWN,
		.inode = inode,
	};
	struct ends ends = {};

	if (is_inet(traits)) {
		if (known_socket(sk, inode))
			return;
		read_ends(&ends, sk, traits->family);
		if (ends.local_port == 0 || !is_first_seen(inode))
			return;
		report_inet((__u64)sk, traits, &step, &ends);
		if (!config.lifecycle)
			return;
		if (makes_connections(traits)) {
			if (step.result != TCP_CLOSE)
				follow(sk, traits, &step, &ends);
		} else {
			if (ends.remote_port)
				is_new_peer(sk, inode, &ends);
			flow_of(sk, traits, &step, &ends);
		}
	} else if (traits->family == AF_UNIX) {
		if (!is_of_a_pair(sk) && is_first_seen(inode))
			report_unix(sk, traits, &step, NULL);
	} else if (is_first_seen(inode)) {
		report_other(sk, traits, &step);
	}
}

/* Lists the sockets of processes that run already. */
SEC("iter/task_file")
int list_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct owner owner = {};
	struct traits traits;
	struct note *note;
	struct sock *sk;

	if (!task || !file)
		return 0;
	note = bpf_task_storage_get(&notes, task, 0, 0);
	if (!note || note->mark != MARK_TRACED)
		return 0;
	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	sk = sock_of(file);
	if (!sk)
		return 0;
	traits = traits_of(sk);
	if (!is_wanted(&traits))
		return 0;
	read_owner(&owner, task);
	found(sk, &traits, BPF_CORE_READ(file, f_inode, i_ino), &owner);
	return 0;
}

/* ---- the end of connect and accept, whatever the hook ---- */

/* The kernel goes on connecting behind the caller's back (inet_stream_connect). */
static __always_inline bool is_in_progress(int result)
{
	return result == -EINPROGRESS || result == -EINTR ||
	       (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK);
}

/* The first that the current task does with a socket. */
static __always_inline struct step first_step(__u16 kind, __u8 direction, __u64 inode)
{
	struct step step = {.kind = kind, .direction = direction, .after = UNKNOWN, .inode = inode};

	read_current(&step.owner);
	return step;
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
	if (known && !is_in_progress && !config.lifecycle) /* else ESTABLISHED says so */
		step->after = time_between(known->began, known->answered);
	report_inet((__u64)sk, traits, step, &ends);
	if (!known) {
		if (config.lifecycle)
			known = follow_connected(sk, traits, step, &ends);
	} else if (known->answered && !is_in_progress && !config.lifecycle) {
		bpf_map_delete_elem(&sockets, &key); /* all is said, and connect says EISCONN now */
		return;
	} else {
		known->ends = ends;
		barrier();
		__sync_lock_test_and_set(&known->told, 1); /* a full barrier, see answered() */
		if (known->answered)
			report_answer(known);
	}
	if (config.lifecycle && known) {
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

/* Datagrams have no connection: this only says where they go. */
static __always_inline void datagrams_connected(struct sock *sk, const struct traits *traits,
                                                struct step *step, const struct address *address)
{
	struct ends ends = {};

	read_ends(&ends, sk, traits->family);
	if (step->result)
		read_remote(&ends, traits->family, address->bytes, address->length);
	report_inet((__u64)sk, traits, step, &ends);
	if (step->result == 0) {
		is_new_peer(sk, step->inode, &ends);
		if (config.lifecycle)
			flow_of(sk, traits, step, &ends);
	}
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
		if (config.udp) /* says is_wanted too, but the verifier has forgotten it */
			datagrams_connected(sk, traits, &step, address);
	} else if (traits->family == AF_UNIX) {
		if (config.unix_domain)
			report_unix(sk, traits, &step, address);
	} else {
		report_other(sk, traits, &step);
	}
	if (config.lifecycle && result == 0)
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
		if (config.lifecycle) {
			known = follow(sk, traits, &step, &ends);
			if (known) {
				report_first_subflow(sk, known);
				look_whether_closed(sk, known);
			}
		}
		return;
	}
	if (traits->family != AF_UNIX)
		report_other(sk, traits, &step);
	else if (config.unix_domain)
		report_unix(sk, traits, &step, NULL);
	if (config.lifecycle)
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

	if (!note)
		return 0;
	file = BPF_CORE_READ(sock, file);
	sk = file ? sock_of(file) : NULL;
	if (!sk)
		return 0;
	note->hooked = (__u64)sk;
	if (told_by_twin(note, sk))
		return 0;
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
	file = BPF_CORE_READ(newsock, file);
	sk = file ? sock_of(file) : NULL;
	if (!sk)
		return 0;
	note->hooked = (__u64)sk;
	/*
	 * The twin sees it too, and one accept function may call another for the
	 * same new socket: before 6.10 mptcp_stream_accept called inet_accept.
	 */
	number = BPF_CORE_READ(file, f_inode, i_ino);
	if (note->accepted == number)
		return 0;
	note->accepted = number;
	traits = traits_of(sk);
	if (is_wanted(&traits))
		accepted(sk, &traits, number);
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

static __always_inline void syscall_ended(struct pt_regs *regs, long result)
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
	file = socket_file(bpf_get_current_task_btf(),
	                   call.call == CALL_ACCEPT ? (int)result : call.fd);
	sk = file ? sock_of(file) : NULL;
	if (!sk) {
		/* Another thread closed the descriptor in the same instant. */
		if (result >= 0 && !config.fexit)
			count_lost(LOST_SOCKET);
		return;
	}
	if (config.fexit) { /* without a twin: it is for calls that no fexit program sees */
		if (note->hooked == (__u64)sk) {
			note->hooked = 0;
			return;
		}
	} else if (told_by_twin(note, sk)) {
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
	syscall_ended(regs, result);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(syscall_exit_twin, struct pt_regs *regs, long result)
{
	syscall_ended(regs, result);
	return 0;
}

/* ---- hook: sys_exit, of listen and of calls that move data ---- */

static __always_inline void listens(struct sock *sk, const struct traits *traits, __u64 inode,
                                    int backlog)
{
	struct step step = first_step(EVENT_LISTEN, DIRECTION_NONE, inode);
	struct ends ends = {};

	step.result = backlog;
	if (is_inet(traits)) {
		if (known_socket(sk, inode)) /* again, to change the backlog */
			return;
		read_ends(&ends, sk, traits->family);
		report_inet((__u64)sk, traits, &step, &ends);
		follow(sk, traits, &step, &ends);
	} else if (is_first_seen(inode)) {
		if (traits->family == AF_UNIX)
			report_unix(sk, traits, &step, NULL);
		else
			report_other(sk, traits, &step);
	}
}

static __always_inline void datagrams_moved(struct sock *sk, const struct traits *traits,
                                            __u64 inode, const struct transfer *transfer,
                                            long result)
{
	/* One that is connected receives from that peer alone. */
	bool may_name = transfer->is_outgoing || state_of(sk) != TCP_ESTABLISHED;
	struct datagrams datagrams = {
		.sk = sk,
		.count = 1,
		.size = result,
		.step = first_step(EVENT_DATAGRAM, DIRECTION_NONE, inode),
		.traits = *traits,
	};

	datagrams.step.result = transfer->is_outgoing;
	read_ends(&datagrams.ends, sk, traits->family);
	if (transfer->naming == NAMING_MESSAGES) {
		datagrams.message = transfer->name;
		datagrams.messages = result;
		datagrams.is_32_bit = transfer->is_32_bit;
		datagrams.may_name = may_name;
		/* Of at most 1024 (UIO_MAXIOV). */
		for (int i = 0; i < 1024 / MESSAGES_AT_ONCE && datagrams.messages > 0; i++)
			messages_passed(&datagrams);
		return;
	}
	if (may_name && transfer->naming == NAMING_ADDRESS)
		datagrams.name = transfer->name;
	else if (may_name && transfer->naming == NAMING_MESSAGE)
		datagrams.name = name_in_message(transfer->name, transfer->is_32_bit);
	datagrams_passed(&datagrams);
}

static __always_inline void transfer_ended(struct pt_regs *regs, long result)
{
	struct transfer transfer = {};
	struct traits traits;
	struct file *file;
	struct sock *sk;
	__u64 inode;

	if (result < 0 || !may_be_transfer(regs) || !traced_note())
		return;
	if (!decode_transfer(&transfer, regs, bpf_get_current_task_btf()))
		return;
	if (!config.lifecycle && transfer.naming == NAMING_NONE) /* or listen */
		return;
	file = socket_file(bpf_get_current_task_btf(), transfer.fd);
	sk = file ? sock_of(file) : NULL;
	if (!sk)
		return;
	traits = traits_of(sk);
	if (!is_wanted(&traits))
		return;
	inode = BPF_CORE_READ(file, f_inode, i_ino);
	if (transfer.is_listen) {
		listens(sk, &traits, inode, transfer.backlog);
		return;
	}
	if (is_udp(&traits)) {
		/* Looked at, to be received yet; or one of our own that came back. */
		if (transfer.flags & (MSG_PEEK | MSG_ERRQUEUE))
			return;
		datagrams_moved(sk, &traits, inode, &transfer, result);
	} else if (config.lifecycle && state_of(sk) != TCP_CLOSE) {
		struct owner owner;

		read_current(&owner);
		found(sk, &traits, inode, &owner);
	}
}

SEC("tp_btf/sys_exit")
int BPF_PROG(transfer_exit, struct pt_regs *regs, long result)
{
	transfer_ended(regs, result);
	return 0;
}

/* ---- the end of tracing ---- */

/* Run by user space until it returns 0. */
SEC("raw_tp")
int report_open(void *ctx)
{
	int is_full = 0;

	bpf_for_each_map_elem(&sockets, report_open_socket, &is_full, 0);
	if (!is_full)
		bpf_for_each_map_elem(&flows, report_open_flow, &is_full, 0);
	return is_full;
}
