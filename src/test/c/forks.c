/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forks COUNT: forks COUNT processes, one after the other, each of which connects
 * once to this one over loopback. Prints the port that it listens on, and for each
 * process "PID PORT", the port that it connected from.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in address = {.sin_family = AF_INET};

static void child(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	_exit(fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)));
}

int main(int argc, char **argv)
{
	/* Closing what was accepted resets it: no port is left in TIME_WAIT. */
	static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	socklen_t length = sizeof(address);
	long count = argc == 2 ? atol(argv[1]) : 0;
	int server = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (count <= 0)
		errx(1, "usage: forks COUNT");
	if (server < 0 || setsockopt(server, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) ||
	    bind(server, (struct sockaddr *)&address, length) || listen(server, 1) ||
	    getsockname(server, (struct sockaddr *)&address, &length))
		err(1, "listen");
	printf("%d\n", ntohs(address.sin_port));
	for (long i = 0; i < count; i++) {
		struct sockaddr_in client;
		pid_t pid = fork();
		int status, accepted;

		if (pid < 0)
			err(1, "fork");
		if (pid == 0)
			child();
		length = sizeof(client);
		accepted = accept(server, (struct sockaddr *)&client, &length);
		if (accepted < 0 || waitpid(pid, &status, 0) != pid || status)
			errx(1, "a process did not connect");
		close(accepted);
		printf("%d %d\n", pid, ntohs(client.sin_port));
	}
	return 0;
}
