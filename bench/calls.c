/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls COUNT [COMMAND...]: prints how many nanoseconds a system call takes that does
 * next to nothing, as the mean of COUNT.
 *
 * With a command: on the last processor, while the command has the others, from the
 * moment it prints something on; then it is killed with all that it has started.
 */
#define _GNU_SOURCE
#include "clock.h"
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The last processor that there is for this process, or all others. */
static cpu_set_t processors(int last)
{
	cpu_set_t set;
	int cpu = CPU_SETSIZE;

	if (sched_getaffinity(0, sizeof(set), &set))
		err(1, "sched_getaffinity");
	if (CPU_COUNT(&set) < 2)
		errx(1, "needs two processors");
	while (!CPU_ISSET(--cpu, &set))
		;
	CPU_CLR(cpu, &set);
	if (last) {
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
	}
	return set;
}

/* Starts the command, and waits until it prints something. */
static pid_t start(char **command)
{
	cpu_set_t last = processors(1), others = processors(0);
	int out[2];
	pid_t pid;
	char c;

	if (pipe2(out, O_CLOEXEC) || (pid = fork()) < 0)
		err(1, "start %s", command[0]);
	if (pid == 0) {
		setpgid(0, 0);
		sched_setaffinity(0, sizeof(others), &others);
		dup2(out[1], STDOUT_FILENO);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	close(out[1]);
	if (read(out[0], &c, 1) != 1)
		errx(1, "%s ended before it printed anything", command[0]);
	if (sched_setaffinity(0, sizeof(last), &last))
		err(1, "sched_setaffinity");
	return pid;
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 0;
	pid_t pid = 0;
	double begin, end;

	if (count <= 0)
		errx(1, "usage: calls COUNT [COMMAND...]");
	if (argc > 2)
		pid = start(argv + 2);
	begin = milliseconds();
	for (long i = 0; i < count; i++)
		syscall(SYS_getpid);
	end = milliseconds();
	if (pid) {
		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	printf("%.2f\n", (end - begin) * 1e6 / count);
	return 0;
}
