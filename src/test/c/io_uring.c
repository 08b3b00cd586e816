/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connects to itself over TCP and accepts, all through io_uring, and prints both
 * ports: the client's, the server's. Exit status 77: there is no io_uring here.
 */
#include <arpa/inet.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>

static void check(int failed, const char *what)
{
	if (failed) {
		perror(what);
		exit(1);
	}
}

/* Submits what was prepared and returns its result. */
static int complete(struct io_uring *ring)
{
	struct io_uring_cqe *cqe;
	int result;

	check(io_uring_submit(ring) != 1, "io_uring_submit");
	check(io_uring_wait_cqe(ring, &cqe), "io_uring_wait_cqe");
	result = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return result;
}

static int port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	check(getsockname(fd, (struct sockaddr *)&address, &length), "getsockname");
	return ntohs(address.sin_port);
}

int main(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int server = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);
	struct io_uring ring;

	if (io_uring_queue_init(8, &ring, 0)) {
		fputs("no io_uring\n", stderr);
		return 77;
	}
	check(server < 0 || client < 0, "socket");
	check(bind(server, (struct sockaddr *)&address, sizeof(address)), "bind");
	check(listen(server, 1), "listen");
	address.sin_port = htons(port_of(server));

	io_uring_prep_connect(io_uring_get_sqe(&ring), client, (struct sockaddr *)&address,
	                      sizeof(address));
	check(complete(&ring) != 0, "connect");
	io_uring_prep_accept(io_uring_get_sqe(&ring), server, NULL, NULL, 0);
	check(complete(&ring) < 0, "accept");
	printf("%d %d\n", port_of(client), port_of(server));
	return 0;
}
