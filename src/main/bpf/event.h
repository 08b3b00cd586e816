/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What goes through the ring buffer: one record per step in the life of a
 * socket, in the byte order of the machine unless said otherwise. The Java side
 * reads the same layout (EventDecoder); a test compares the two.
 */
#ifndef TCPW_EVENT_H
#define TCPW_EVENT_H

/* io.github.tcpw.event.Step says what each means. */
enum event_kind {
	EVENT_CONNECT = 1,
	EVENT_ACCEPT,
	EVENT_ESTABLISHED,
	EVENT_FAILED,
	EVENT_LISTEN,
	EVENT_DATAGRAM,
	EVENT_FOUND,
	EVENT_SUBFLOW,
	EVENT_CLOSE,
};

enum direction { DIRECTION_NONE, DIRECTION_OUTGOING, DIRECTION_INCOMING };

/* In the order of io.github.tcpw.event.Ending. */
enum ending {
	ENDING_CLOSED,
	ENDING_FIN_BY_US,
	ENDING_FIN_BY_PEER,
	ENDING_RST_BY_US,
	ENDING_RST_BY_PEER,
	ENDING_TIMEOUT,
	ENDING_GIVEN_UP,
	ENDING_STILL_OPEN,
};

#define UNKNOWN ((__u64)-1)

/* include/uapi/linux/un.h */
#define UNIX_PATH_MAX 108

/* Every record begins with this; what follows depends on the family. */
struct event {
	__u64 time;  /* bpf_ktime_get_ns(): CLOCK_MONOTONIC, nanoseconds */
	__u64 after; /* since it began, nanoseconds; UNKNOWN */
	__u64 inode; /* of the socket's file; 0: none */
	__u32 pid;   /* process (tgid), in the pid namespace tcpw runs in */
	/*
	 * CONNECT, FAILED: 0 or -errno. LISTEN: the backlog. FOUND: the state (TCP_*).
	 * DATAGRAM: 1 if it was sent, 0 if received.
	 */
	__s32 result;
	__u16 kind;     /* enum event_kind */
	__u16 family;   /* AF_* */
	__u16 type;     /* SOCK_* */
	__u16 protocol; /* IPPROTO_* */
	__u8 direction; /* enum direction */
	__u8 ending;    /* enum ending; CLOSE */
	__u8 pad[6];
	char comm[16];  /* of the thread; NUL-padded; any bytes */
	char proto[32]; /* struct proto's name: TCP, TCPv6, MPTCP, ...; NUL-padded */
};

/* AF_INET and AF_INET6. IPv4 takes the first 4 bytes of an address. */
struct inet_event {
	struct event event;
	__u8 local[16]; /* network byte order */
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u32 pad;
};

/* What went through, in bytes of payload; UNKNOWN where the kernel does not count. */
struct traffic {
	__u64 sent;
	__u64 received;
	__u64 datagrams_sent;
	__u64 datagrams_received;
	__u64 round_trip; /* smoothed, nanoseconds */
	__u64 retransmits;
};

/* CLOSE of AF_INET and AF_INET6. */
struct close_event {
	struct inet_event inet;
	struct traffic traffic;
};

/* AF_UNIX. An abstract name begins with a NUL byte. */
struct unix_event {
	struct event event;
	__u32 peer_pid;     /* as pid above; 0: unknown */
	char peer_comm[16]; /* empty: it has ended */
	__u16 path_length;  /* of path, in bytes; 0: unnamed */
	__u8 path[UNIX_PATH_MAX];
	__u8 pad[6];
};

/* AF_VSOCK. */
struct vsock_event {
	struct event event;
	__u32 local_cid;
	__u32 local_port;
	__u32 remote_cid;
	__u32 remote_port;
};

enum { MAX_PORTS = 8, MAX_NETWORKS = 8, MAX_PIDS = 32 };

/* The addresses that begin with the same bits; IPv4 as ::ffff:a.b.c.d. */
struct network {
	__u8 address[16]; /* network byte order; 0 behind the prefix */
	__u32 length;     /* of the prefix: 0 to 128 bits */
};

/* What user space asks for, before the programs are loaded. */
struct config {
	__u8 udp;
	__u8 unix_domain;
	__u8 netlink;
	__u8 fexit;     /* sockets are told by fexit programs; syscall_exit tells the rest */
	__u8 twice;     /* each fexit program has a twin */
	__u8 lifecycle; /* every step, not only CONNECT, ACCEPT, FAILED and DATAGRAM */
	__u8 all;       /* every task is traced */
	__u8 failed;    /* only connects that fail */
	__u8 only;      /* EVENT_CONNECT or EVENT_ACCEPT: only such sockets; 0: both */
	__u8 port_count;
	__u8 network_count;
	__u8 pid_count;
	__u8 pad[4];
	__u16 ports[MAX_PORTS];
	struct network networks[MAX_NETWORKS];
	__u32 pids[MAX_PIDS]; /* processes to trace with their descendants, see mark_tasks */
};

/* What the running programs and user space tell each other. */
struct state {
	__u64 marked_at;     /* bpf_ktime_get_ns() when the spawner was marked */
	__u64 pid_namespace; /* address of tcpw's own */
	__u32 pid_level;     /* its depth */
	__u32 reader_sleeps; /* 1: set by user space, which waits to be woken */
	__u32 modules;       /* how many kernel modules were loaded since the start */
	__u32 marked;        /* how many tasks mark_tasks has marked */
};

/* Events that could not be told, counted per CPU by their reason. */
enum lost { LOST_BUFFER_FULL, LOST_SOCKET, LOST_TASK, LOST_UNFOLLOWED, LOST_REASONS };

#endif
