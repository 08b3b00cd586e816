/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The few kernel types and constants that tcpw reads.
 *
 * Only the fields in use are declared: CO-RE (preserve_access_index) finds
 * their real offsets in the running kernel's BTF when the object is loaded,
 * and looks into anonymous structs and unions by itself. Names and types are
 * the kernel's own.
 */
#ifndef TCPW_KERNEL_H
#define TCPW_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

/* include/uapi/linux/bpf.h */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_F_NO_PREALLOC = 1 };
enum { BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };

/* include/linux/socket.h */
enum {
	AF_UNSPEC = 0,
	AF_UNIX = 1,
	AF_INET = 2,
	AF_INET6 = 10,
	AF_NETLINK = 16,
	AF_ALG = 38,
	AF_VSOCK = 40,
};

/* include/linux/socket.h, flags of recv(2) */
enum { MSG_PEEK = 2, MSG_ERRQUEUE = 0x2000 };

/* include/linux/net.h */
enum { SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_RDM = 4 };

/* include/uapi/linux/in.h */
enum {
	IPPROTO_TCP = 6,
	IPPROTO_UDP = 17,
	IPPROTO_UDPLITE = 136,
	IPPROTO_MPTCP = 262,
};

/* include/net/tcp_states.h; other protocols, too, have these (SCTP: sctp/constants.h) */
enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT = 2,
	TCP_SYN_RECV = 3,
	TCP_FIN_WAIT1 = 4,
	TCP_CLOSE = 7,
	TCP_CLOSE_WAIT = 8,
	TCP_LISTEN = 10,
};

/* include/net/sock.h, enum sock_flags: the peer sent its FIN */
enum { SOCK_DONE = 1 };

/* include/linux/pid.h, enum pid_type */
enum { PIDTYPE_TGID = 1 };

/* include/uapi/linux/stat.h */
enum { S_IFMT = 0170000, S_IFSOCK = 0140000 };

/*
 * include/uapi/asm-generic/errno.h and include/linux/errno.h. The ERESTART
 * family never reaches user space: it tells the kernel to run the call again
 * after a signal handler, or to answer EINTR.
 */
enum {
	EINTR = 4,
	EPIPE = 32,
	ECONNABORTED = 103,
	ECONNRESET = 104,
	EISCONN = 106,
	EALREADY = 114,
	EINPROGRESS = 115,
	ERESTARTSYS = 512,
	ERESTART_RESTARTBLOCK = 516,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
	__u8 in6_u[16];
};

struct proto {
	char name[32];
};

/* Since 6.10; only asked whether it is there. */
struct proto_accept_arg {
	int flags;
};

typedef struct {
	__s64 counter;
} atomic64_t;

struct sock_common {
	__u64 skc_addrpair; /* both addresses of IPv4: the remote one, then the local one */
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	unsigned char skc_state;
	unsigned long skc_flags;
	struct proto *skc_prot;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
};

struct socket;
struct pid;

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type;
	__u16 sk_protocol;
	int sk_err;
	struct socket *sk_socket;
	struct pid *sk_peer_pid;
};

struct inet_sock {
	__be16 inet_sport;
};

struct inet_connection_sock {
	void *icsk_ulp_data;
};

struct tcp_sock {
	__u64 bytes_sent; /* payload, what was sent again counted again */
	__u64 bytes_retrans;
	__u64 bytes_received; /* and 1 for the peer's FIN */
	__u32 srtt_us;        /* eight times the smoothed round-trip time */
	__u32 total_retrans;
};

struct mptcp_sock {
	struct sock *first; /* the subflow that it began with */
	__u64 bytes_sent;   /* since 6.5, as the next two */
	__u64 bytes_received;
	__u64 bytes_retrans;
};

struct mptcp_subflow_context {
	struct sock *conn; /* the MPTCP socket it belongs to */
};

/* The address as the caller of bind() gave it: sun_family, then the name. */
struct sockaddr_un {
	__u16 sun_family;
	char sun_path[108];
};

struct unix_address {
	int len;
	struct sockaddr_un name[0];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct file;

struct socket {
	struct file *file;
	struct sock *sk;
};

struct inode {
	unsigned short i_mode;
	unsigned long i_ino;
};

/* include/net/sock.h: what every socket is in */
struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct file {
	struct inode *f_inode;
	void *private_data;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct pid_namespace;

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct pid {
	unsigned int level;
	struct hlist_head tasks[4];
	struct upid numbers[0];
};

struct thread_info {
	__u32 status;
};

struct task_struct {
	struct thread_info thread_info;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct hlist_node pid_links[4];
	char comm[16];
	struct files_struct *files;
};

/* What iterators hand to their programs (include/linux/bpf.h, kernel/bpf/task_iter.c). */
struct bpf_iter_meta;

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

/* include/uapi/linux/bpf.h: what cgroup programs see of a socket. Not relocated. */
struct bpf_sock;

#pragma clang attribute pop

#endif
