/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader OBJECT COMMAND...: what tcpw's syscall engine does, as bare C.
 *
 * It loads and attaches the same programs of the same object, runs the command,
 * reads the ring buffer until the command has ended, and leaves. It decodes and
 * prints nothing: what tcpw takes longer than this is the price of Java.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Twins are for kernels that preempt programs (io.github.tcpw.trace.Programs). */
static bool is_wanted(struct bpf_program *program)
{
	const char *name = bpf_program__name(program);

	return strncmp(bpf_program__section_name(program), "fexit/", strlen("fexit/")) != 0 &&
	       strcmp(name, "follow_modules") != 0 && !strstr(name, "_twin");
}

static struct bpf_object *start(const char *file)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);
	struct bpf_object *object = bpf_object__open_file(file, NULL);
	struct bpf_program *program;

	if (!object)
		err(125, "open %s", file);
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, is_wanted(program));
	if (bpf_object__load(object))
		err(125, "load %s", file);
	bpf_object__for_each_program(program, object)
	{
		if (strncmp(bpf_program__section_name(program), "tp_btf/", strlen("tp_btf/")) !=
		            0 ||
		    !is_wanted(program))
			continue;
		if (!bpf_program__attach(program))
			err(125, "attach %s", bpf_program__name(program));
	}
	program = bpf_object__find_program_by_name(object, "mark_spawner");
	if (bpf_prog_test_run_opts(bpf_program__fd(program), &run))
		err(125, "run mark_spawner");
	if (!run.retval)
		errx(125, "mark_spawner failed");
	return object;
}

static int ignore(void *context, void *record, size_t size)
{
	(void)context;
	(void)record;
	(void)size;
	return 0;
}

static int await(pid_t pid, struct ring_buffer *ring)
{
	struct pollfd set[] = {{.fd = ring_buffer__epoll_fd(ring), .events = POLLIN},
	                       {.fd = pidfd_open(pid, 0), .events = POLLIN}};
	int status;

	if (set[1].fd < 0)
		err(125, "pidfd_open");
	do {
		poll(set, 2, -1);
		ring_buffer__consume(ring);
	} while (!set[1].revents);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	struct ring_buffer *ring;
	pid_t pid;

	if (argc < 3)
		errx(125, "usage: loader OBJECT COMMAND...");
	object = start(argv[1]);
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "events"), ignore, NULL,
	                        NULL);
	if (!ring)
		err(125, "map the ring buffer");
	pid = fork();
	if (pid < 0)
		err(125, "fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	_exit(await(pid, ring)); /* as tcpw does: the kernel cleans up */
}
