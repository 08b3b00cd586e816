/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Which tasks are traced, and what is noted of each.
 *
 * Task storage marks them, so no pid number is ever compared while tracing and
 * nothing has to be cleaned up. tcpw's spawning thread marks itself as the
 * spawner (mark_spawner); the process it forks is traced, and so is every task
 * a traced task forks (follow_fork). Processes that run already are marked by
 * going through all tasks once (mark_tasks).
 */
#ifndef TCPW_TASK_H
#define TCPW_TASK_H

enum mark { MARK_TRACED = 1, MARK_SPAWNER = 2 };

/* What is known of a task. */
struct note {
	__u32 mark; /* enum mark */
	__u32 pad;
	__u64 told;       /* by an fexit program, see told_by_twin; by syscall_exit, see is_told */
	__u64 moved;      /* by transfer_exit, see is_told */
	__u64 hooked;     /* the socket that an fexit program saw last */
	__u64 accepted;   /* the inode number of the new socket that accept_exit told last */
	__u64 unfollowed; /* the socket that found the table of sockets full when it connected */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct note);
} notes SEC(".maps");

static __always_inline bool set_mark(struct task_struct *task, __u32 mark)
{
	struct note *note = bpf_task_storage_get(&notes, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!note)
		return false;
	note->mark = mark;
	return true;
}

/* The current task's; NULL: it is not traced. */
static __always_inline struct note *traced_note(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct note *note;

	if (ASKED(all))
		return bpf_task_storage_get(&notes, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	note = bpf_task_storage_get(&notes, task, 0, 0);
	return note && note->mark == MARK_TRACED ? note : NULL;
}

/*
 * A kernel that preempts BPF programs leaves out one that it has preempted on
 * this CPU (prog->active, kernel/bpf/trampoline.c): the task that runs there
 * meanwhile would pass unseen. So every program has a twin, which is attached
 * to the same hook. For one call both see the same socket: the first of the two
 * that runs tells.
 */
static __always_inline bool told_by_twin(__u64 *told, __u64 number, bool has_twin)
{
	bool was_told = has_twin && *told == number;

	*told = was_told ? 0 : number;
	return was_told;
}

/* Which of the two runs, where that is known. */
enum turn { TURN_FIRST, TURN_TWIN };

/*
 * The same at the end of system calls, which do not come with a socket. There the twin runs
 * second: the programs of a tracepoint run in the order in which they were attached
 * (func_add, kernel/tracepoint.c). So the first always tells. The call and the descriptor
 * are compared because the twin may have been left out the last time.
 */
static __always_inline bool is_told(__u64 *told, enum turn turn, __u32 call, int fd)
{
	__u64 this = (__u64)(call + 1) << 32 | (__u32)fd; /* never 0 */
	bool was_told = turn == TURN_TWIN && *told == this;

	*told = turn == TURN_FIRST ? this : 0;
	return was_told;
}

/* The number of a process in tcpw's own pid namespace; 0: it has none there. */
static __always_inline __u32 pid_number(struct pid *pid)
{
	struct upid number = {};

	if (!pid)
		return 0;
	bpf_probe_read_kernel(&number, bpf_core_type_size(struct upid),
	                      (void *)&pid->numbers +
	                              state.pid_level * bpf_core_type_size(struct upid));
	return number.nr;
}

/* Who a line is about. */
struct owner {
	__u32 pid; /* process, in tcpw's own pid namespace */
	char comm[16];
};

static __always_inline void read_owner(struct owner *owner, struct task_struct *task)
{
	owner->pid = pid_number(BPF_CORE_READ(task, group_leader, thread_pid));
	BPF_CORE_READ_INTO(&owner->comm, task, comm);
}

static __always_inline void read_current(struct owner *owner)
{
	struct task_struct *task = bpf_get_current_task_btf();

	/* In the first pid namespace that is the tgid, which is had for nothing. */
	owner->pid = state.pid_level == 0
	                     ? (__u32)task->tgid
	                     : pid_number(BPF_CORE_READ(task, group_leader, thread_pid));
	bpf_get_current_comm(owner->comm, sizeof(owner->comm));
}

/* Of the process's first thread; empty if it has ended. */
static __always_inline void read_comm_of(char *comm, __u32 size, struct pid *pid)
{
	struct hlist_node *node;
	void *task;

	bpf_probe_read_kernel(&node, sizeof(node),
	                      (void *)pid + bpf_core_field_offset(struct pid, tasks) +
	                              PIDTYPE_TGID * sizeof(struct hlist_head));
	if (!node)
		return;
	task = (void *)node - bpf_core_field_offset(struct task_struct, pid_links) -
	       PIDTYPE_TGID * bpf_core_field_size(struct task_struct, pid_links) / 4;
	bpf_probe_read_kernel_str(comm, size,
	                          task + bpf_core_field_offset(struct task_struct, comm));
}

/* ---- programs ---- */

/* Run once by the thread that is about to spawn the command (BPF_PROG_TEST_RUN). */
SEC("raw_tp")
int mark_spawner(void *ctx)
{
	struct task_struct *self = bpf_get_current_task_btf();
	struct pid *pid = BPF_CORE_READ(self, thread_pid);
	struct upid number = {};

	state.pid_level = BPF_CORE_READ(pid, level);
	bpf_probe_read_kernel(&number, sizeof(number),
	                      (void *)&pid->numbers +
	                              state.pid_level * bpf_core_type_size(struct upid));
	state.pid_namespace = (__u64)number.ns;
	state.marked_at = bpf_ktime_get_ns();
	return set_mark(self, MARK_SPAWNER);
}

static __always_inline void forked(struct task_struct *parent, struct task_struct *child)
{
	struct note *note = bpf_task_storage_get(&notes, parent, 0, 0);

	if (!note)
		return;
	/* The spawner's new processes are the command; its new threads are tcpw. */
	if (note->mark == MARK_SPAWNER && child->tgid == parent->tgid)
		return;
	if (!set_mark(child, MARK_TRACED))
		count_lost(LOST_TASK);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(follow_fork, struct task_struct *parent, struct task_struct *child)
{
	forked(parent, child);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(follow_fork_twin, struct task_struct *parent, struct task_struct *child)
{
	forked(parent, child);
	return 0;
}

#ifndef TCPW_PLAIN

static __always_inline bool is_asked_for(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct upid number = {};

	if (!pid || BPF_CORE_READ(pid, level) < state.pid_level)
		return false;
	bpf_probe_read_kernel(&number, sizeof(number),
	                      (void *)&pid->numbers +
	                              state.pid_level * bpf_core_type_size(struct upid));
	if ((__u64)number.ns != state.pid_namespace)
		return false;
	for (int i = 0; i < MAX_PIDS; i++) {
		if (i >= config.pid_count)
			break;
		if (config.pids[i] == (__u32)number.nr)
			return true;
	}
	return false;
}

/*
 * Marks the processes that are asked for, their threads, and all that descend
 * from them. User space goes through all tasks until no more are found: what is
 * forked meanwhile is marked by follow_fork, or by the next round.
 */
SEC("iter/task")
int mark_tasks(struct bpf_iter__task *ctx)
{
	enum { GENERATIONS = 64 };
	struct task_struct *task = ctx->task, *ancestor, *parent;
	struct note *note;

	if (!task)
		return 0;
	ancestor = BPF_CORE_READ(task, group_leader);
	for (int i = 0; i < GENERATIONS; i++) {
		if (is_asked_for(ancestor))
			break;
		if (i == GENERATIONS - 1)
			return 0;
		parent = BPF_CORE_READ(ancestor, real_parent, group_leader);
		if (!parent || parent == ancestor) /* the idle task is its own */
			return 0;
		ancestor = parent;
	}
	note = bpf_task_storage_get(&notes, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!note) {
		count_lost(LOST_TASK);
	} else if (note->mark != MARK_TRACED) {
		note->mark = MARK_TRACED;
		__sync_fetch_and_add(&state.marked, 1);
	}
	return 0;
}

#endif

#endif
