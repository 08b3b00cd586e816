/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a child with each combination of flags of clone(2) and clone3(2) that makes sense, of which
 * each connects to a server of this process, and prints the name of the combination and the port
 * that the child connected from; or, where the kernel refuses the combination, why.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in server;
static int pipe_of_child[2];

#define FLAGS(flags) #flags, (flags)
static const struct {
	const char *name;
	uint64_t flags;
} combinations[] = {
	{FLAGS(0)},
	{FLAGS(SIGCHLD)},
	{FLAGS(SIGUSR1)},
	{FLAGS(CLONE_FS | SIGCHLD)},
	{FLAGS(CLONE_FILES | SIGCHLD)},
	{FLAGS(CLONE_IO | SIGCHLD)},
	{FLAGS(CLONE_PARENT)},
	{FLAGS(CLONE_PARENT | CLONE_FILES)},
	{FLAGS(CLONE_PTRACE | SIGCHLD)},
	{FLAGS(CLONE_UNTRACED | SIGCHLD)},
	{FLAGS(CLONE_SYSVSEM | SIGCHLD)},
	{FLAGS(CLONE_VFORK | SIGCHLD)},
	{FLAGS(CLONE_VFORK | CLONE_FILES | SIGCHLD)},
	{FLAGS(CLONE_VM | SIGCHLD)},
	{FLAGS(CLONE_VM | CLONE_VFORK | SIGCHLD)},
	{FLAGS(CLONE_VM | CLONE_FILES | CLONE_FS | SIGCHLD)},
	{FLAGS(CLONE_VM | CLONE_SIGHAND | CLONE_FILES | CLONE_FS)},
	{FLAGS(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)},
	{FLAGS(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FILES | CLONE_FS | CLONE_SYSVSEM)},
	{FLAGS(CLONE_NEWUSER | SIGCHLD)},
	{FLAGS(CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD)},
	{FLAGS(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD)},
	{FLAGS(CLONE_NEWUSER | CLONE_NEWPID | CLONE_VFORK | SIGCHLD)},
	{FLAGS(CLONE_CLEAR_SIGHAND | SIGCHLD)}, /* of clone3 alone, as it needs 64 bits */
};

/* Tells the port through the pipe; one system call after the other, as a thread has no libc here.
 */
static int child(void *unused)
{
	struct sockaddr_in own;
	socklen_t length = sizeof(own);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	uint16_t port = 0;

	(void)unused;
	if (fd >= 0 && connect(fd, (struct sockaddr *)&server, sizeof(server)) == 0 &&
	    getsockname(fd, (struct sockaddr *)&own, &length) == 0)
		port = ntohs(own.sin_port);
	if (write(pipe_of_child[1], &port, sizeof(port)) != sizeof(port))
		port = 0;
	syscall(SYS_exit, port == 0);
	return 0;
}

/* Has no return to a shared stack: only flags with which the child has its own memory. */
static long clone3_child(uint64_t flags)
{
	struct clone_args args = {.flags = flags & ~UINT64_C(0xff), .exit_signal = flags & 0xff};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		child(NULL);
	return pid;
}

static void try(const char *call, const char *name, uint64_t flags)
{
	const size_t size = 65536;
	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint16_t port;
	long pid;

	pid = strcmp(call, "clone") == 0 ? clone(child, stack + size, (int)flags, NULL)
	                                 : clone3_child(flags);
	if (pid < 0) {
		printf("%s %s: %s\n", call, name, strerror(errno));
		return;
	}
	if (read(pipe_of_child[0], &port, sizeof(port)) != sizeof(port) || port == 0)
		printf("%s %s: cannot connect\n", call, name);
	else
		printf("%s %s %d\n", call, name, port);
	if (!(flags & (CLONE_THREAD | CLONE_PARENT)))
		waitpid(pid, NULL, __WALL);
}

int main(void)
{
	socklen_t length = sizeof(server);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	server.sin_family = AF_INET;
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&server, sizeof(server)) != 0 || listen(fd, 100) != 0 ||
	    getsockname(fd, (struct sockaddr *)&server, &length) != 0 || pipe(pipe_of_child) != 0)
		return 1;
	signal(SIGUSR1, SIG_IGN);
	for (size_t i = 0; i < sizeof(combinations) / sizeof(*combinations); i++) {
		const char *name = combinations[i].name;
		uint64_t flags = combinations[i].flags;

		if (flags <= UINT32_MAX)
			try("clone", name, flags);
		if (!(flags & CLONE_VM) && !(flags & CLONE_UNTRACED))
			try("clone3", name, flags);
		fflush(stdout);
	}
	return 0;
}
