/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Reading sockets.
 *
 * Pointers are read with BPF_CORE_READ, never by dereferencing a typed pointer.
 * Older verifiers let no typed pointer be computed with, and newer ones, to see
 * whether what was loaded can be trusted, search all types of the kernel for a
 * name (btf_nested_type_is_trusted, kernel/bpf/btf.c): milliseconds each time.
 */
#ifndef TCPW_SOCKET_H
#define TCPW_SOCKET_H

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

/*
 * Of a struct socket's own inode. No two have the same, while memory is used again; of SMC
 * that falls back to TCP it is not the one of the file.
 */
static __always_inline __u64 number_of(struct socket *sock)
{
	return BPF_CORE_READ((struct socket_alloc *)sock, vfs_inode.i_ino);
}

/* As ss -e and lsof show it; 0: the kernel's own socket, or closed by the command. */
static __always_inline __u64 inode_of(struct sock *sk)
{
	return BPF_CORE_READ(sk, sk_socket, file, f_inode, i_ino);
}

/* The file behind a descriptor of the current task, if it is a socket; NULL: it is none. */
static __always_inline struct file *socket_file(struct task_struct *task, int fd)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **slot, *file = NULL;

	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	slot = BPF_CORE_READ(table, fd) + fd;
	if (bpf_core_read(&file, sizeof(file), slot) || !file)
		return NULL;
	return (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) == S_IFSOCK ? file : NULL;
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

static __always_inline __u8 state_of(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_state);
}

static __always_inline bool is_inet(const struct traits *traits)
{
	return traits->family == AF_INET || traits->family == AF_INET6;
}

/* Other datagrams than UDP are ping's (IPPROTO_ICMP). */
static __always_inline bool is_udp(const struct traits *traits)
{
	return traits->type == SOCK_DGRAM && is_inet(traits) &&
	       (traits->protocol == IPPROTO_UDP || traits->protocol == IPPROTO_UDPLITE);
}

static __always_inline bool is_tcp(const struct traits *traits)
{
	return is_inet(traits) && traits->type == SOCK_STREAM && traits->protocol == IPPROTO_TCP;
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
		return ASKED(unix_domain);
	if (traits->family == AF_NETLINK)
		return ASKED(netlink);
	if (makes_connections(traits))
		return traits->family != AF_ALG;
	return ASKED(udp) && is_udp(traits);
}

/* Both ends of an inet socket, as in struct inet_event. */
struct ends {
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
};

static __always_inline void read_ends(struct ends *ends, struct sock *sk, __u16 family)
{
	if (family == AF_INET6) {
		BPF_CORE_READ_INTO(&ends->local, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&ends->remote, sk, __sk_common.skc_v6_daddr);
	} else {
		__be32 pair[2];

		BPF_CORE_READ_INTO(&pair, sk, __sk_common.skc_addrpair);
		__builtin_memcpy(ends->remote, &pair[0], 4);
		__builtin_memcpy(ends->local, &pair[1], 4);
	}
	/* Not skc_num: that is gone once a connect has failed. */
	ends->local_port = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
	ends->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
}

/* An address of the socket API, copied from the kernel's or the caller's memory. */
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
static __always_inline void read_remote(struct ends *ends, __u16 family, const __u8 *address,
                                        __u32 length)
{
	__u16 given = *(const __u16 *)address;

	if (length < 8 || (given != AF_INET && given != AF_INET6))
		return;
	ends->remote_port = bpf_ntohs(*(const __be16 *)(address + 2));
	__builtin_memset(ends->remote, 0, sizeof(ends->remote));
	if (given == AF_INET6) {
		if (length >= 24 && family == AF_INET6) /* else EAFNOSUPPORT */
			__builtin_memcpy(ends->remote, address + 8, 16);
	} else if (family == AF_INET) {
		__builtin_memcpy(ends->remote, address + 4, 4);
	} else { /* an IPv4 address on an IPv6 socket: IPv4-mapped */
		ends->remote[10] = ends->remote[11] = 0xff;
		__builtin_memcpy(ends->remote + 12, address + 4, 4);
	}
}

/* Why a connection ended, or could not be made; 0: nobody complained. */
static __always_inline int error_of(struct sock *sk, const struct traits *traits)
{
	int error = BPF_CORE_READ(sk, sk_err);
	struct sock *first;

	if (error == 0 && traits->protocol == IPPROTO_MPTCP &&
	    bpf_core_type_exists(struct mptcp_sock)) {
		first = BPF_CORE_READ((struct mptcp_sock *)sk, first);
		if (first)
			error = BPF_CORE_READ(first, sk_err);
	}
	return error;
}

static __always_inline void read_traffic(struct traffic *traffic, struct sock *sk,
                                         const struct traits *traits)
{
	struct mptcp_sock *mptcp = (struct mptcp_sock *)sk;
	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	__builtin_memset(traffic, 0xff, sizeof(*traffic)); /* UNKNOWN */
	if (is_tcp(traits)) {
		traffic->sent = BPF_CORE_READ(tcp, bytes_sent) - BPF_CORE_READ(tcp, bytes_retrans);
		traffic->received = BPF_CORE_READ(tcp, bytes_received);
		if (BPF_CORE_READ(sk, __sk_common.skc_flags) & (1 << SOCK_DONE) &&
		    traffic->received > 0)
			traffic->received--;
		traffic->round_trip = (__u64)(BPF_CORE_READ(tcp, srtt_us) >> 3) * 1000;
		if (traffic->round_trip == 0)
			traffic->round_trip = UNKNOWN;
		traffic->retransmits = BPF_CORE_READ(tcp, total_retrans);
	} else if (traits->protocol == IPPROTO_MPTCP &&
	           bpf_core_field_exists(struct mptcp_sock, bytes_sent)) {
		traffic->sent =
			BPF_CORE_READ(mptcp, bytes_sent) - BPF_CORE_READ(mptcp, bytes_retrans);
		traffic->received = BPF_CORE_READ(mptcp, bytes_received);
	}
}

/* struct sockaddr_vm, include/uapi/linux/vm_sockets.h */
struct vsock_address {
	__u16 family;
	__u16 reserved;
	__u32 port;
	__u32 cid;
	__u32 rest;
};

struct vsock_ends {
	struct vsock_address local;
	struct vsock_address remote;
};

/*
 * struct vsock_sock (net/vmw_vsock/af_vsock.h) is in a module, of which nothing is
 * known if it is loaded later: it begins with a struct sock, then a pointer, then
 * both addresses. They say themselves whether they are what we take them for.
 */
static __always_inline bool read_vsock_ends(struct vsock_ends *ends, struct sock *sk)
{
	__u64 offset = ((bpf_core_type_size(struct sock) + 7) & ~7ULL) + sizeof(void *);

	return !bpf_probe_read_kernel(ends, sizeof(*ends), (void *)sk + offset) &&
	       ends->local.family == AF_VSOCK;
}

#endif
