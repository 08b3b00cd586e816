/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process inherits, and how it ends:
 *
 *     inherited show FILE [WORD...]   writes all that it inherited to FILE, a line each
 *     inherited die SIGNAL            is ended by the signal
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char *text; /* the lines so far: no descriptor is opened before all are looked at */
static size_t size;
static FILE *out;

static void put(const char *name, const char *value)
{
	fprintf(out, "%s: ", name);
	for (; *value; value++)
		fprintf(out, isprint((unsigned char)*value) ? "%c" : "\\x%02x",
		        (unsigned char)*value);
	fputc('\n', out);
}

static void number(const char *name, long value)
{
	fprintf(out, "%s: %ld\n", name, value < 0 ? -errno : value);
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void descriptors(void)
{
	static int fds[100000];
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	size_t count = 0;

	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory))
			fds[count++] = atoi(entry->d_name);
	if (directory)
		closedir(directory);
	qsort(fds, count, sizeof(*fds), compare);
	for (size_t i = 0; i < count; i++) {
		char link[64], target[4096] = "";

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fds[i]);
		if (readlink(link, target, sizeof(target) - 1) < 0)
			continue;
		if (strncmp(target, "pipe:", 5) == 0)
			target[5] = '\0';
		fprintf(out, "descriptor %d: fd=%x fl=%x at=%lld %s\n", fds[i],
		        fcntl(fds[i], F_GETFD), fcntl(fds[i], F_GETFL),
		        (long long)lseek(fds[i], 0, SEEK_CUR), target);
	}
	number("descriptors", count);
}

/* Not by glibc, which keeps 32 and 33 for itself. */
static void signals(void)
{
	struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		uint64_t mask;
	} action;
	uint64_t set = 0;
	stack_t stack;

	for (int signal = 1; signal <= 64; signal++) {
		if (syscall(SYS_rt_sigaction, signal, NULL, &action, 8) == 0)
			fprintf(out, "signal %d: %s\n", signal,
			        action.handler == SIG_IGN ? "ignored" : "default");
	}
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &set, 8);
	fprintf(out, "blocked: %llx\n", (unsigned long long)set);
	syscall(SYS_rt_sigpending, &set, 8);
	fprintf(out, "pending: %llx\n", (unsigned long long)set);
	sigaltstack(NULL, &stack);
	number("alternative stack", stack.ss_flags);
}

static void limits(void)
{
	for (int resource = 0; resource < 16; resource++) {
		struct rlimit limit = {0};

		getrlimit(resource, &limit);
		fprintf(out, "limit %d: %lld %lld\n", resource, (long long)limit.rlim_cur,
		        (long long)limit.rlim_max);
	}
}

static void controls(void)
{
	int value = 0;

	prctl(PR_GET_PDEATHSIG, &value);
	number("parent-death signal", value);
	prctl(PR_GET_CHILD_SUBREAPER, &value);
	number("child subreaper", value);
	number("dumpable", prctl(PR_GET_DUMPABLE));
	number("keepcaps", prctl(PR_GET_KEEPCAPS));
	number("no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	number("securebits", prctl(PR_GET_SECUREBITS));
	number("timer slack", prctl(PR_GET_TIMERSLACK));
	number("THP disabled", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	number("MCE policy", prctl(PR_MCE_KILL_GET, 0, 0, 0, 0));
	for (int what = 0; what < 3; what++)
		number("speculation", prctl(PR_GET_SPECULATION_CTRL, what, 0, 0, 0));
	number("personality", personality(0xffffffff));
	number("secure", getauxval(AT_SECURE));
}

static void scheduling(void)
{
	unsigned char cpus[1024] = "";
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attributes = {0};
	long length = syscall(SYS_sched_getaffinity, 0, sizeof(cpus), cpus);

	syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0);
	fprintf(out, "scheduling: policy=%u flags=%llx nice=%d priority=%u\n", attributes.policy,
	        (unsigned long long)attributes.flags, attributes.nice, attributes.priority);
	number("io priority", syscall(SYS_ioprio_get, 1, 0));
	fputs("processors: ", out);
	for (long i = 0; i < length; i++)
		fprintf(out, "%02x", cpus[i]);
	fputc('\n', out);
}

static void timers(void)
{
	for (int which = 0; which < 3; which++) {
		struct itimerval timer = {0};

		getitimer(which, &timer);
		fprintf(out, "interval timer %d: %s\n", which,
		        timer.it_value.tv_sec || timer.it_value.tv_usec ? "runs" : "off");
	}
}

static void identity(void)
{
	struct stat root = {0};
	char cwd[4096];
	mode_t mask = umask(0);
	int terminal;

	umask(mask);
	fprintf(out, "umask: %03o\n", mask);
	put("directory", getcwd(cwd, sizeof(cwd)) ? cwd : strerror(errno));
	stat("/", &root);
	fprintf(out, "root: %llx %llu\n", (unsigned long long)root.st_dev,
	        (unsigned long long)root.st_ino);
	number("process group", getpgrp());
	number("session", getsid(0));
	terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC);
	number("terminal", terminal);
	number("foreground group", tcgetpgrp(terminal));
	number("children", waitpid(-1, NULL, 0) > 0);
}

static void file(const char *name)
{
	char path[64], line[4096];
	FILE *in;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	in = fopen(path, "re");
	if (!in)
		put(name, strerror(errno));
	while (in && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		put(name, line);
	}
	if (in)
		fclose(in);
}

/* Without IDs of its own, and without what tells of its memory and its past. */
static void status(void)
{
	static const char *const own[] = {"Pid",    "PPid",      "Tgid",         "Ngid",
	                                  "NStgid", "NSpid",     "Vm",           "Rss",
	                                  "Huge",   "voluntary", "nonvoluntary", "SigQ"};
	FILE *in = fopen("/proc/self/status", "re");
	char line[4096];

	while (in && fgets(line, sizeof(line), in)) {
		size_t i = 0;

		while (i < sizeof(own) / sizeof(*own) && strncmp(line, own[i], strlen(own[i])) != 0)
			i++;
		if (i == sizeof(own) / sizeof(*own))
			fprintf(out, "status %s", line);
	}
	if (in)
		fclose(in);
}

static void namespaces(void)
{
	static const char *const names[] = {"cgroup", "ipc",  "mnt", "net", "pid",
	                                    "time",   "user", "uts", NULL};

	for (int i = 0; names[i]; i++) {
		char link[64], target[64] = "";

		snprintf(link, sizeof(link), "/proc/self/ns/%s", names[i]);
		if (readlink(link, target, sizeof(target) - 1) > 0)
			put("namespace", target);
	}
}

static int show(int argc, char **argv)
{
	static const char *const files[] = {"cgroup",    "oom_score_adj", "coredump_filter",
	                                    "loginuid",  "sessionid",     "timerslack_ns",
	                                    "autogroup", "attr/current",  "uid_map",
	                                    "gid_map",   "setgroups",     NULL};
	int fd;

	out = open_memstream(&text, &size);
	descriptors();
	signals();
	timers();
	for (int i = 0; i < argc; i++)
		put("argument", argv[i]);
	for (char **entry = environ; *entry; entry++)
		put("variable", *entry);
	identity();
	limits();
	controls();
	scheduling();
	for (int i = 0; files[i]; i++)
		file(files[i]);
	namespaces();
	status();
	fclose(out);
	fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return fd >= 0 && write(fd, text, size) == (ssize_t)size ? 0 : 99;
}

static int die(int signal)
{
	uint64_t all = ~UINT64_C(0);
	struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		uint64_t mask;
	} by_default = {0};

	syscall(SYS_rt_sigaction, signal, &by_default, NULL, 8);
	syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &all, NULL, 8);
	syscall(SYS_tgkill, getpid(), gettid(), signal);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "show") == 0)
		return show(argc, argv);
	if (argc == 3 && strcmp(argv[1], "die") == 0)
		return die(atoi(argv[2]));
	return 99;
}
