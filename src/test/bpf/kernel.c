/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of a kernel whose names end in _connect or _accept, with the
 * parameters they have in the version KERNEL: 510, 601, 612 or 703.
 */
#include <stdbool.h>

struct net;
struct sock;

struct socket {
	struct sock *sk;
};

struct sockaddr {
	unsigned short sa_family;
};

struct sockaddr_unsized {
	unsigned short sa_family;
};

struct proto_accept_arg {
	int flags;
};

#if KERNEL >= 619
#define ADDRESS struct sockaddr_unsized *
#else
#define ADDRESS struct sockaddr *
#endif

#define CONNECT_PARAMETERS struct socket *sock, ADDRESS address, int length, int flags
#if KERNEL >= 610
#define ACCEPT_PARAMETERS                                                                          \
	struct socket *sock, struct socket *newsock, struct proto_accept_arg *argument
#else
#define ACCEPT_PARAMETERS struct socket *sock, struct socket *newsock, int flags, bool kern
#endif

struct proto_ops {
	int family;
	int (*bind)(struct socket *, ADDRESS, int);
	int (*connect)(CONNECT_PARAMETERS);
	int (*accept)(ACCEPT_PARAMETERS);
} inet_stream_ops;

#define FUNCTION(name, ...)                                                                        \
	int name(__VA_ARGS__)                                                                      \
	{                                                                                          \
		return 0;                                                                          \
	}
#define CONNECT(name) FUNCTION(name, CONNECT_PARAMETERS)
#define ACCEPT(name) FUNCTION(name, ACCEPT_PARAMETERS)

CONNECT(inet_stream_connect);
CONNECT(inet_dgram_connect);
CONNECT(unix_stream_connect);
CONNECT(unix_dgram_connect);
CONNECT(netlink_connect);
ACCEPT(inet_accept);
ACCEPT(unix_accept);
#if KERNEL >= 601
ACCEPT(mptcp_stream_accept);
#endif

/* In-kernel callers, and stubs of protocols that cannot connect or accept */
CONNECT(kernel_connect);
CONNECT(sock_no_connect);
ACCEPT(sock_no_accept);
FUNCTION(kernel_accept, struct socket *sock, struct socket **newsock, int flags);

/* Look-alikes with other parameters: too many, too few, of another type */
FUNCTION(__inet_stream_connect, CONNECT_PARAMETERS, int is_sendmsg);
FUNCTION(apparmor_socket_connect, struct socket *sock, struct sockaddr *address, int length);
FUNCTION(selinux_socket_accept, struct socket *sock, struct socket *newsock);
FUNCTION(tcp_v4_connect, struct sock *sk, ADDRESS address, int length);
FUNCTION(othertype_connect, struct socket *sock, struct net *net, int length, int flags);
FUNCTION(wider_connect, struct socket *sock, ADDRESS address, int length, long flags);
FUNCTION(indirect_connect, struct socket *sock, ADDRESS *address, int length, int flags);
FUNCTION(mixed_accept, struct socket *sock, struct socket *newsock, struct net *argument);

/* Look-alikes with another name, or that of the other call */
CONNECT(inet_stream_connected);
CONNECT(inet_connect_now);
CONNECT(swapped_accept);
ACCEPT(swapped_connect);
