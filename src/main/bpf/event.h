/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What goes through the ring buffer: one record per socket, in the byte order
 * of the machine unless said otherwise. The Java side reads the same layout
 * (EventDecoder); a test compares the two.
 */
#ifndef TCPW_EVENT_H
#define TCPW_EVENT_H

enum event_kind { EVENT_CONNECT = 1, EVENT_ACCEPT = 2 };

/* include/uapi/linux/un.h */
#define UNIX_PATH_MAX 108

/* Every record begins with this; what follows depends on the family. */
struct event {
	__u64 time;     /* bpf_ktime_get_ns(): CLOCK_MONOTONIC, nanoseconds */
	__u32 pid;      /* process (tgid), in the pid namespace tcpw runs in */
	__s32 result;   /* what the call returned: >= 0, or -errno */
	__u16 kind;     /* enum event_kind */
	__u16 family;   /* AF_* */
	__u16 type;     /* SOCK_* */
	__u16 protocol; /* IPPROTO_* */
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

/* AF_UNIX. An abstract name begins with a NUL byte. */
struct unix_event {
	struct event event;
	__u16 path_length; /* of path, in bytes; 0: unnamed */
	__u8 path[UNIX_PATH_MAX];
	__u16 pad;
};

/* What user space asks for, before the programs are loaded. */
struct config {
	__u8 udp;
	__u8 unix_domain;
	__u8 fexit; /* sockets are told by fexit programs; syscall_exit tells the rest */
	__u8 twice; /* what tells of sockets is attached twice, each with a twin */
};

/* What the running programs and user space tell each other. */
struct state {
	__u64 marked_at;     /* bpf_ktime_get_ns() when the spawner was marked */
	__u32 pid_level;     /* depth of tcpw's own pid namespace */
	__u32 reader_sleeps; /* 1: set by user space, which waits to be woken */
	__u32 modules;       /* how many kernel modules were loaded since the start */
	__u32 pad;
};

/* Events that could not be told, counted per CPU by their reason. */
enum lost { LOST_BUFFER_FULL, LOST_SOCKET, LOST_TASK, LOST_REASONS };

#endif
