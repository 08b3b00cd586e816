/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "start FD WORD...": becomes the command, once tcpw traces this process (ptrace(2)).
 *
 * From the pipe FD comes a seccomp filter, struct sock_filter by struct sock_filter, when
 * tcpw has seized it. The filter is installed here and not in tcpw, which would itself be
 * stopped at its own calls. A program that cannot be executed makes this one exit with the
 * errno, a filter that cannot be installed with NO_FILTER; tcpw tells that from the
 * command's own status, because no exec was seen before.
 *
 * Statically linked: what LD_PRELOAD and its like ask for is for the command alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Read by io.github.tcpw.ptrace.PtraceTracer. */
enum { NO_FILTER = 255 };

extern char **environ;

/* The number of instructions; 0: tcpw has ended, or does not want it to go on. */
static unsigned short read_filter(int fd, struct sock_filter *filter, size_t size)
{
	size_t length = 0;
	ssize_t count;

	while ((count = read(fd, (char *)filter + length, size - length)) != 0) {
		if (count > 0)
			length += count;
		else if (errno != EINTR)
			return 0;
	}
	return length / sizeof(*filter);
}

static long install(const struct sock_fprog *program, unsigned int flags)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
}

/*
 * Without SPEC_ALLOW, kernels before 5.16 make a filtered process slower. Who has no
 * privilege may filter only what cannot get any (seccomp(2)).
 */
static int filter_calls(const struct sock_fprog *program)
{
	if (install(program, SECCOMP_FILTER_FLAG_SPEC_ALLOW) == 0)
		return 0;
	if (errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	if (install(program, SECCOMP_FILTER_FLAG_SPEC_ALLOW) == 0)
		return 0;
	return errno == EINVAL ? install(program, 0) : -1;
}

/* As posix_spawnp(3), which starts the command otherwise, looks for it: no shell for scripts. */
static void execute(char **words)
{
	const char *file = words[0], *path = getenv("PATH"), *end;
	char name[PATH_MAX];
	int denied = 0;

	if (strchr(file, '/') || !*file) {
		if (*file)
			execve(file, words, environ);
		else
			errno = ENOENT;
		return;
	}
	if (strlen(file) > NAME_MAX) {
		errno = ENAMETOOLONG;
		return;
	}
	if (!path)
		path = "/bin:/usr/bin";
	for (;; path = end + 1) {
		size_t length;

		end = strchrnul(path, ':');
		length = end - path;
		if (length + 1 + strlen(file) < sizeof(name)) {
			memcpy(name, path, length);
			if (length > 0)
				name[length++] = '/';
			strcpy(name + length, file);
			execve(name, words, environ);
			switch (errno) {
			case EACCES:
				denied = 1;
				break;
			case ENOENT:
			case ESTALE:
			case ENOTDIR:
			case ENODEV:
			case ETIMEDOUT:
				break;
			default:
				return;
			}
		}
		if (!*end)
			break;
	}
	errno = denied ? EACCES : ENOENT;
}

int main(int argc, char **argv)
{
	static struct sock_filter filter[BPF_MAXINSNS];
	struct sock_fprog program = {.filter = filter};
	int fd = argc > 2 ? atoi(argv[1]) : -1;

	if (fd <= 2)
		return EINVAL;
	program.len = read_filter(fd, filter, sizeof(filter));
	if (program.len == 0)
		return ECANCELED;
	close(fd);
	if (filter_calls(&program) != 0)
		return NO_FILTER;
	execute(argv + 2);
	return errno;
}
