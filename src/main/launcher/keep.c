/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "keep TASK...": lets processes that outlive the command go on when tcpw has ended.
 *
 * A seccomp filter cannot be taken off, and a call that it stops fails where nobody traces. So
 * somebody goes on tracing, and lets every call pass. Each TASK is "t" and the ID of a thread that
 * tcpw has left stopped, or "c" and that of a process to continue when all are seized.
 *
 * It belongs to no terminal or session, has no descriptors, and ends with the last of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
	          PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP |
	          PTRACE_O_EXITKILL
};

static void go_on(pid_t thread, int status)
{
	int event = status >> 16, signal = WSTOPSIG(status);

	if (event == PTRACE_EVENT_STOP &&
	    (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU))
		ptrace(PTRACE_LISTEN, thread, 0, 0);
	else
		ptrace(PTRACE_CONT, thread, 0, event ? 0L : (long)signal);
}

int main(int argc, char **argv)
{
	sigset_t all;
	pid_t thread;
	int status;

	syscall(SYS_close_range, 0, ~0U, 0);
	if (chdir("/") != 0)
		return EXIT_FAILURE;
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (int i = 1; i < argc; i++)
		if (argv[i][0] == 't')
			ptrace(PTRACE_SEIZE, atoi(argv[i] + 1), 0, (long)OPTIONS);
	for (int i = 1; i < argc; i++)
		if (argv[i][0] == 'c')
			kill(atoi(argv[i] + 1), SIGCONT);
	while ((thread = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR)
		if (thread > 0 && WIFSTOPPED(status))
			go_on(thread, status);
	return EXIT_SUCCESS;
}
