/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tcpw executable: starts the Java virtual machine of the image it lies in
 * and calls Main.run.
 *
 * It exists because a JVM is not a transparent parent: it reads options from
 * the environment, leaves descriptors open to its children and takes over
 * signals. What tcpw was started with (arguments, environment, signals,
 * descriptors) is noted here before the JVM can touch it, and handed to Java as
 * a struct invocation, so that the command gets exactly that. A shell script
 * could not: sh drops and adds environment variables.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <jni.h>
#include <libgen.h>
#include <limits.h>
#include <malloc.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_TCPW_FAILED = 125 };

/* Read by io.github.tcpw.command.Invocation, field by field. */
struct invocation {
	int64_t argc;
	char **argv;
	char **envp;
	uint64_t blocked_signals; /* bit n - 1: signal n, as in /proc/PID/status */
	uint64_t ignored_signals;
	uint64_t closed_descriptors; /* bit n: descriptor n of 0, 1, 2 */
	int64_t descriptor_count;
	int *descriptors; /* all that are open */
	int64_t nowhere;  /* descriptor of /dev/null */
};

static struct invocation invocation;
static char image[PATH_MAX]; /* the directory above bin/ */

static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("tcpw: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	_exit(EXIT_TCPW_FAILED);
}

/* ---- what tcpw was started with ---- */

/*
 * A closed standard descriptor would be reused by the next open(), and tcpw's
 * messages would go into that file. Hold its place; the command gets it closed.
 */
static uint64_t reserve_standard_descriptors(void)
{
	uint64_t closed = 0;

	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", O_RDWR | O_CLOEXEC) != fd)
			fail("cannot open /dev/null: %s", strerror(errno));
		closed |= UINT64_C(1) << fd;
	}
	return closed;
}

/*
 * include/linux/signal_types.h. Not glibc's sigaction(): it hides 32 and 33, which
 * it keeps for itself, and a process spawned by glibc starts with them ignored.
 */
struct kernel_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

static void note_signals(void)
{
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	for (int signal = 1; signal <= 64; signal++) {
		struct kernel_sigaction action;
		uint64_t bit = UINT64_C(1) << (signal - 1);

		if (sigismember(&mask, signal) == 1)
			invocation.blocked_signals |= bit;
		if (syscall(SYS_rt_sigaction, signal, NULL, &action, sizeof(action.mask)) == 0 &&
		    action.handler == SIG_IGN)
			invocation.ignored_signals |= bit;
	}
}

/*
 * The terminal's signals are the command's business, and tcpw outlives it to
 * report; SIGTERM and SIGHUP are read from a signalfd and passed on, for which
 * every thread of the JVM has to block them. Where no command is run the terminal's
 * are read from it as well. When the terminal stops tcpw is for
 * io.github.tcpw.linux.JobControl to say. An ignored SIGCHLD would take the
 * command's exit status away.
 */
static void take_over_signals(void)
{
	sigset_t relayed;

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	if (invocation.blocked_signals >> (SIGTSTP - 1) & 1)
		signal(SIGTSTP, SIG_IGN);
	if (invocation.blocked_signals >> (SIGTTIN - 1) & 1)
		signal(SIGTTIN, SIG_IGN);
	sigemptyset(&relayed);
	sigaddset(&relayed, SIGINT);
	sigaddset(&relayed, SIGQUIT);
	sigaddset(&relayed, SIGTERM);
	sigaddset(&relayed, SIGHUP);
	sigaddset(&relayed, SIGTSTP);
	sigaddset(&relayed, SIGTTIN);
	pthread_sigmask(SIG_BLOCK, &relayed, NULL);
}

/*
 * glibc handles 33 from the second thread on, for setuid(3) of all of them, and lets nobody ignore
 * it (signal(2)). That is not called here, and the command is to ignore what tcpw was to.
 */
static void ignore_signals_of_glibc(void)
{
	struct kernel_sigaction ignored = {.handler = SIG_IGN};

	for (int signal = 32; signal <= 33; signal++)
		if (invocation.ignored_signals & UINT64_C(1) << (signal - 1))
			syscall(SYS_rt_sigaction, signal, &ignored, NULL, sizeof(ignored.mask));
}

/*
 * What tcpw itself may know of the environment: where commands are found, the
 * time zone, that colours are not wanted, and who called sudo. Nothing else can steer it:
 * JAVA_TOOL_OPTIONS, _JAVA_OPTIONS, LIBBPF_LOG_LEVEL and the like reach the command alone.
 */
static void restrict_environment(void)
{
	static const char *const known[] = {"PATH", "TZ", "NO_COLOR", "SUDO_UID", "SUDO_GID"};
	static char *own[sizeof(known) / sizeof(*known) + 1]; /* the last stays NULL */
	size_t count = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t length = strlen(known[i]);

		for (char **entry = invocation.envp; *entry; entry++) {
			if (strncmp(*entry, known[i], length) == 0 && (*entry)[length] == '=') {
				own[count++] = *entry;
				break;
			}
		}
	}
	environ = own;
}

/* The strings between two addresses, each ended by a NUL, as an array like environ. */
static char **array_of(char *start, const char *end)
{
	size_t count = 0;
	char **entries;

	for (const char *byte = start; byte < end; byte++)
		count += *byte == '\0';
	entries = calloc(count + 1, sizeof(*entries)); /* the last stays NULL */
	if (!entries)
		fail("out of memory");
	for (size_t i = 0; i < count; i++) {
		entries[i] = start;
		start += strlen(start) + 1;
	}
	return entries;
}

#ifdef TCPW_FROM_SH
/*
 * The launcher of a checkout is run by a shell script, which hands over the
 * environment that it got itself as hexadecimal bytes: sh sets PWD, and drops
 * entries that are no shell variables. Installed launchers have no such way in.
 */
static char **original_environment(void)
{
	const char *hex = getenv("TCPW_ENVIRON");
	size_t size = 0;
	char *bytes;

	if (!hex)
		return environ;
	bytes = malloc(strlen(hex) / 2 + 1);
	if (!bytes)
		fail("out of memory");
	for (int digit, high = -1; *hex; hex++) {
		if (*hex >= '0' && *hex <= '9')
			digit = *hex - '0';
		else if (*hex >= 'a' && *hex <= 'f')
			digit = *hex - 'a' + 10;
		else
			continue;
		if (high < 0) {
			high = digit;
			continue;
		}
		bytes[size++] = (char)(high << 4 | digit);
		high = -1;
	}
	return array_of(bytes, bytes + size);
}
#else
/*
 * Where this file has capabilities, ld.so has taken LD_PRELOAD and its like out of environ
 * (ld.so(8), secure-execution mode). They are the command's all the same, and still lie where
 * the kernel has put them: behind the arguments, before the name of this file (fs/exec.c).
 */
static char **original_environment(void)
{
	const char *last;

	if (!getauxval(AT_SECURE) || invocation.argc == 0)
		return environ;
	last = invocation.argv[invocation.argc - 1];
	return array_of((char *)last + strlen(last) + 1, (const char *)getauxval(AT_EXECFN));
}
#endif

/* ---- the image ---- */

static void find_image(void)
{
	ssize_t length = readlink("/proc/self/exe", image, sizeof(image) - 1);
	char *directory;

	if (length < 0)
		fail("cannot read /proc/self/exe: %s; mount /proc", strerror(errno));
	image[length] = '\0';
	directory = dirname(dirname(image));
	memmove(image, directory, strlen(directory) + 1);
}

/*
 * With capabilities of its own (setcap(8)) this file gives them to users, and they may not choose
 * what it loads: a hard link to it, say, would have its image where they made that. Nor may they
 * look into it; a core dump, which the kernel (6.18) still makes for them, would be a way.
 */
static void guard_capabilities(void)
{
	char path[PATH_MAX];
	size_t end = 0;

	if (!getauxval(AT_SECURE) || getuid() == 0)
		return;
	if (snprintf(path, sizeof(path), "%s/lib/server", image) >= (int)sizeof(path))
		fail("%s is too long a name", image);
	do {
		struct stat status;
		char next;

		end += 1 + strcspn(path + end + 1, "/");
		next = path[end];
		path[end] = '\0';
		if (path[0] != '/' || lstat(path, &status) != 0 || !S_ISDIR(status.st_mode) ||
		    status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
			fail("others than root may change %s; a file with capabilities does not "
			     "belong there",
			     path);
		path[end] = next;
	} while (path[end]);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* ---- the end ---- */

/*
 * As the command ended, so that who waits for tcpw sees the same: by the same signal, too. The
 * core dump is the command's; not RLIMIT_CORE, which a core_pattern with a pipe pays no heed to
 * (core(5)). The first process of a pid namespace survives, and exits as a shell would.
 */
static void end_as(int status)
{
	struct kernel_sigaction by_default = {.handler = SIG_DFL};
	int signal = WTERMSIG(status);
	uint64_t this_one;

	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	this_one = UINT64_C(1) << (signal - 1);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	syscall(SYS_rt_sigaction, signal, &by_default, NULL, sizeof(by_default.mask));
	syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &this_one, NULL, sizeof(this_one));
	syscall(SYS_tgkill, getpid(), gettid(), signal);
	_exit(128 + signal);
}

/* ---- descriptors ---- */

struct descriptors {
	size_t count;
	int *fds;
};

/* Returns none at all, with errno set, if they cannot be had: one is always open. */
static struct descriptors open_descriptors(void)
{
	struct descriptors open = {0};
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		int fd, *fds;

		if (entry->d_name[0] == '.')
			continue;
		fd = atoi(entry->d_name);
		if (fd == dirfd(directory))
			continue;
		fds = realloc(open.fds, (open.count + 1) * sizeof(int));
		if (!fds) {
			open.count = 0;
			break;
		}
		open.fds = fds;
		open.fds[open.count++] = fd;
	}
	if (directory)
		closedir(directory);
	return open;
}

static struct descriptors open_descriptors_but(struct descriptors inherited)
{
	struct descriptors open = open_descriptors(), own = {0, open.fds};

	for (size_t i = 0; i < open.count; i++) {
		bool known = false;

		for (size_t j = 0; j < inherited.count && !known; j++)
			known = open.fds[i] == inherited.fds[j];
		if (!known)
			own.fds[own.count++] = open.fds[i];
	}
	return own;
}

/* The JVM opens its class library without O_CLOEXEC. */
static void close_own_on_exec(struct descriptors inherited)
{
	struct descriptors own = open_descriptors_but(inherited);

	for (size_t i = 0; i < own.count; i++)
		fcntl(own.fds[i], F_SETFD, FD_CLOEXEC);
	free(own.fds);
}

/*
 * Detaching BPF programs takes long (each waits for RCU), and closing the last
 * descriptor of a link does it: half a second in all, that the shell would wait.
 * A file that is registered with an io_uring outlives the process that registered
 * it by as much as a kernel thread needs to close it (io_uring/io_uring.c,
 * io_ring_exit_work). Where io_uring is not allowed, exiting takes longer.
 */
static void have_links_closed_by_the_kernel(void)
{
	struct io_uring_params params = {0};
	struct descriptors open = open_descriptors(), links = {0, open.fds};
	int ring = syscall(SYS_io_uring_setup, 1, &params);

	for (size_t i = 0; i < open.count; i++) {
		char link[64], file[64] = "";

		snprintf(link, sizeof(link), "/proc/self/fd/%d", open.fds[i]);
		if (readlink(link, file, sizeof(file) - 1) > 0 &&
		    strncmp(file, "anon_inode:bpf", strlen("anon_inode:bpf")) == 0)
			links.fds[links.count++] = open.fds[i];
	}
	if (ring >= 0 && links.count > 0)
		syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, links.fds, links.count);
}

/* ---- the virtual machine ---- */

/*
 * The JVM does not start where the working directory has been removed, and looks for
 * files of its own in it. It starts in the root, unless there is no way back.
 */
static int leave_directory(void)
{
	int directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (directory >= 0 && chdir("/") != 0)
		fail("cannot enter /: %s", strerror(errno));
	return directory;
}

static void return_to(int directory)
{
	if (directory >= 0 && fchdir(directory) != 0)
		fail("cannot return to the working directory: %s", strerror(errno));
	close(directory);
}

/* Where the JVM does not start, it says why on stdout, which is the command's. */
static int divert_stdout(void)
{
	int output;

	if (invocation.closed_descriptors >> STDOUT_FILENO & 1)
		return -1;
	output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (output >= 0)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	return output;
}

static void restore_stdout(int output)
{
	if (output < 0)
		return;
	dup2(output, STDOUT_FILENO);
	close(output);
}

static const char *in_image(const char *option, const char *path)
{
	char *text;

	if (asprintf(&text, "%s%s/%s", option, image, path) < 0)
		fail("out of memory");
	return text;
}

/* Where the address space is limited to less, the JVM dies of SIGSEGV before it can say so. */
static void require_address_space(void)
{
	enum { NEEDED_MB = 256 };
	struct rlimit limit;

	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur / (1 << 20) < NEEDED_MB)
		fail("the Java runtime needs %d MB of address space, and the limit is %llu "
		     "(ulimit -v)",
		     NEEDED_MB, (unsigned long long)limit.rlim_cur / (1 << 20));
}

/* The JVM has said why, and would exit with 1 (JavaVMOption "abort", os::shutdown in HotSpot). */
static void aborted(void)
{
	fail("the Java runtime broke down, for the reason above; is a limit too low (ulimit -a)?");
}

typedef jint (*create_vm)(JavaVM **, void **, void *);

static create_vm load_vm(void)
{
	const char *library = in_image("", "lib/server/libjvm.so");
	void *handle = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
	create_vm create;

	if (!handle)
		fail("cannot load the Java runtime: %s; build or install tcpw again", dlerror());
	create = (create_vm)dlsym(handle, "JNI_CreateJavaVM");
	if (!create)
		fail("%s is no Java runtime; build or install tcpw again", library);
	return create;
}

#ifdef TCPW_TRAIN
/*
 * Runs the command with these options first, which need not succeed: fexit may be
 * refused. The training run itself has none, as most runs will.
 */
static void train(JNIEnv *env, jclass main, jmethodID method)
{
	static const char *const options[][3] = {
		{"--engine", "fexit"},  {"-UX"}, {"-lUXs"}, {"-sl", "--format", "json"},
		{"--engine", "ptrace"},
	};
	enum {
		RUNS = sizeof(options) / sizeof(*options),
		MOST = sizeof(*options) / sizeof(**options)
	};

	for (size_t run = 0; run < RUNS; run++) {
		struct invocation with_options = invocation;
		size_t count = 0;
		char **argv = calloc(invocation.argc + MOST + 1, sizeof(*argv));

		if (!argv)
			fail("out of memory");
		argv[0] = invocation.argv[0];
		while (count < MOST && options[run][count]) {
			argv[1 + count] = (char *)options[run][count];
			count++;
		}
		for (int64_t i = 1; i < invocation.argc; i++)
			argv[count + i] = invocation.argv[i];
		with_options.argc = invocation.argc + count;
		with_options.argv = argv;
		/* Inherited ones are closed once: their numbers are others' then. */
		with_options.descriptor_count = 0;
		(*env)->CallStaticIntMethod(env, main, method, (jlong)(intptr_t)&with_options);
	}
}
#endif

static void *run(void *inherited)
{
	/*
	 * One short-lived thread: the serial collector, the quick compiler, which
	 * leaves alone what runs less than some 400 times, a small heap. -Xrs leaves the signals
	 * alone, the rest keeps the JVM from leaving files, listening to attach requests, raising
	 * RLIMIT_NOFILE, adding to what core dumps hold (proc_pid_coredump_filter(5)), writing to
	 * stdout and remarking on a .hotspotrc in the working directory (PrintWarnings). The
	 * options are part of the AOT cache's identity, and some (--illegal-native-access) make it
	 * useless. No machine code goes into the cache (AOTAdapterCaching, AOTStubCaching): it
	 * would be for the processor of the machine that built the image, and die of SIGILL on a
	 * lesser one.
	 */
	const char *const options[] = {
#if defined(TCPW_TRAIN)
		in_image("-XX:DumpLoadedClassList=", "lib/tcpw.classes"),
#elif defined(TCPW_CACHE)
		"-Xshare:dump",
		"-XX:+AOTClassLinking",
		in_image("-XX:SharedClassListFile=", "lib/tcpw.classes"),
		in_image("-XX:SharedArchiveFile=", "lib/tcpw.aot"),
#else
		in_image("-XX:AOTCache=", "lib/tcpw.aot"),
#endif
		"-Djdk.module.main=io.github.tcpw",
		"--enable-native-access=io.github.tcpw",
		"-XX:+UseSerialGC",
		"-XX:TieredStopAtLevel=1",
		"-XX:CompileThresholdScaling=2",
		"-Xms8m",
		"-Xmx32m",
		"-Xss512k",
		"-XX:CompressedClassSpaceSize=16m", /* of address space, not the default's 1 GB */
		/* Full to a seventh, it would be collected: 6 ms of every start. */
		"-XX:ReservedCodeCacheSize=32m",
		"-XX:-UsePerfData",
		/* All sizes are given here: what the cgroup allows need not be read. */
		"-XX:-UseContainerSupport",
		"-XX:+DisableAttachMechanism",
		"-XX:-MaxFDLimit",
		"-Xrs",
		"-XX:+UnlockDiagnosticVMOptions",
		"-XX:-DumpPrivateMappingsInCore",
		"-XX:-DumpSharedMappingsInCore",
		/*
		 * The AOT cache lies where it was made for, if that is free: anywhere else, its
		 * 360,000 pointers would be changed first. Nothing in it is executable.
		 */
		"-XX:ArchiveRelocationMode=0",
		/* There are no profiles in it, for which a thread would be started. */
		"-XX:-AOTReplayTraining",
		"-XX:-AOTAdapterCaching",
		"-XX:-AOTStubCaching",
		"-XX:+ErrorFileToStderr",
		"-XX:-PrintWarnings",
		"-XX:+DisplayVMOutputToStderr",
		"-Xlog:disable",
		"-Xlog:all=error:stderr",
	};
	enum { OPTIONS = sizeof(options) / sizeof(*options) };
	JavaVMOption jvm_options[OPTIONS + 1] = {[OPTIONS] = {"abort", (void *)aborted}};
	JavaVMInitArgs args = {JNI_VERSION_21, OPTIONS + 1, jvm_options, JNI_FALSE};
	JavaVM *vm;
	JNIEnv *env;
	jclass main;
	jmethodID method;
	jint status;
	int directory = leave_directory(), output = divert_stdout();

	for (int i = 0; i < OPTIONS; i++)
		jvm_options[i].optionString = (char *)options[i];
	if (load_vm()(&vm, (void **)&env, &args) != JNI_OK)
		fail("the Java runtime did not start");
	return_to(directory);
	restore_stdout(output);
	ignore_signals_of_glibc();
	close_own_on_exec(*(struct descriptors *)inherited);

	main = (*env)->FindClass(env, "io/github/tcpw/Main");
	method = main ? (*env)->GetStaticMethodID(env, main, "run", "(J)I") : NULL;
	if (!method) {
		(*env)->ExceptionDescribe(env);
		fail("the image holds no tcpw; build or install it again");
	}
#ifdef TCPW_TRAIN
	train(env, main, method);
#endif
	status = (*env)->CallStaticIntMethod(env, main, method, (jlong)(intptr_t)&invocation);
	if ((*env)->ExceptionCheck(env)) {
		(*env)->ExceptionDescribe(env);
		status = EXIT_TCPW_FAILED << 8;
	}
#ifdef TCPW_TRAIN
	(*vm)->DestroyJavaVM(vm); /* ends the list of classes */
#endif
	have_links_closed_by_the_kernel();
	end_as(status);
	return NULL;
}

/* Each of the JVM's threads would have a heap of its own, and grow it page by page. */
static void share_one_heap(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TOP_PAD, 1 << 20);
}

int main(int argc, char **argv)
{
	struct descriptors inherited;
	pthread_t thread;

	share_one_heap();
	invocation.argc = argc;
	invocation.argv = argv;
	invocation.envp = original_environment();
	invocation.closed_descriptors = reserve_standard_descriptors();
	note_signals();
	take_over_signals();
	restrict_environment();
	inherited = open_descriptors();
	if (inherited.count == 0)
		fail("cannot read /proc/self/fd: %s; mount /proc", strerror(errno));
	invocation.descriptor_count = (int64_t)inherited.count;
	invocation.descriptors = inherited.fds;
	invocation.nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (invocation.nowhere < 0)
		fail("cannot open /dev/null: %s", strerror(errno));

	find_image();
	guard_capabilities();
	require_address_space();
	/* Not on the first thread: HotSpot cannot guard the end of its stack. */
	errno = pthread_create(&thread, NULL, run, &inherited);
	if (errno)
		fail("cannot start a thread: %s", strerror(errno));
	pthread_join(thread, NULL);
}
