/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of a module for kernel.c in version 6.12. With DECLARED it knows of
 * the kernel's structs no more than their names.
 */
#ifndef DECLARED
struct sock;

struct socket {
	struct sock *sk;
};

struct sockaddr {
	unsigned short sa_family;
};

struct proto_accept_arg {
	int flags;
};
#endif

struct socket;
struct sockaddr;
struct proto_accept_arg;
struct vsock_sock;

#define FUNCTION(name, ...)                                                                        \
	int name(__VA_ARGS__)                                                                      \
	{                                                                                          \
		return 0;                                                                          \
	}

FUNCTION(vsock_connect, struct socket *sock, struct sockaddr *address, int length, int flags);
FUNCTION(vsock_accept, struct socket *sock, struct socket *newsock, struct proto_accept_arg *arg);
FUNCTION(virtio_transport_connect, struct vsock_sock *vsk);
FUNCTION(vmci_connect, struct vsock_sock *vsk, struct sockaddr *address, int length, int flags);
