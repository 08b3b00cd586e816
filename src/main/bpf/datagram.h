/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * UDP sockets, which need not connect: each peer is told of at its first datagram.
 */
#ifndef TCPW_DATAGRAM_H
#define TCPW_DATAGRAM_H

/* Whom a socket has exchanged datagrams with. */
struct peer {
	__u64 socket; /* address of struct sock */
	__u8 address[16];
	__u16 port;
	__u16 pad[3];
};

/* LRU: a socket that talks to more peers at once tells of the oldest again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct peer);
	__type(value, __u64); /* inode of the socket */
} peers SEC(".maps");

/* What went through a socket, for its end. */
struct flow {
	__u64 inode;
	__u64 began;
	__u64 socket; /* address of struct sock */
	struct traffic traffic;
	struct owner owner;
	struct traits traits;
	struct ends ends;
	__u8 direction;
	__u8 pad[7];
};

/*
 * By the socket's cookie (SO_COOKIE): that is all of it that a cgroup program sees.
 * Sockets that were made before tcpw came have none yet, and go by their address; their
 * end is not seen.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct flow);
} flows SEC(".maps");

static __always_inline __u64 flow_key(struct sock *sk)
{
	__u64 cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);

	return cookie ? cookie : (__u64)sk;
}

/* Whether this is the first that is seen of them. */
static __always_inline bool is_new_peer(struct sock *sk, __u64 inode, const struct ends *ends)
{
	struct peer peer = {.socket = (__u64)sk, .port = ends->remote_port};
	__u64 *known;

	__builtin_memcpy(peer.address, ends->remote, sizeof(peer.address));
	known = bpf_map_lookup_elem(&peers, &peer);
	if (known && *known == inode)
		return false;
	bpf_map_update_elem(&peers, &peer, &inode, BPF_ANY);
	return true;
}

static __always_inline struct flow *flow_of(struct sock *sk, const struct traits *traits,
                                            const struct step *step, const struct ends *ends)
{
	__u64 key = flow_key(sk);
	struct flow *flow = bpf_map_lookup_elem(&flows, &key);
	static const struct flow empty = {};

	if (flow && flow->inode == step->inode)
		return flow;
	if (!bpf_map_update_elem(&flows, &key, &empty, BPF_ANY))
		flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow) {
		if (is_first_seen(step->inode)) /* not again for each datagram */
			count_lost(LOST_UNFOLLOWED);
		return NULL;
	}
	flow->inode = step->inode;
	flow->began = bpf_ktime_get_ns();
	flow->socket = (__u64)sk;
	flow->traffic.round_trip = UNKNOWN;
	flow->traffic.retransmits = UNKNOWN;
	flow->owner = step->owner;
	flow->traits = *traits;
	flow->ends = *ends;
	flow->direction = step->direction;
	return flow;
}

static __always_inline bool is_same_address(const __u8 *a, const __u8 *b)
{
	for (int i = 0; i < 16; i++) {
		if (a[i] != b[i])
			return false;
	}
	return true;
}

/* One or more of them, to or from one peer. */
struct datagrams {
	struct sock *sk;
	const void *name; /* the peer's address in user space; NULL: see ends */
	__u64 count;
	__u64 size; /* of all, in bytes */
	struct step step;
	struct ends ends; /* remote port 0: nobody said whom */
	struct traits traits;
	bool is_32_bit; /* see messages_passed, as the rest */
	bool may_name;
	const void *message; /* the next */
	__u64 messages;      /* how many more there are */
};

/* The address of a datagram's peer, in user space; IPv6's is longer. */
static __always_inline void read_peer(struct ends *ends, __u16 family, const void *name)
{
	__u8 address[28] __attribute__((aligned(8))) = {};
	__u32 length = 16;

	if (!name || bpf_probe_read_user(address, length, name))
		return;
	if (*(__u16 *)address == AF_INET6 && !bpf_probe_read_user(address, sizeof(address), name))
		length = sizeof(address);
	read_remote(ends, family, address, length);
}

/* A global function: verified once, not for each of the messages of a call. */
__attribute__((noinline)) int datagrams_passed(struct datagrams *d)
{
	struct flow *flow;
	bool is_outgoing;

	if (!d)
		return 0;
	read_peer(&d->ends, d->traits.family, d->name);
	is_outgoing = d->step.result;
	d->step.direction = is_outgoing ? DIRECTION_OUTGOING : DIRECTION_INCOMING;
	if (d->ends.remote_port && is_new_peer(d->sk, d->step.inode, &d->ends))
		report_inet((__u64)d->sk, &d->traits, &d->step, &d->ends);
	if (!ASKED(lifecycle))
		return 0;
	flow = flow_of(d->sk, &d->traits, &d->step, &d->ends);
	if (!flow)
		return 0;
	__sync_fetch_and_add(is_outgoing ? &flow->traffic.sent : &flow->traffic.received, d->size);
	__sync_fetch_and_add(is_outgoing ? &flow->traffic.datagrams_sent
	                                 : &flow->traffic.datagrams_received,
	                     d->count);
	/* The end tells of one peer, if there was but one. */
	if (d->ends.remote_port && (flow->ends.remote_port != d->ends.remote_port ||
	                            !is_same_address(flow->ends.remote, d->ends.remote))) {
		__builtin_memset(flow->ends.remote, 0, sizeof(flow->ends.remote));
		flow->ends.remote_port = 0;
	}
	return 0;
}

/* struct msghdr begins with the pointer to the peer's address (recv(2)). */
static __always_inline const void *name_in_message(const void *message, bool is_32_bit)
{
	__u64 name = 0;

	bpf_probe_read_user(&name, is_32_bit ? 4 : 8, message);
	return (const void *)name;
}

enum { MESSAGES_AT_ONCE = 32 };

/*
 * The next messages of a call that moves several; each is a struct mmsghdr: struct
 * msghdr, then the message's length. A global function: verified once for all of them.
 */
__attribute__((noinline)) int messages_passed(struct datagrams *d)
{
	__u64 size, length;

	if (!d)
		return 0;
	size = d->is_32_bit ? 32 : 64;
	length = d->is_32_bit ? 28 : 56;
	for (int i = 0; i < MESSAGES_AT_ONCE && d->messages > 0; i++) {
		__u32 bytes = 0;

		bpf_probe_read_user(&bytes, sizeof(bytes), d->message + length);
		d->size = bytes;
		d->name = d->may_name ? name_in_message(d->message, d->is_32_bit) : NULL;
		datagrams_passed(d);
		d->message += size;
		d->messages--;
	}
	return 0;
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
		if (ASKED(lifecycle))
			flow_of(sk, traits, step, &ends);
	}
}

static __always_inline bool report_flow_end(struct flow *flow, __u8 ending)
{
	struct step step = {
		.owner = flow->owner,
		.kind = EVENT_CLOSE,
		.direction = flow->direction,
		.ending = ending,
		.after = time_between(flow->began, bpf_ktime_get_ns()),
		.inode = flow->inode,
	};

	return report_close((struct sock *)flow->socket, &flow->traits, &step, &flow->ends,
	                    &flow->traffic);
}

/* Gives every new socket its cookie, so that sys_exit finds one to know it by. */
SEC("cgroup/sock_create")
int name_socket(struct bpf_sock *ctx)
{
	bpf_get_socket_cookie(ctx);
	return 1;
}

SEC("cgroup/sock_release")
int end_flow(struct bpf_sock *ctx)
{
	__u64 key = bpf_get_socket_cookie(ctx);
	struct flow *flow = bpf_map_lookup_elem(&flows, &key);

	if (flow) {
		if (!report_flow_end(flow, ENDING_CLOSED))
			count_lost(LOST_BUFFER_FULL);
		bpf_map_delete_elem(&flows, &key);
	}
	return 1;
}

static long report_open_flow(void *map, const __u64 *key, struct flow *flow, int *is_full)
{
	if (!report_flow_end(flow, ENDING_STILL_OPEN)) {
		*is_full = 1;
		return 1;
	}
	bpf_map_delete_elem(map, key);
	return 0;
}

#endif
