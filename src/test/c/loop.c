/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop COUNT: connects to itself over loopback, accepts and closes, COUNT times
 * in one thread, and prints how many milliseconds that took.
 *
 * Nothing is sent, so it shows what tracing costs at its worst.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int listener(struct sockaddr_in *address)
{
	/*
	 * Accepted sockets inherit this: closing one resets the connection, and
	 * no port is left in TIME_WAIT, of which there are not enough.
	 */
	static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	socklen_t length = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*address = (struct sockaddr_in){.sin_family = AF_INET,
	                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) ||
	    bind(fd, (struct sockaddr *)address, length) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)address, &length))
		err(1, "listen");
	return fd;
}

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	long count = argc == 2 ? atol(argv[1]) : 0;
	struct sockaddr_in address;
	int server = listener(&address);
	double start;

	if (count <= 0)
		errx(1, "usage: loop COUNT");
	start = milliseconds();
	for (long i = 0; i < count; i++) {
		int client = socket(AF_INET, SOCK_STREAM, 0);
		int accepted;

		if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof(address)))
			err(1, "connect");
		accepted = accept(server, NULL, NULL);
		if (accepted < 0)
			err(1, "accept");
		close(accepted);
		close(client);
	}
	printf("%.3f\n", milliseconds() - start);
	return 0;
}
