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
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

static struct bpf_program *program(struct bpf_object *object, const char *name)
{
	struct bpf_program *found = bpf_object__find_program_by_name(object, name);

	if (!found)
		errx(125, "no program %s", name);
	return found;
}

static struct bpf_object *start(const char *file)
{
	static const char *const templates[] = {"connect_exit", "accept_exit"};
	static const char *const hooks[] = {"follow_fork", "follow_handshake", "syscall_exit"};
	LIBBPF_OPTS(bpf_test_run_opts, run);
	struct bpf_object *object = bpf_object__open_file(file, NULL);

	if (!object)
		err(125, "open %s", file);
	for (size_t i = 0; i < sizeof(templates) / sizeof(*templates); i++)
		bpf_program__set_autoload(program(object, templates[i]), false);
	if (bpf_object__load(object))
		err(125, "load %s", file);
	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++) {
		if (!bpf_program__attach(program(object, hooks[i])))
			err(125, "attach %s", hooks[i]);
	}
	if (bpf_prog_test_run_opts(bpf_program__fd(program(object, "mark_spawner")), &run))
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
