/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure [-p] ROUNDS :: COMMAND... [:: COMMAND...]...: runs the commands ROUNDS
 * times each and prints a line for each: the median and the smallest figure, and
 * the peak memory in MB. The figure is how many milliseconds the command took,
 * or with -p the number that it prints.
 *
 * The commands take turns, in a new order each round, so that what disturbs the
 * machine, and what a command leaves behind for the next, is shared by all. A
 * first round is not counted.
 *
 * The peak is the kernel's for the command and what it waited for: that of the
 * largest process, not a sum.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 16 };

struct command {
	char **argv;
	double *figures;
	long peak_kb;
};

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* Runs the command once; returns its figure. */
static double run(struct command *command, bool printed)
{
	posix_spawn_file_actions_t actions;
	char output[64] = "";
	int out[2], status;
	struct rusage usage;
	double start, took;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		err(1, "pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	start = milliseconds();
	if (posix_spawnp(&pid, command->argv[0], &actions, NULL, command->argv, environ))
		err(1, "%s", command->argv[0]);
	if (wait4(pid, &status, 0, &usage) < 0)
		err(1, "wait4");
	took = milliseconds() - start;
	posix_spawn_file_actions_destroy(&actions);
	close(out[1]);
	if (read(out[0], output, sizeof(output) - 1) < 0)
		err(1, "read");
	close(out[0]);
	if (status)
		errx(1, "%s failed (wait status %#x)", command->argv[0], status);
	if (usage.ru_maxrss > command->peak_kb)
		command->peak_kb = usage.ru_maxrss;
	return printed ? atof(output) : took;
}

static void shuffle(size_t *order, size_t count)
{
	for (size_t i = count - 1; i > 0; i--) {
		size_t j = (size_t)rand() % (i + 1), held = order[i];

		order[i] = order[j];
		order[j] = held;
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(struct command *command, size_t rounds)
{
	double *figures = command->figures;

	qsort(figures, rounds, sizeof(*figures), compare);
	printf("%.3f %.3f %.1f\n", (figures[(rounds - 1) / 2] + figures[rounds / 2]) / 2,
	       figures[0], command->peak_kb / 1024.0);
}

int main(int argc, char **argv)
{
	struct command commands[MAX_COMMANDS] = {0};
	size_t order[MAX_COMMANDS], count = 0, rounds;
	bool printed = argc > 1 && strcmp(argv[1], "-p") == 0;
	int arg = printed ? 2 : 1;

	rounds = arg < argc ? strtoul(argv[arg++], NULL, 10) : 0;
	for (; arg < argc && count < MAX_COMMANDS; arg++) {
		if (strcmp(argv[arg], "::"))
			continue;
		argv[arg] = NULL; /* ends the command before */
		commands[count].argv = argv + arg + 1;
		commands[count].figures = calloc(rounds, sizeof(double));
		order[count] = count;
		count++;
	}
	if (!rounds || !count)
		errx(1, "usage: measure [-p] ROUNDS :: COMMAND... [:: COMMAND...]...");
	for (size_t i = 0; i < count; i++)
		run(&commands[i], printed);
	for (size_t round = 0; round < rounds; round++) {
		shuffle(order, count);
		for (size_t i = 0; i < count; i++) {
			struct command *command = &commands[order[i]];

			command->figures[round] = run(command, printed);
		}
	}
	for (size_t i = 0; i < count; i++)
		print(&commands[i], rounds);
	return 0;
}
