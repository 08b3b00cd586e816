/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The life of a socket: what becomes of it between connect or accept and its end.
 *
 * The kernel's tracepoint inet_sock_set_state tells of all protocols with
 * connections in AF_INET and AF_INET6; often in an interrupt, so whose socket it is
 * has been noted before: by connect's first packet, or when accept returned.
 */
#ifndef TCPW_LIFE_H
#define TCPW_LIFE_H

/* A socket of a traced task. */
struct known {
	__u64 socket; /* address of struct sock, as a number: the verifier types pointers */
	__u64 inode;
	__u64 began;    /* bpf_ktime_get_ns() of its first packet, or when it was told of */
	__u64 answered; /* when its connect succeeded or failed; 0: not yet */
	__u64 subflow;  /* of MPTCP: the struct sock of the one that was told of last */
	struct owner owner;
	struct traits traits;
	struct ends ends; /* once it was told of, or its connect failed */
	__s32 error;      /* an errno */
	__u32 told;       /* its CONNECT, ACCEPT, LISTEN or FOUND was reported */
	__u32 answer_told;
	__u32 closed;
	__u8 direction;
	__u8 ending;
	__u8 pad[2];
};

/* By the address of struct sock. User space sets how many there can be. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct known);
} sockets SEC(".maps");

/* An answer that came when connect had returned: not to be told again if it is asked for. */
struct answer {
	__u64 inode;
	__s32 error; /* an errno; 0: it is connected */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64); /* address of struct sock */
	__type(value, struct answer);
} answers SEC(".maps");

static __always_inline __u64 time_between(__u64 began, __u64 ended)
{
	return began && ended ? ended - began : UNKNOWN;
}

static __always_inline struct step step_of(const struct known *known, __u16 kind)
{
	return (struct step){
		.owner = known->owner,
		.kind = kind,
		.direction = known->direction,
		.after = UNKNOWN,
		.inode = known->inode,
	};
}

/* Entries are filled in where they lie: on the stack, which is small, is no room for them. */
static __always_inline struct known *new_known(struct sock *sk)
{
	static const struct known empty = {};
	__u64 key = (__u64)sk;

	return bpf_map_update_elem(&sockets, &key, &empty, BPF_ANY)
	               ? NULL
	               : bpf_map_lookup_elem(&sockets, &key);
}

/* The first packet of a connect is out: in the task that connects. */
static __always_inline void handshake_began(struct sock *sk, bool is_twin)
{
	__u64 inode, key = (__u64)sk;
	struct note *note = traced_note();
	struct known *known;

	if (!note)
		return;
	inode = inode_of(sk);
	if (inode == 0) /* the kernel's own: a subflow of MPTCP, SMC's TCP */
		return;
	bpf_map_delete_elem(&answers, &key);
	known = new_known(sk);
	note->unfollowed = known ? 0 : key;
	if (!known) {
		if (!is_twin)
			count_lost(LOST_UNFOLLOWED);
		return;
	}
	known->socket = key;
	known->inode = inode;
	known->direction = DIRECTION_OUTGOING;
	known->traits = traits_of(sk);
	known->began = bpf_ktime_get_ns();
	read_current(&known->owner);
}

/* Once, by whoever comes first: connect's return, or the answer itself. */
static __always_inline void report_answer(struct known *known)
{
	__u64 key = known->socket;
	struct step step;

	if (__sync_lock_test_and_set(&known->answer_told, 1))
		return;
	if (known->error || !ASKED(lifecycle)) {
		struct answer answer = {.inode = known->inode, .error = known->error};

		bpf_map_update_elem(&answers, &key, &answer, BPF_ANY);
	}
	if (known->error) {
		step = step_of(known, EVENT_FAILED);
		step.result = -known->error;
	} else {
		step = step_of(known, EVENT_ESTABLISHED);
	}
	step.after = time_between(known->began, known->answered);
	if (known->error || ASKED(lifecycle))
		report_inet(known->socket, &known->traits, &step, &known->ends);
	if (known->error || !ASKED(lifecycle))
		bpf_map_delete_elem(&sockets, &key);
}

static __always_inline void answered(struct sock *sk, struct known *known, int error)
{
	if (known->answered)
		return;
	known->error = error;
	known->answered = bpf_ktime_get_ns();
	read_ends(&known->ends, sk, known->traits.family);
	barrier();
	if (known->told)
		report_answer(known);
}

static __always_inline __u8 ending_of(const struct known *known, int from, int error)
{
	if (from == TCP_LISTEN)
		return ENDING_CLOSED;
	switch (error) {
	case 0:
		return known->ending ? known->ending : ENDING_RST_BY_US;
	case ECONNRESET:
	case EPIPE: /* what tcp_reset says when the peer had closed its side before */
		return ENDING_RST_BY_PEER;
	case ECONNABORTED: /* ss -K */
		return ENDING_RST_BY_US;
	default:
		return ENDING_TIMEOUT;
	}
}

static __always_inline void report_end(struct known *known, __u8 ending)
{
	__u64 key = known->socket;
	struct step step;

	if (__sync_lock_test_and_set(&known->closed, 1))
		return;
	if (ASKED(lifecycle) && known->told) {
		step = step_of(known, EVENT_CLOSE);
		step.ending = ending;
		step.after = time_between(known->began, bpf_ktime_get_ns());
		if (!report_close((struct sock *)known->socket, &known->traits, &step, &known->ends,
		                  NULL))
			count_lost(LOST_BUFFER_FULL);
	}
	bpf_map_delete_elem(&sockets, &key);
}

/* Where both ends connect, or a socket connects to itself, it has received a SYN as well. */
static __always_inline bool is_handshake(int state)
{
	return state == TCP_SYN_SENT || state == TCP_SYN_RECV;
}

static __always_inline void ended(struct sock *sk, struct known *known, int from)
{
	int error = error_of(sk, &known->traits);

	if (is_handshake(from) && error) {
		answered(sk, known, error);
	} else if (!known->told) {
		/* Its connect has not returned yet, and will say why. */
		if (!known->answered)
			answered(sk, known, error);
	} else {
		report_end(known,
		           is_handshake(from) ? ENDING_GIVEN_UP : ending_of(known, from, error));
	}
}

/* A TCP connection that carries an MPTCP connection of a traced task. */
static __always_inline void report_subflow(struct sock *subflow, struct known *known)
{
	struct traits traits = traits_of(subflow);
	struct step step = step_of(known, EVENT_SUBFLOW);
	struct ends ends = {};

	if (known->subflow == (__u64)subflow)
		return;
	known->subflow = (__u64)subflow;
	read_ends(&ends, subflow, traits.family);
	step.inode = 0;
	report_inet(known->subflow, &traits, &step, &ends);
}

static __always_inline void subflow_established(struct sock *sk)
{
	struct known *known;
	__u64 parent;

	if (!bpf_core_type_exists(struct mptcp_subflow_context) || inode_of(sk))
		return;
	parent = (__u64)BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_ulp_data);
	if (!parent)
		return;
	parent = (__u64)BPF_CORE_READ((struct mptcp_subflow_context *)parent, conn);
	known = bpf_map_lookup_elem(&sockets, &parent);
	if (known && known->told && known->traits.protocol == IPPROTO_MPTCP)
		report_subflow(sk, known);
}

static __always_inline void report_first_subflow(struct sock *sk, struct known *known)
{
	struct sock *first;

	if (known->traits.protocol != IPPROTO_MPTCP || !bpf_core_type_exists(struct mptcp_sock))
		return;
	first = BPF_CORE_READ((struct mptcp_sock *)sk, first);
	if (first && state_of(first) == TCP_ESTABLISHED)
		report_subflow(first, known);
}

static __always_inline void state_changed(struct sock *sk, int from, int to, bool is_twin)
{
	__u64 key = (__u64)sk;
	struct known *known;

	if (to == TCP_SYN_SENT) {
		handshake_began(sk, is_twin);
		return;
	}
	/*
	 * An entry goes with the answer then: without this, each of a connection's dozen
	 * states would be looked up.
	 */
	if (!ASKED(lifecycle) && !is_handshake(from))
		return;
	known = bpf_map_lookup_elem(&sockets, &key);
	if (!known) {
		if (ASKED(lifecycle) && to == TCP_ESTABLISHED)
			subflow_established(sk);
		return;
	}
	switch (to) {
	case TCP_ESTABLISHED:
		if (is_handshake(from))
			answered(sk, known, 0);
		break;
	case TCP_FIN_WAIT1:
		if (!known->ending)
			known->ending = ENDING_FIN_BY_US;
		break;
	case TCP_CLOSE_WAIT: /* SCTP says so of whoever closes (SCTP_SS_CLOSING) */
		if (!known->ending &&
		    (is_tcp(&known->traits) || known->traits.protocol == IPPROTO_MPTCP))
			known->ending = ENDING_FIN_BY_PEER;
		break;
	case TCP_CLOSE:
		ended(sk, known, from);
		break;
	}
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(follow_state, struct sock *sk, int from, int to)
{
	state_changed(sk, from, to, false);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(follow_state_twin, struct sock *sk, int from, int to)
{
	state_changed(sk, from, to, true);
	return 0;
}

/* ---- told of by the hooks ---- */

/* The entry of a socket; NULL if there is none: one at its address may be an earlier one's. */
static __always_inline struct known *known_socket(struct sock *sk, __u64 inode)
{
	__u64 key = (__u64)sk;
	struct known *known = bpf_map_lookup_elem(&sockets, &key);

	return known && known->inode == inode ? known : NULL;
}

/*
 * By inode: those of families whose end is not seen, any that were listed, and any that
 * there was no room to follow.
 */
#ifndef TCPW_PLAIN
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u8);
} seen SEC(".maps");
#endif

static __always_inline bool is_first_seen(__u64 inode)
{
#ifdef TCPW_PLAIN
	return true;
#else
	__u8 one = 1;

	return bpf_map_update_elem(&seen, &inode, &one, BPF_NOEXIST) == 0;
#endif
}

/* Follows a socket from now on, that has not connected as a traced task's. */
static __always_inline struct known *follow(struct sock *sk, const struct traits *traits,
                                            const struct step *step, const struct ends *ends)
{
	struct known *known = new_known(sk);

	if (!known) {
		count_lost(LOST_UNFOLLOWED);
		is_first_seen(
			step->inode); /* or it were found when it is used, and counted again */
		return NULL;
	}
	known->socket = (__u64)sk;
	known->inode = step->inode;
	known->began = known->answered = bpf_ktime_get_ns();
	known->owner = step->owner;
	known->traits = *traits;
	known->ends = *ends;
	known->direction = step->direction;
	known->answer_told = 1;
	barrier();
	known->told = 1;
	return known;
}

/* The peer may have been quicker than accept. */
static __always_inline void look_whether_closed(struct sock *sk, struct known *known)
{
	switch (state_of(sk)) {
	case TCP_CLOSE_WAIT:
		if (!known->ending)
			known->ending = ENDING_FIN_BY_PEER;
		break;
	case TCP_CLOSE:
		report_end(known, ending_of(known, TCP_ESTABLISHED, error_of(sk, &known->traits)));
		break;
	}
}

#endif
