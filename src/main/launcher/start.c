/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "start ORDER REPORT WORD...": becomes the command, when it is told to, and as whom.
 *
 * From the pipe ORDER comes a struct order, when tcpw is ready: when it traces this process
 * (ptrace(2)), or waits for it. With ptrace there is a seccomp filter in it, which is
 * installed here and not in tcpw, which would itself be stopped at its own calls. Into
 * the pipe REPORT goes a struct report if the command cannot be executed, and why;
 * executing it closes the pipe.
 *
 * Statically linked: what LD_PRELOAD and its like ask for is for the command alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Written by io.github.tcpw.command.Starter, field by field. */
struct order {
	uint32_t other_user; /* 0: the command stays who tcpw is */
	uint32_t uid, gid;
	uint32_t group_count;
	/* gid_t groups[group_count]; struct sock_filter filter[], none or up to the end */
};

/* Read by the same. */
struct report {
	int32_t error;
	char call[16]; /* the one that failed */
};

enum {
	MOST = sizeof(struct order) + NGROUPS_MAX * sizeof(gid_t) +
	       BPF_MAXINSNS * sizeof(struct sock_filter)
};

extern char **environ;

/* Its size; 0: tcpw has ended, or does not want it to go on. */
static size_t read_order(int fd, char *order)
{
	size_t length = 0;
	ssize_t count;

	while ((count = read(fd, order + length, MOST - length)) != 0) {
		if (count > 0)
			length += count;
		else if (errno != EINTR)
			return 0;
	}
	return length;
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

/*
 * As setpriv(1) does with --reuid, --regid and --groups. From root to another user all capabilities
 * go anyway (capabilities(7)), unless securebits keep them; root keeps its own.
 */
static const char *become(const struct order *order)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	if (setgroups(order->group_count, (const gid_t *)(order + 1)) != 0)
		return "setgroups";
	if (setresgid(order->gid, order->gid, order->gid) != 0)
		return "setresgid";
	if (setresuid(order->uid, order->uid, order->uid) != 0)
		return "setresuid";
	/* No capability that is not permitted and inheritable can be ambient. */
	if (order->uid != 0 && syscall(SYS_capset, &header, none) != 0)
		return "capset";
	return NULL;
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

static int fail(int fd, const char *call)
{
	struct report report = {.error = errno};

	strcpy(report.call, call);
	return write(fd, &report, sizeof(report)) == sizeof(report) ? EXIT_FAILURE : ECANCELED;
}

int main(int argc, char **argv)
{
	static union {
		struct order order;
		char bytes[MOST];
	} read;
	int from = argc > 3 ? atoi(argv[1]) : -1, to = argc > 3 ? atoi(argv[2]) : -1;
	const char *failed;
	struct sock_fprog program;
	size_t size, begin;

	if (from <= 2 || to <= 2 || fcntl(to, F_SETFD, FD_CLOEXEC) != 0)
		return EINVAL;
	size = read_order(from, read.bytes);
	begin = sizeof(read.order) + read.order.group_count * sizeof(gid_t);
	if (size < sizeof(read.order) || size < begin)
		return ECANCELED;
	close(from);
	/* Before it is another user, who may not filter programs that get privilege, such as sudo.
	 */
	program.len = (size - begin) / sizeof(*program.filter);
	program.filter = (struct sock_filter *)(read.bytes + begin);
	if (program.len > 0 && filter_calls(&program) != 0)
		return fail(to, "seccomp");
	failed = read.order.other_user ? become(&read.order) : NULL;
	if (failed)
		return fail(to, failed);
	execute(argv + 3);
	return fail(to, "execve");
}
