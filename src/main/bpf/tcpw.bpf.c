/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Reports every socket that the traced tasks connect or accept.
 *
 * Which tasks: task storage marks them, so no pid number is ever compared and
 * nothing has to be cleaned up. tcpw's spawning thread marks itself as the
 * spawner (mark_spawner); the process it forks is traced, and so is every task
 * a traced task forks (follow_fork).
 *
 * Which sockets: one of two hooks reports the end of connect and accept.
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

/*
 * Pointers are read with BPF_CORE_READ, never by dereferencing a typed pointer.
 * Older verifiers let no typed pointer be computed with, and newer ones, to see
 * whether what was loaded can be trusted, search all types of the kernel for a
 * name (btf_nested_type_is_trusted, kernel/bpf/btf.c): milliseconds each time.
 */

char LICENSE[] SEC("license") = "GPL";

/* Set before the object is loaded; the verifier drops what it switches off. */
const volatile struct config config SEC(".rodata.config") = {};

/* Shared with user space, which maps it. */
struct state state SEC(".data.state") = {};

enum mark { MARK_TRACED = 1, MARK_SPAWNER = 2 };

/* What is known of a task. */
struct note {
	__u32 mark; /* enum mark */
	__u32 pad;
	__u64 told;     /* see told_by_twin */
	__u64 hooked;   /* the socket that an fexit program saw last */
	__u64 accepted; /* the inode number of the new socket that accept_exit told last */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct note);
} notes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LOST_REASONS);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

/* Both ends of an inet socket, as in struct inet_event. */
struct ends {
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
};

/* A TCP connect that was not yet answered by connect(). */
struct handshake {
	struct ends ends; /* as they were when it failed */
	__u64 failed;     /* the socket's cookie when it failed; 0: it has not */
	bool reported;    /* its line was sent: connect() said EINPROGRESS */
};

/*
 * Handshakes by socket, but only those worth a note: that failed (the kernel
 * wipes the addresses before connect returns, tcp_disconnect) or that have
 * their line already. LRU: a socket that is never asked about again ages out.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64); /* address of struct sock */
	__type(value, struct handshake);
} handshakes SEC(".maps");

/* ---- counting what is lost ---- */

static __always_inline void count_lost(enum lost reason)
{
	__u32 key = reason;
	__u64 *count = bpf_map_lookup_elem(&lost, &key);

	if (count)
		++*count;
}

/* ---- which tasks ---- */

static __always_inline bool set_mark(struct task_struct *task, __u32 mark)
{
	struct note *note = bpf_task_storage_get(&notes, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!note)
		return false;
	note->mark = mark;
	return true;
}

/* The current task's; NULL: it is not traced. */
static __always_inline struct note *traced_note(void)
{
	struct note *note = bpf_task_storage_get(&notes, bpf_get_current_task_btf(), 0, 0);

	return note && note->mark == MARK_TRACED ? note : NULL;
}

/*
 * A kernel that preempts BPF programs leaves out one that it has preempted on
 * this CPU (prog->active, kernel/bpf/trampoline.c): the task that runs there
 * meanwhile would pass unseen. So every program has a twin, which is attached
 * to the same hook and runs after it. For one call both see the same socket:
 * the first of the two that runs tells.
 */
static __always_inline bool told_by_twin(struct note *note, struct sock *sk)
{
	bool told = config.twice && note->told == (__u64)sk;

	note->told = told ? 0 : (__u64)sk;
	return told;
}

/* Run once by the thread that is about to spawn the command (BPF_PROG_TEST_RUN). */
SEC("raw_tp")
int mark_spawner(void *ctx)
{
	struct task_struct *self = bpf_get_current_task_btf();

	state.pid_level = BPF_CORE_READ(self, thread_pid, level);
	state.marked_at = bpf_ktime_get_ns();
	return set_mark(self, MARK_SPAWNER);
}

static __always_inline void forked(struct task_struct *parent, struct task_struct *child)
{
	struct note *note = bpf_task_storage_get(&notes, parent, 0, 0);

	if (!note)
		return;
	/* The spawner's new processes are the command; its new threads are tcpw. */
	if (note->mark == MARK_SPAWNER && child->tgid == parent->tgid)
		return;
	if (!set_mark(child, MARK_TRACED))
		count_lost(LOST_TASK);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(follow_fork, struct task_struct *parent, struct task_struct *child)
{
	forked(parent, child);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(follow_fork_twin, struct task_struct *parent, struct task_struct *child)
{
	forked(parent, child);
	return 0;
}

/* ---- reading sockets ---- */

/*
 * The socket behind a file. Asked for by file, not by struct socket, because SMC
 * that falls back to TCP puts its TCP socket behind the file of the command's
 * (smc_switch_to_fallback, net/smc/af_smc.c), and that is what it uses from then on.
 */
static __always_inline struct sock *sock_of(struct file *file)
{
	struct socket *sock = BPF_CORE_READ(file, private_data);

	return sock ? BPF_CORE_READ(sock, sk) : NULL;
}

/* What a socket is, and stays. */
struct traits {
	__u16 family;
	__u16 type;
	__u16 protocol;
};

static __always_inline struct traits traits_of(struct sock *sk)
{
	return (struct traits){
		.family = BPF_CORE_READ(sk, __sk_common.skc_family),
		.type = BPF_CORE_READ(sk, sk_type),
		.protocol = BPF_CORE_READ(sk, sk_protocol),
	};
}

static __always_inline bool is_inet(const struct traits *traits)
{
	return traits->family == AF_INET || traits->family == AF_INET6;
}

/* Connecting one of the others just sets where it sends to (connect(2)). */
static __always_inline bool makes_connections(const struct traits *traits)
{
	return traits->type != SOCK_DGRAM && traits->type != SOCK_RAW && traits->type != SOCK_RDM;
}

/* The sockets that are asked for; the rest costs nothing more. */
static __always_inline bool is_wanted(const struct traits *traits)
{
	if (traits->family == AF_UNIX)
		return config.unix_domain;
	if (makes_connections(traits))
		return traits->family != AF_NETLINK && traits->family != AF_ALG;
	/* Other datagrams than UDP are ping's (IPPROTO_ICMP). */
	return config.udp && traits->type == SOCK_DGRAM && is_inet(traits) &&
	       (traits->protocol == IPPROTO_UDP || traits->protocol == IPPROTO_UDPLITE);
}

static __always_inline void read_ends(struct ends *ends, struct sock *sk, __u16 family)
{
	if (family == AF_INET) {
		bpf_core_read(ends->local, 4, &sk->__sk_common.skc_rcv_saddr);
		bpf_core_read(ends->remote, 4, &sk->__sk_common.skc_daddr);
	} else if (bpf_core_field_exists(sk->__sk_common.skc_v6_daddr)) {
		bpf_core_read(ends->local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(ends->remote, 16, &sk->__sk_common.skc_v6_daddr);
	}
	/* skc_num is cleared when the port is given back, inet_sport is not. */
	ends->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	if (!ends->local_port)
		ends->local_port = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
	ends->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
}

/* connect's own argument, copied from the kernel's or the caller's memory. */
struct address {
	__u8 bytes[128]; /* struct sockaddr_storage */
	__u32 length;    /* of what is known; 0: nothing */
};

enum memory { MEMORY_KERNEL, MEMORY_USER };

static __always_inline void read_address(struct address *address, enum memory memory,
                                         const void *from, __u32 given)
{
	__u64 length = given;

	barrier_var(length); /* or the verifier loses sight of the bound */
	if (length > sizeof(address->bytes))
		return;
	if (memory == MEMORY_KERNEL ? !bpf_probe_read_kernel(address->bytes, length, from)
	                            : !bpf_probe_read_user(address->bytes, length, from))
		address->length = length;
}

static __always_inline __u16 address_family(const struct address *address)
{
	return *(const __u16 *)address->bytes;
}

/* struct sockaddr_in: family, port, address; sockaddr_in6 has flowinfo between. */
static __always_inline void read_remote(struct ends *ends, __u16 family,
                                        const struct address *address)
{
	__u16 given = address_family(address);

	if (address->length < 8 || (given != AF_INET && given != AF_INET6))
		return;
	ends->remote_port = bpf_ntohs(*(const __be16 *)(address->bytes + 2));
	__builtin_memset(ends->remote, 0, sizeof(ends->remote));
	if (given == AF_INET6) {
		if (address->length >= 24)
			__builtin_memcpy(ends->remote, address->bytes + 8, 16);
	} else if (family == AF_INET) {
		__builtin_memcpy(ends->remote, address->bytes + 4, 4);
	} else { /* an IPv4 address on an IPv6 socket: IPv4-mapped */
		ends->remote[10] = ends->remote[11] = 0xff;
		__builtin_memcpy(ends->remote + 12, address->bytes + 4, 4);
	}
}

/* ---- writing events ---- */

static __always_inline void fill_event(struct event *event, struct sock *sk,
                                       const struct traits *traits, __u16 kind, int result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);

	event->time = bpf_ktime_get_ns();
	event->pid = 0;
	bpf_probe_read_kernel(&event->pid, sizeof(event->pid),
	                      (void *)&pid->numbers +
	                              state.pid_level * bpf_core_type_size(struct upid));
	event->result = result;
	event->kind = kind;
	event->family = traits->family;
	event->type = traits->type;
	event->protocol = traits->protocol;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	BPF_CORE_READ_INTO(&event->proto, sk, __sk_common.skc_prot, name);
}

static __always_inline void *reserve(__u64 size)
{
	void *record = bpf_ringbuf_reserve(&events, size, 0);

	if (!record)
		count_lost(LOST_BUFFER_FULL);
	return record;
}

/*
 * Waking the reader costs more than all the rest, so it is woken only when it
 * says that it sleeps. The exchange is a full barrier: either it sees the flag
 * that the reader has set, or the reader, polling after that, the record.
 */
static __always_inline void submit(void *record)
{
	__u32 sleeps = __sync_lock_test_and_set(&state.reader_sleeps, 0);

	bpf_ringbuf_submit(record, sleeps ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

static __always_inline void report_inet(struct sock *sk, const struct traits *traits, __u16 kind,
                                        int result, const struct ends *ends)
{
	struct inet_event *record = reserve(sizeof(*record));

	if (!record)
		return;
	fill_event(&record->event, sk, traits, kind, result);
	__builtin_memcpy(record->local, ends->local, sizeof(record->local));
	__builtin_memcpy(record->remote, ends->remote, sizeof(record->remote));
	record->local_port = ends->local_port;
	record->remote_port = ends->remote_port;
	record->pad = 0;
	submit(record);
}

/* Of the path in a struct sockaddr_un of this length. */
static __always_inline __u64 path_length(__u64 length)
{
	if (length <= sizeof(__u16))
		return 0;
	length -= sizeof(__u16);
	barrier_var(length); /* or the verifier loses sight of the bound */
	return length <= UNIX_PATH_MAX ? length : UNIX_PATH_MAX;
}

static __always_inline void report_unix_connect(struct sock *sk, const struct traits *traits,
                                                int result, const struct address *address)
{
	struct unix_event *record = reserve(sizeof(*record));

	if (!record)
		return;
	fill_event(&record->event, sk, traits, EVENT_CONNECT, result);
	__builtin_memcpy(record->path, address->bytes + sizeof(__u16), sizeof(record->path));
	record->path_length = path_length(address->length);
	record->pad = 0;
	submit(record);
}

/* An accepted Unix socket shares the address of the socket that listens. */
static __always_inline void report_unix_accept(struct sock *sk, const struct traits *traits)
{
	struct unix_event *record = reserve(sizeof(*record));
	struct unix_address *address;
	__u64 length = 0;

	if (!record)
		return;
	fill_event(&record->event, sk, traits, EVENT_ACCEPT, 0);
	address = BPF_CORE_READ((struct unix_sock *)sk, addr);
	__builtin_memset(record->path, 0, sizeof(record->path));
	if (address) {
		length = path_length(BPF_CORE_READ(address, len));
		bpf_probe_read_kernel(record->path, length, (void *)&address->name + sizeof(__u16));
	}
	record->path_length = length;
	record->pad = 0;
	submit(record);
}

/* Only the address family and the socket type are known of other families. */
static __always_inline void report_other(struct sock *sk, const struct traits *traits, __u16 kind,
                                         int result)
{
	struct event *record = reserve(sizeof(*record));

	if (!record)
		return;
	fill_event(record, sk, traits, kind, result);
	submit(record);
}

/* ---- the end of connect and accept, whatever the hook ---- */

/* The kernel goes on connecting behind the caller's back (inet_stream_connect). */
static __always_inline bool is_in_progress(int result)
{
	return result == -EINPROGRESS || result == -EINTR ||
	       (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK);
}

static __always_inline bool was_reported(__u64 key, int result)
{
	struct handshake *handshake = bpf_map_lookup_elem(&handshakes, &key);
	bool reported = handshake && handshake->reported;

	if (handshake && is_in_progress(result)) {
		handshake->reported = true; /* over the loopback it may have failed already */
	} else if (handshake) {
		bpf_map_delete_elem(&handshakes, &key);
	} else if (is_in_progress(result)) {
		static const struct handshake begun = {.reported = true};

		bpf_map_update_elem(&handshakes, &key, &begun, BPF_ANY);
	}
	return reported;
}

/* Whether the ends of a failed connect were saved; if so, they are read and forgotten. */
static __always_inline bool read_saved_ends(struct ends *ends, __u64 key, struct sock *sk)
{
	struct handshake *handshake = bpf_map_lookup_elem(&handshakes, &key);

	/* The cookie: this address may have been another socket's. */
	if (!handshake || !handshake->failed ||
	    handshake->failed != (__u64)BPF_CORE_READ(sk, __sk_common.skc_cookie.counter))
		return false;
	*ends = handshake->ends;
	bpf_map_delete_elem(&handshakes, &key);
	return true;
}

static __always_inline void inet_connected(struct sock *sk, const struct traits *traits, int result,
                                           const struct address *address)
{
	bool has_handshake = makes_connections(traits);
	__u64 key = (__u64)sk;
	struct ends ends = {};

	if (result == 0 || is_in_progress(result)) {
		if (has_handshake && was_reported(key, result))
			return;
		read_ends(&ends, sk, traits->family);
		report_inet(sk, traits, EVENT_CONNECT, result == 0 ? 0 : -EINPROGRESS, &ends);
		return;
	}
	if (!has_handshake || !read_saved_ends(&ends, key, sk)) {
		read_ends(&ends, sk, traits->family);
		read_remote(&ends, traits->family, address);
	}
	report_inet(sk, traits, EVENT_CONNECT, result, &ends);
}

static __always_inline void connected(struct sock *sk, const struct traits *traits, int result,
                                      const struct address *address)
{
	/* AF_UNSPEC asks to disconnect (connect(2)): no connection is made. */
	if (address->length >= 2 && address_family(address) == AF_UNSPEC)
		return;
	/* Asked again about a connect that has its line already. */
	if (result == -EALREADY || result == -EISCONN)
		return;
	if (is_inet(traits))
		inet_connected(sk, traits, result, address);
	else if (result <= -ERESTARTSYS)
		return; /* runs again, from the beginning */
	else if (traits->family == AF_UNIX)
		report_unix_connect(sk, traits, result, address);
	else
		report_other(sk, traits, EVENT_CONNECT, result);
}

static __always_inline void accepted(struct sock *sk, const struct traits *traits)
{
	if (is_inet(traits)) {
		struct ends ends = {};

		read_ends(&ends, sk, traits->family);
		report_inet(sk, traits, EVENT_ACCEPT, 0, &ends);
	} else if (traits->family == AF_UNIX) {
		report_unix_accept(sk, traits);
	} else {
		report_other(sk, traits, EVENT_ACCEPT, 0);
	}
}

/*
 * Of every task's sockets: the state often changes in an interrupt, and whose
 * socket it is shows only when connect returns.
 */
static __always_inline void handshake_moved(struct sock *sk, int from, int to)
{
	__u64 key = (__u64)sk;
	struct handshake *known;

	if (to != TCP_SYN_SENT && (from != TCP_SYN_SENT || to != TCP_CLOSE))
		return;
	known = bpf_map_lookup_elem(&handshakes, &key);
	if (to == TCP_SYN_SENT) {
		if (known) /* an earlier attempt, or an earlier socket at this address */
			bpf_map_delete_elem(&handshakes, &key);
	} else {
		struct handshake failed = {
			.failed = bpf_get_socket_cookie(sk),
			.reported = known && known->reported,
		};

		read_ends(&failed.ends, sk, sk->__sk_common.skc_family);
		bpf_map_update_elem(&handshakes, &key, &failed, BPF_ANY);
	}
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(follow_handshake, struct sock *sk, int from, int to)
{
	handshake_moved(sk, from, to);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(follow_handshake_twin, struct sock *sk, int from, int to)
{
	handshake_moved(sk, from, to);
	return 0;
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
	connected(sk, &traits, result, &address);
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
		accepted(sk, &traits);
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

/* The socket behind a descriptor of the current task; NULL: none. */
static __always_inline struct sock *socket_of(struct task_struct *task, int fd)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **slot, *file = NULL;

	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	slot = BPF_CORE_READ(table, fd) + fd;
	if (bpf_core_read(&file, sizeof(file), slot) || !file)
		return NULL;
	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	return sock_of(file);
}

static __always_inline void syscall_ended(struct pt_regs *regs, long result)
{
	struct syscall call = {};
	struct traits traits;
	struct note *note;
	struct sock *sk;

	if (!may_be_socket_call(regs))
		return;
	note = traced_note();
	if (!note)
		return;
	decode_syscall(&call, regs, bpf_get_current_task_btf());
	if (call.call == CALL_OTHER || (call.call == CALL_ACCEPT && result < 0))
		return;
	sk = socket_of(bpf_get_current_task_btf(),
	               call.call == CALL_ACCEPT ? (int)result : call.fd);
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
	if (call.call == CALL_ACCEPT) {
		accepted(sk, &traits);
	} else {
		struct address address = {};

		read_address(&address, MEMORY_USER, call.address, call.address_length);
		connected(sk, &traits, (int)result, &address);
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
