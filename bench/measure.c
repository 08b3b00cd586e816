/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure [-p] [-a] ROUNDS SEPARATOR COMMAND... [SEPARATOR COMMAND...]...: runs the
 * commands ROUNDS times each and prints a line for each: the median and the smallest
 * figure, and the peak memory in MB. The figure is how many milliseconds the command
 * took, or with -p the number that it prints. The separator is any word.
 *
 * The commands take turns, in a new order each round, so that what disturbs the
 * machine, and what a command leaves behind for the next, is shared by all. A
 * first round is not counted, unless all are to be (-a).
 *
 * The peak is the kernel's for the command and what it waited for: that of the
 * largest process, not a sum.
 */
#define _GNU_SOURCE
#include "clock.h"
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_COMMANDS = 16 };

struct command {
	char **argv;
	double *figures;
	long peak_kb;
};

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
	if (printed)
		posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	else
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
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

static void print(struct command *command, size_t rounds)
{
	double *figures = command->figures;

	qsort(figures, rounds, sizeof(*figures), compare_doubles);
	printf("%.3f %.3f %.1f\n", (figures[(rounds - 1) / 2] + figures[rounds / 2]) / 2,
	       figures[0], command->peak_kb / 1024.0);
}

int main(int argc, char **argv)
{
	struct command commands[MAX_COMMANDS] = {0};
	size_t order[MAX_COMMANDS], count = 0, rounds;
	bool printed = false, all = false;
	const char *separator;
	int option;

	while ((option = getopt(argc, argv, "+pa")) != -1) {
		printed |= option == 'p';
		all |= option == 'a';
	}
	rounds = optind < argc ? strtoul(argv[optind++], NULL, 10) : 0;
	separator = optind < argc ? strdup(argv[optind]) : NULL;
	for (int arg = optind; arg < argc && count < MAX_COMMANDS; arg++) {
		if (strcmp(argv[arg], separator) != 0)
			continue;
		argv[arg] = NULL; /* ends the command before */
		commands[count].argv = argv + arg + 1;
		commands[count].figures = calloc(rounds, sizeof(double));
		order[count] = count;
		count++;
	}
	if (!rounds || !count)
		errx(1, "usage: measure [-p] [-a] ROUNDS SEPARATOR COMMAND..."
		        " [SEPARATOR COMMAND...]...");
	for (size_t i = 0; i < count && !all; i++)
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
