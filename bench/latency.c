/* SPDX-License-Identifier: Apache-2.0 */
/*
 * latency PERCENTILE COUNT TRACER...: the tracer runs this program, which connects
 * COUNT times, after a pause of 0 to 4 ms each. Prints how many milliseconds there are
 * between the beginning of a connect and the arrival of its line on the tracer's
 * stderr: of PERCENTILE in a hundred of them it is less.
 *
 * latency end COUNT TRACER...: the same; prints how many milliseconds there are between
 * the end of the traced program and that of the tracer.
 */
#define _GNU_SOURCE
#include "clock.h"
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 4096 }; /* net.core.somaxconn: nobody accepts */

/* What the traced program does, and when; the last is its end. */
static double *map_times(int fd)
{
	double *times =
		mmap(NULL, sizeof(*times) * (MOST + 1), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (times == MAP_FAILED)
		err(1, "mmap");
	return times;
}

/* The traced program. */
static void connect_to(int port, int count, double *times)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	                              .sin_port = htons(port)};

	for (int i = 0; i < count; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		usleep(rand() % 4000);
		times[i] = milliseconds();
		if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
			err(1, "connect");
		close(fd);
	}
	times[count] = milliseconds();
	_exit(0);
}

static int listen_on(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) || listen(fd, MOST) ||
	    getsockname(fd, (struct sockaddr *)&address, &length))
		err(1, "listen");
	*port = ntohs(address.sin_port);
	return fd;
}

/* Runs the tracer with this program; returns where its lines come from. */
static FILE *start(char **tracer, int words, int count, int shared, pid_t *pid)
{
	char **argv = calloc(words + 6, sizeof(*argv)), self[4096] = "";
	int lines[2], port, server = listen_on(&port);

	if (!argv || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		err(1, "/proc/self/exe");
	memcpy(argv, tracer, words * sizeof(*argv));
	argv[words] = self;
	argv[words + 1] = "-";
	if (asprintf(&argv[words + 2], "%d", port) < 0 ||
	    asprintf(&argv[words + 3], "%d", count) < 0 ||
	    asprintf(&argv[words + 4], "%d", shared) < 0 || pipe2(lines, O_CLOEXEC) ||
	    (*pid = fork()) < 0)
		err(1, "start %s", argv[0]);
	if (*pid == 0) {
		dup2(lines[1], STDERR_FILENO);
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	(void)server; /* open until the end */
	close(lines[1]);
	return fdopen(lines[0], "r");
}

int main(int argc, char **argv)
{
	int shared, status, count = argc > 2 ? atoi(argv[2]) : 0, seen = 0;
	double *times, *taken;
	char line[4096];
	pid_t pid;
	FILE *lines;

	if (argc == 5 && strcmp(argv[1], "-") == 0)
		connect_to(count, atoi(argv[3]), map_times(atoi(argv[4])));
	if (count <= 0 || count > MOST)
		errx(1, "usage: latency PERCENTILE|end COUNT TRACER...");
	shared = memfd_create("times", 0);
	if (shared < 0 || ftruncate(shared, sizeof(double) * (MOST + 1)))
		err(1, "memfd_create");
	times = map_times(shared);
	taken = calloc(count, sizeof(*taken));
	lines = start(argv + 3, argc - 3, count, shared, &pid);
	while (fgets(line, sizeof(line), lines)) {
		double now = milliseconds();

		if ((strstr(line, " -> ") || strstr(line, "connect(")) && seen < count)
			taken[seen] = now - times[seen], seen++;
	}
	waitpid(pid, &status, 0);
	if (strcmp(argv[1], "end") == 0) {
		printf("%.3f\n", milliseconds() - times[count]);
		return status != 0;
	}
	if (status || seen < count)
		errx(1, "%s showed %d of %d connects (wait status %#x)", argv[3], seen, count,
		     status);
	qsort(taken, count, sizeof(*taken), compare_doubles);
	printf("%.3f\n", taken[(count - 1) * atoi(argv[1]) / 100]);
	return 0;
}
