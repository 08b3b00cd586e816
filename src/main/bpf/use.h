/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The use of sockets: listen, and the calls that move data. They show what neither
 * connect nor accept does: datagrams between sockets that are not connected, and
 * sockets that were there before, inherited or passed on.
 */
#ifndef TCPW_USE_H
#define TCPW_USE_H

/* ---- sockets that were there before ---- */

/* Neither end has a name: socketpair made it (socketpair(2)). */
static __always_inline bool is_of_a_pair(struct sock *sk)
{
	struct unix_sock *peer = (struct unix_sock *)BPF_CORE_READ((struct unix_sock *)sk, peer);

	return !BPF_CORE_READ((struct unix_sock *)sk, addr) &&
	       (!peer || !BPF_CORE_READ(peer, addr));
}

/*
 * A socket is used or listed that nothing is known of: inherited, or passed on. A global
 * function, for its own stack.
 */
__attribute__((noinline)) int found(__u64 socket, const struct traits *traits, __u64 inode,
                                    const struct owner *owner)
{
	struct sock *sk = (struct sock *)socket;
	struct ends ends = {};
	struct step step;

	if (!traits || !owner)
		return 0;
	step = (struct step){
		.owner = *owner,
		.kind = EVENT_FOUND,
		.result = makes_connections(traits) ? state_of(sk) : 0,
		.after = UNKNOWN,
		.inode = inode,
	};
	if (is_inet(traits)) {
		if (known_socket(sk, inode))
			return 0;
		read_ends(&ends, sk, traits->family);
		if (ends.local_port == 0 || !is_first_seen(inode))
			return 0;
		report_inet((__u64)sk, traits, &step, &ends);
		if (!ASKED(lifecycle))
			return 0;
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
	return 0;
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
	found((__u64)sk, &traits, BPF_CORE_READ(file, f_inode, i_ino), &owner);
	return 0;
}

/* ---- the hook ---- */

/* A global function, for its own stack. */
__attribute__((noinline)) int listens(__u64 socket, const struct traits *traits, __u64 inode,
                                      int backlog)
{
	struct sock *sk = (struct sock *)socket;
	struct ends ends = {};
	struct step step;

	if (!traits)
		return 0;
	step = first_step(EVENT_LISTEN, DIRECTION_NONE, inode);
	step.result = backlog;
	if (is_inet(traits)) {
		if (known_socket(sk, inode)) /* again, to change the backlog */
			return 0;
		read_ends(&ends, sk, traits->family);
		report_inet((__u64)sk, traits, &step, &ends);
		follow(sk, traits, &step, &ends);
	} else if (is_first_seen(inode)) {
		if (traits->family == AF_UNIX)
			report_unix(sk, traits, &step, NULL);
		else
			report_other(sk, traits, &step);
	}
	return 0;
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

/* A netlink socket needs no connect: its first message is told of. */
static __always_inline void netlink_used(struct sock *sk, const struct traits *traits, __u64 inode,
                                         bool is_outgoing)
{
	struct step step;

	if (!is_first_seen(inode))
		return;
	step = first_step(EVENT_DATAGRAM, is_outgoing ? DIRECTION_OUTGOING : DIRECTION_INCOMING,
	                  inode);
	step.result = is_outgoing;
	report_other(sk, traits, &step);
}

/*
 * Unix datagrams need no connect either: the first that a socket sends to somebody is
 * told of. A global function, for its own stack.
 */
__attribute__((noinline)) int unix_datagram_sent(struct datagrams *d)
{
	struct address address = {};

	if (!d || !d->name)
		return 0;
	read_address(&address, MEMORY_USER, d->name, d->size);
	if (address.length > sizeof(__u16) && is_first_seen(d->step.inode))
		report_unix(d->sk, &d->traits, &d->step, &address);
	return 0;
}

static __always_inline void unix_used(struct sock *sk, const struct traits *traits, __u64 inode,
                                      const struct transfer *transfer)
{
	struct datagrams datagrams = {
		.sk = sk,
		.step = first_step(EVENT_DATAGRAM, DIRECTION_OUTGOING, inode),
		.traits = *traits,
	};
	__u32 length = transfer->name_length;

	if (!transfer->is_outgoing) { /* the first that came tells of whom it serves */
		if (!is_of_a_pair(sk) && is_first_seen(inode)) {
			datagrams.step.direction = DIRECTION_INCOMING;
			report_unix(sk, traits, &datagrams.step, NULL);
		}
		return;
	}
	datagrams.step.result = 1;
	datagrams.name = transfer->name;
	if (transfer->naming != NAMING_ADDRESS) {
		/* struct msghdr: the pointer, then the length; of several the first's */
		datagrams.name = name_in_message(transfer->name, transfer->is_32_bit);
		bpf_probe_read_user(&length, sizeof(length),
		                    transfer->name + (transfer->is_32_bit ? 4 : 8));
	}
	datagrams.size = length;
	unix_datagram_sent(&datagrams);
}

static __always_inline void transfer_ended(struct pt_regs *regs, long result, enum turn turn)
{
	struct transfer transfer = {};
	struct traits traits;
	struct note *note;
	struct file *file;
	struct sock *sk;
	__u64 inode;

	if (result < 0 || !may_be_transfer(regs))
		return;
	note = traced_note();
	if (!note)
		return;
	if (!decode_transfer(&transfer, regs, bpf_get_current_task_btf()))
		return;
	if (!ASKED(lifecycle) && !ASKED(netlink) && transfer.naming == NAMING_NONE) /* or listen */
		return;
	if (is_told(&note->moved, turn, transfer.naming, transfer.fd))
		return;
	file = socket_file(bpf_get_current_task_btf(), transfer.fd);
	sk = file ? sock_of(file) : NULL;
	if (!sk)
		return;
	traits = traits_of(sk);
	if (!is_wanted(&traits))
		return;
	inode = BPF_CORE_READ(file, f_inode, i_ino);
	if (traits.family == AF_NETLINK) {
		netlink_used(sk, &traits, inode, transfer.is_outgoing);
		return;
	}
	if (ASKED(unix_domain) && traits.family == AF_UNIX && traits.type == SOCK_DGRAM &&
	    transfer.naming != NAMING_NONE)
		unix_used(sk, &traits, inode, &transfer);
	if (!ASKED(lifecycle) && transfer.naming == NAMING_NONE)
		return;
	if (transfer.is_listen) {
		listens((__u64)sk, &traits, inode, transfer.backlog);
		return;
	}
	if (is_udp(&traits)) {
		/* Looked at, to be received yet; or one of our own that came back. */
		if (transfer.flags & (MSG_PEEK | MSG_ERRQUEUE))
			return;
		datagrams_moved(sk, &traits, inode, &transfer, result);
	} else if (ASKED(lifecycle) && state_of(sk) != TCP_CLOSE) {
		struct owner owner;

		read_current(&owner);
		found((__u64)sk, &traits, inode, &owner);
	}
}

SEC("tp_btf/sys_exit")
int BPF_PROG(transfer_exit, struct pt_regs *regs, long result)
{
	transfer_ended(regs, result, TURN_FIRST);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(transfer_exit_twin, struct pt_regs *regs, long result)
{
	transfer_ended(regs, result, TURN_TWIN);
	return 0;
}

/* ---- the end of tracing ---- */

/*
 * Reports the end of what has not ended, when tracing does. Stops when the ring
 * buffer is full: user space empties it and runs this again until it returns 0.
 */
static long report_open_socket(void *map, const __u64 *key, struct known *known, int *is_full)
{
	struct step step;

	if (known->told && !known->closed) {
		step = step_of(known, EVENT_CLOSE);
		step.ending = ENDING_STILL_OPEN;
		step.after = time_between(known->began, bpf_ktime_get_ns());
		/* Closed by the command, and only the peer's answer is outstanding. */
		if (known->ending && !inode_of((struct sock *)known->socket))
			step.ending = known->ending;
		if (!report_close((struct sock *)known->socket, &known->traits, &step, &known->ends,
		                  NULL)) {
			*is_full = 1;
			return 1;
		}
	}
	known->closed = 1;
	bpf_map_delete_elem(map, key);
	return 0;
}

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

#endif
