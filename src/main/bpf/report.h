/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Writing events into the ring buffer, those that the filter lets pass. */
#ifndef TCPW_REPORT_H
#define TCPW_REPORT_H

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

/* What is to be said of a socket, besides what it says itself. */
struct step {
	struct owner owner;
	__u16 kind;
	__u8 direction;
	__u8 ending;
	__s32 result;
	__u64 after;
	__u64 inode;
};

/* The first that the current task does with a socket. */
static __always_inline struct step first_step(__u16 kind, __u8 direction, __u64 inode)
{
	struct step step = {.kind = kind, .direction = direction, .after = UNKNOWN, .inode = inode};

	read_current(&step.owner);
	return step;
}

/* ---- the filter ---- */

static __always_inline bool is_in(const volatile struct network *network, const __u8 *address)
{
	__u32 left = network->length;

	for (int i = 0; i < 16 && left > 0; i++) {
		__u8 mask = left >= 8 ? 0xff : (__u8)(0xff << (8 - left));

		if ((address[i] & mask) != network->address[i])
			return false;
		left = left >= 8 ? left - 8 : 0;
	}
	return true;
}

/* Whether an inet socket has the ports and addresses that are asked for. */
static __always_inline bool passes_filter(const struct ends *ends, int family)
{
	__u8 remote[16] = {};
	bool has_port = ASKED(port_count) == 0, is_to = ASKED(network_count) == 0;
	bool has_remote = ends->remote_port != 0;

	for (int i = 0; i < MAX_PORTS && i < ASKED(port_count); i++) {
		if (config.ports[i] == ends->local_port || config.ports[i] == ends->remote_port)
			has_port = true;
	}
	if (is_to || !has_port)
		return has_port;
	if (family == AF_INET) {
		remote[10] = remote[11] = 0xff;
		__builtin_memcpy(remote + 12, ends->remote, 4);
	} else {
		__builtin_memcpy(remote, ends->remote, sizeof(remote));
	}
	for (int i = 0; i < 16; i++)
		has_remote |= ends->remote[i] != 0;
	if (!has_remote) /* it listens: in no network, not even 0.0.0.0/0 */
		return false;
	for (int i = 0; i < MAX_NETWORKS && i < ASKED(network_count); i++) {
		/* One of IPv6, such as ::/0, that has the IPv4-mapped addresses in it. */
		if (family == AF_INET && config.networks[i].length < 96)
			continue;
		if (is_in(&config.networks[i], remote))
			return true;
	}
	return false;
}

/* Whatever the family. */
static __always_inline bool is_asked_about(const struct step *step)
{
	if (ASKED(failed) && step->kind != EVENT_FAILED &&
	    (step->kind != EVENT_CONNECT || step->result == 0))
		return false;
	if (ASKED(only) == EVENT_CONNECT)
		return step->direction == DIRECTION_OUTGOING;
	if (ASKED(only) == EVENT_ACCEPT)
		return step->direction == DIRECTION_INCOMING;
	return true;
}

/* Sockets without ports and addresses are none that a filter asks for by these. */
static __always_inline bool is_asked_about_other(const struct step *step)
{
	return ASKED(port_count) == 0 && ASKED(network_count) == 0 && is_asked_about(step);
}

/* ---- records ---- */

static __always_inline void fill_event(struct event *event, struct sock *sk,
                                       const struct traits *traits, const struct step *step)
{
	event->time = bpf_ktime_get_ns();
	event->after = step->after;
	event->inode = step->inode;
	event->pid = step->owner.pid;
	event->result = step->result;
	event->kind = step->kind;
	event->family = traits->family;
	event->type = traits->type;
	event->protocol = traits->protocol;
	event->direction = step->direction;
	event->ending = step->ending;
	__builtin_memset(event->pad, 0, sizeof(event->pad));
	__builtin_memcpy(event->comm, step->owner.comm, sizeof(event->comm));
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

static __always_inline void fill_inet(struct inet_event *record, struct sock *sk,
                                      const struct traits *traits, const struct step *step,
                                      const struct ends *ends)
{
	fill_event(&record->event, sk, traits, step);
	__builtin_memcpy(record->local, ends->local, sizeof(record->local));
	__builtin_memcpy(record->remote, ends->remote, sizeof(record->remote));
	record->local_port = ends->local_port;
	record->remote_port = ends->remote_port;
	record->pad = 0;
}

/* A global function: verified once, not again at each call. */
__attribute__((noinline)) int report_inet(__u64 sk, const struct traits *traits,
                                          const struct step *step, const struct ends *ends)
{
	struct inet_event *record;

	if (!traits || !step || !ends || !is_asked_about(step) ||
	    !passes_filter(ends, traits->family))
		return 0;
	record = reserve(sizeof(*record));
	if (!record)
		return 0;
	fill_inet(record, (struct sock *)sk, traits, step, ends);
	submit(record);
	return 0;
}

/* False: there was no room. */
static __always_inline bool report_close(struct sock *sk, const struct traits *traits,
                                         const struct step *step, const struct ends *ends,
                                         const struct traffic *traffic)
{
	struct close_event *record;

	if (!is_asked_about(step) || !passes_filter(ends, traits->family))
		return true;
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record)
		return false;
	fill_inet(&record->inet, sk, traits, step, ends);
	if (traffic)
		record->traffic = *traffic;
	else if (ends->remote_port == 0)                                           /* it listened */
		__builtin_memset(&record->traffic, 0xff, sizeof(record->traffic)); /* UNKNOWN */
	else
		read_traffic(&record->traffic, sk, traits);
	submit(record);
	return true;
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

/* With the path of connect's argument; without one, with the socket's own. */
static __always_inline void report_unix(struct sock *sk, const struct traits *traits,
                                        const struct step *step, const struct address *given)
{
	struct unix_event *record;
	struct unix_address *own;
	struct pid *peer;
	__u64 length;

	if (!is_asked_about_other(step))
		return;
	record = reserve(sizeof(*record));
	if (!record)
		return;
	fill_event(&record->event, sk, traits, step);
	__builtin_memset(record->pad, 0, sizeof(record->pad));
	__builtin_memset(record->peer_comm, 0, sizeof(record->peer_comm));
	/* Of one that listens it is itself (listen, net/unix/af_unix.c). */
	peer = state_of(sk) == TCP_LISTEN ? NULL : BPF_CORE_READ(sk, sk_peer_pid);
	record->peer_pid = pid_number(peer);
	if (record->peer_pid)
		read_comm_of(record->peer_comm, sizeof(record->peer_comm), peer);
	if (given) {
		length = path_length(given->length);
		__builtin_memcpy(record->path, given->bytes + sizeof(__u16), sizeof(record->path));
	} else {
		length = 0;
		own = BPF_CORE_READ((struct unix_sock *)sk, addr);
		__builtin_memset(record->path, 0, sizeof(record->path));
		if (own) {
			length = path_length(BPF_CORE_READ(own, len));
			bpf_probe_read_kernel(record->path, length,
			                      (void *)&own->name + sizeof(__u16));
		}
	}
	record->path_length = length;
	submit(record);
}

static __always_inline void report_vsock(struct sock *sk, const struct traits *traits,
                                         const struct step *step, const struct vsock_ends *ends)
{
	struct vsock_event *record = reserve(sizeof(*record));

	if (!record)
		return;
	fill_event(&record->event, sk, traits, step);
	record->local_cid = ends->local.cid;
	record->local_port = ends->local.port;
	record->remote_cid = ends->remote.cid;
	record->remote_port = ends->remote.port;
	submit(record);
}

/* Only the address family and the socket type are known of other families. */
static __always_inline void report_other(struct sock *sk, const struct traits *traits,
                                         const struct step *step)
{
	struct vsock_ends ends = {};
	struct event *record;

	if (!is_asked_about_other(step))
		return;
	if (traits->family == AF_VSOCK && read_vsock_ends(&ends, sk)) {
		report_vsock(sk, traits, step, &ends);
		return;
	}
	record = reserve(sizeof(*record));
	if (!record)
		return;
	fill_event(record, sk, traits, step);
	submit(record);
}

#endif
