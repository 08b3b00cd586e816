/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The one place that knows processor architectures: which system call a task
 * is leaving, and with what arguments.
 *
 * Addresses in user space are pointers, whatever the size of the caller's.
 */
#ifndef TCPW_SYSCALL_H
#define TCPW_SYSCALL_H

enum socket_call { CALL_OTHER, CALL_CONNECT, CALL_ACCEPT };

struct syscall {
	enum socket_call call;
	int fd;
	const void *address; /* in user space; connect only */
	__u32 address_length;
};

/* How a call that moves data names the peer. */
enum naming {
	NAMING_NONE,     /* read, write, send, recv: whom the socket is connected to */
	NAMING_ADDRESS,  /* sendto, recvfrom: a struct sockaddr */
	NAMING_MESSAGE,  /* sendmsg, recvmsg: in a struct msghdr */
	NAMING_MESSAGES, /* sendmmsg, recvmmsg: in an array of struct mmsghdr */
};

struct transfer {
	int fd;
	bool is_listen;
	bool is_outgoing;
	bool is_32_bit; /* the caller, and so struct msghdr */
	__u8 naming;    /* enum naming */
	__u32 flags;    /* MSG_* of recv(2); of calls that receive alone */
	const void *name;
	__u32 name_length; /* NAMING_ADDRESS, of calls that send */
	__s32 backlog;
};

/* What is common to all architectures: the arguments, once they are known. */
static __always_inline void set_transfer(struct transfer *t, bool is_outgoing, enum naming naming,
                                         __u64 fd, __u64 name, __u64 flags)
{
	t->fd = (int)fd;
	t->flags = is_outgoing ? 0 : (__u32)flags;
	t->is_outgoing = is_outgoing;
	t->naming = naming;
	t->name = (const void *)name;
}

static __always_inline bool set_listen(struct transfer *t, __u64 fd, __u64 backlog)
{
	t->fd = (int)fd;
	t->is_listen = true;
	t->backlog = (__s32)backlog;
	return true;
}

#if defined(__TARGET_ARCH_x86)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs {
	unsigned long r10, r9, r8, bx, cx, dx, si, di, bp, orig_ax;
};
#pragma clang attribute pop

/* arch/x86/include/asm/thread_info.h: set while in a 32-bit system call. */
#define TS_COMPAT 0x0002
/* arch/x86/include/uapi/asm/unistd.h: x32 programs use 64-bit numbers with this bit. */
#define X32_SYSCALL_BIT 0x40000000

enum syscall_number {
	X64_CONNECT = 42,
	X64_ACCEPT = 43,
	X64_ACCEPT4 = 288,
	I386_SOCKETCALL = 102,
	I386_CONNECT = 362,
	I386_ACCEPT4 = 364,
};

/*
 * socketcall(2): one system call of 32-bit programs for the whole socket API,
 * its arguments in an array in user memory (net/socket.c).
 */
static __always_inline void decode_socketcall(struct syscall *s, struct pt_regs *regs)
{
	enum { SYS_CONNECT = 3, SYS_ACCEPT = 5, SYS_ACCEPT4 = 18 };
	__u32 call = (__u32)regs->bx;
	const void *array = (const void *)(unsigned long)(__u32)regs->cx;
	__u32 args[3] = {};

	if (call != SYS_CONNECT && call != SYS_ACCEPT && call != SYS_ACCEPT4)
		return;
	if (bpf_probe_read_user(args, sizeof(args), array))
		return;
	s->call = call == SYS_CONNECT ? CALL_CONNECT : CALL_ACCEPT;
	s->fd = args[0];
	s->address = (const void *)(unsigned long)args[1];
	s->address_length = args[2];
}

static __always_inline void decode_i386(struct syscall *s, struct pt_regs *regs)
{
	__u32 nr = (__u32)regs->orig_ax;

	if (nr == I386_SOCKETCALL) {
		decode_socketcall(s, regs);
		return;
	}
	if (nr == I386_CONNECT)
		s->call = CALL_CONNECT;
	else if (nr == I386_ACCEPT4)
		s->call = CALL_ACCEPT;
	s->fd = (int)regs->bx;
	s->address = (const void *)(unsigned long)(__u32)regs->cx;
	s->address_length = (__u32)regs->dx;
}

/* Cheap on purpose: it runs at the end of every system call of the machine. */
static __always_inline bool may_be_socket_call(struct pt_regs *regs)
{
	__u32 nr = regs->orig_ax & ~X32_SYSCALL_BIT;

	return nr == X64_CONNECT || nr == X64_ACCEPT || nr == X64_ACCEPT4 ||
	       nr == I386_SOCKETCALL || nr == I386_CONNECT || nr == I386_ACCEPT4;
}

static __always_inline void decode_syscall(struct syscall *s, struct pt_regs *regs,
                                           struct task_struct *task)
{
	if (task->thread_info.status & TS_COMPAT) {
		decode_i386(s, regs);
		return;
	}
	switch (regs->orig_ax & ~X32_SYSCALL_BIT) {
	case X64_CONNECT:
		s->call = CALL_CONNECT;
		break;
	case X64_ACCEPT:
	case X64_ACCEPT4:
		s->call = CALL_ACCEPT;
		break;
	}
	s->fd = (int)regs->di;
	s->address = (const void *)regs->si;
	s->address_length = (__u32)regs->dx;
}

enum transfer_number {
	X64_READ = 0,
	X64_WRITE = 1,
	X64_READV = 19,
	X64_WRITEV = 20,
	X64_SENDTO = 44,
	X64_RECVFROM = 45,
	X64_SENDMSG = 46,
	X64_RECVMSG = 47,
	X64_LISTEN = 50,
	X64_RECVMMSG = 299,
	X64_SENDMMSG = 307,
	I386_READ = 3,
	I386_WRITE = 4,
	I386_READV = 145,
	I386_WRITEV = 146,
	I386_RECVMMSG = 337,
	I386_SENDMMSG = 345,
	I386_LISTEN = 363,
	I386_SENDTO = 369,
	I386_SENDMSG = 370,
	I386_RECVFROM = 371,
	I386_RECVMSG = 372,
	I386_RECVMMSG_TIME64 = 417,
};

static __always_inline bool decode_socketcall_transfer(struct transfer *t, struct pt_regs *regs)
{
	enum {
		SYS_LISTEN = 4,
		SYS_SEND = 9,
		SYS_RECV = 10,
		SYS_SENDTO = 11,
		SYS_RECVFROM = 12,
		SYS_SENDMSG = 16,
		SYS_RECVMSG = 17,
		SYS_RECVMMSG = 19,
		SYS_SENDMMSG = 20,
	};
	__u32 args[6] = {};

	if (bpf_probe_read_user(args, sizeof(args), (const void *)(unsigned long)(__u32)regs->cx))
		return false;
	switch ((__u32)regs->bx) {
	case SYS_LISTEN:
		return set_listen(t, args[0], args[1]);
	case SYS_SEND:
	case SYS_RECV:
		set_transfer(t, regs->bx == SYS_SEND, NAMING_NONE, args[0], 0, args[3]);
		return true;
	case SYS_SENDTO:
	case SYS_RECVFROM:
		set_transfer(t, regs->bx == SYS_SENDTO, NAMING_ADDRESS, args[0], args[4], args[3]);
		t->name_length = args[5];
		return true;
	case SYS_SENDMSG:
	case SYS_RECVMSG:
		set_transfer(t, regs->bx == SYS_SENDMSG, NAMING_MESSAGE, args[0], args[1], args[2]);
		return true;
	case SYS_RECVMMSG:
	case SYS_SENDMMSG:
		set_transfer(t, regs->bx == SYS_SENDMMSG, NAMING_MESSAGES, args[0], args[1],
		             args[3]);
		return true;
	}
	return false;
}

static __always_inline bool decode_i386_transfer(struct transfer *t, struct pt_regs *regs)
{
	__u32 nr = (__u32)regs->orig_ax;

	t->is_32_bit = true;
	switch (nr) {
	case I386_SOCKETCALL:
		return decode_socketcall_transfer(t, regs);
	case I386_LISTEN:
		return set_listen(t, regs->bx, regs->cx);
	case I386_READ:
	case I386_READV:
	case I386_WRITE:
	case I386_WRITEV:
		set_transfer(t, nr == I386_WRITE || nr == I386_WRITEV, NAMING_NONE, regs->bx, 0, 0);
		return true;
	case I386_SENDTO:
	case I386_RECVFROM:
		set_transfer(t, nr == I386_SENDTO, NAMING_ADDRESS, regs->bx, (__u32)regs->di,
		             regs->si);
		t->name_length = (__u32)regs->bp;
		return true;
	case I386_SENDMSG:
	case I386_RECVMSG:
		set_transfer(t, nr == I386_SENDMSG, NAMING_MESSAGE, regs->bx, (__u32)regs->cx,
		             regs->dx);
		return true;
	case I386_SENDMMSG:
	case I386_RECVMMSG:
	case I386_RECVMMSG_TIME64:
		set_transfer(t, nr == I386_SENDMMSG, NAMING_MESSAGES, regs->bx, (__u32)regs->cx,
		             regs->si);
		return true;
	}
	return false;
}

/* Cheap on purpose, as may_be_socket_call. */
static __always_inline bool may_be_transfer(struct pt_regs *regs)
{
	__u32 nr = (__u32)regs->orig_ax;

	return nr <= X64_LISTEN || nr == I386_SOCKETCALL ||
	       (nr >= I386_READV && nr <= I386_WRITEV) || nr >= X64_RECVMMSG;
}

static __always_inline bool decode_transfer(struct transfer *t, struct pt_regs *regs,
                                            struct task_struct *task)
{
	__u32 nr = (__u32)regs->orig_ax;

	if (task->thread_info.status & TS_COMPAT)
		return decode_i386_transfer(t, regs);
	switch (nr) {
	case X64_LISTEN:
		return set_listen(t, regs->di, regs->si);
	case X64_READ:
	case X64_READV:
	case X64_WRITE:
	case X64_WRITEV:
		set_transfer(t, nr == X64_WRITE || nr == X64_WRITEV, NAMING_NONE, regs->di, 0, 0);
		return true;
	case X64_SENDTO:
	case X64_RECVFROM:
		set_transfer(t, nr == X64_SENDTO, NAMING_ADDRESS, regs->di, regs->r8, regs->r10);
		t->name_length = (__u32)regs->r9;
		return true;
	case X64_SENDMSG:
	case X64_RECVMSG:
		set_transfer(t, nr == X64_SENDMSG, NAMING_MESSAGE, regs->di, regs->si, regs->dx);
		return true;
	case X64_SENDMMSG:
	case X64_RECVMMSG:
		set_transfer(t, nr == X64_SENDMMSG, NAMING_MESSAGES, regs->di, regs->si, regs->r10);
		return true;
	}
	return false;
}

#elif defined(__TARGET_ARCH_arm64)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs {
	__u64 regs[31];
	__u64 pstate;
	__u64 orig_x0; /* x0 itself holds the result by now */
	__s32 syscallno;
};
#pragma clang attribute pop

enum syscall_number {
	ARM64_CONNECT = 203,
	ARM64_ACCEPT = 202,
	ARM64_ACCEPT4 = 242,
	ARM_CONNECT = 283,
	ARM_ACCEPT = 285,
	ARM_ACCEPT4 = 366,
};

/* arch/arm64/include/uapi/asm/ptrace.h: the task runs 32-bit code. */
#define PSR_MODE32_BIT 0x10

static __always_inline bool may_be_socket_call(struct pt_regs *regs)
{
	__u32 nr = regs->syscallno;

	return nr == ARM64_CONNECT || nr == ARM64_ACCEPT || nr == ARM64_ACCEPT4 ||
	       nr == ARM_CONNECT || nr == ARM_ACCEPT || nr == ARM_ACCEPT4;
}

static __always_inline void decode_syscall(struct syscall *s, struct pt_regs *regs,
                                           struct task_struct *task)
{
	bool is_32_bit = regs->pstate & PSR_MODE32_BIT;
	__u32 nr = regs->syscallno;

	if (nr == (is_32_bit ? ARM_CONNECT : ARM64_CONNECT))
		s->call = CALL_CONNECT;
	else if (nr == (is_32_bit ? ARM_ACCEPT : ARM64_ACCEPT) ||
	         nr == (is_32_bit ? ARM_ACCEPT4 : ARM64_ACCEPT4))
		s->call = CALL_ACCEPT;
	s->fd = (int)regs->orig_x0;
	s->address = (const void *)regs->regs[1];
	s->address_length = (__u32)regs->regs[2];
}

enum transfer_number {
	ARM64_READ = 63,
	ARM64_WRITE = 64,
	ARM64_READV = 65,
	ARM64_WRITEV = 66,
	ARM64_LISTEN = 201,
	ARM64_SENDTO = 206,
	ARM64_RECVFROM = 207,
	ARM64_SENDMSG = 211,
	ARM64_RECVMSG = 212,
	ARM64_RECVMMSG = 243,
	ARM64_SENDMMSG = 269,
	ARM_READ = 3,
	ARM_WRITE = 4,
	ARM_READV = 145,
	ARM_WRITEV = 146,
	ARM_LISTEN = 284,
	ARM_SEND = 289,
	ARM_SENDTO = 290,
	ARM_RECV = 291,
	ARM_RECVFROM = 292,
	ARM_SENDMSG = 296,
	ARM_RECVMSG = 297,
	ARM_RECVMMSG = 365,
	ARM_SENDMMSG = 374,
	ARM_RECVMMSG_TIME64 = 417,
};

static __always_inline bool may_be_transfer(struct pt_regs *regs)
{
	return true;
}

static __always_inline bool decode_arm_transfer(struct transfer *t, struct pt_regs *regs)
{
	__u32 nr = regs->syscallno, fd = regs->orig_x0, second = regs->regs[1];

	t->is_32_bit = true;
	switch (nr) {
	case ARM_LISTEN:
		return set_listen(t, fd, second);
	case ARM_READ:
	case ARM_READV:
	case ARM_RECV:
	case ARM_WRITE:
	case ARM_WRITEV:
	case ARM_SEND:
		set_transfer(t, nr == ARM_WRITE || nr == ARM_WRITEV || nr == ARM_SEND, NAMING_NONE,
		             fd, 0, nr == ARM_RECV ? regs->regs[3] : 0);
		return true;
	case ARM_SENDTO:
	case ARM_RECVFROM:
		set_transfer(t, nr == ARM_SENDTO, NAMING_ADDRESS, fd, (__u32)regs->regs[4],
		             regs->regs[3]);
		t->name_length = (__u32)regs->regs[5];
		return true;
	case ARM_SENDMSG:
	case ARM_RECVMSG:
		set_transfer(t, nr == ARM_SENDMSG, NAMING_MESSAGE, fd, second, regs->regs[2]);
		return true;
	case ARM_SENDMMSG:
	case ARM_RECVMMSG:
	case ARM_RECVMMSG_TIME64:
		set_transfer(t, nr == ARM_SENDMMSG, NAMING_MESSAGES, fd, second, regs->regs[3]);
		return true;
	}
	return false;
}

static __always_inline bool decode_transfer(struct transfer *t, struct pt_regs *regs,
                                            struct task_struct *task)
{
	__u32 nr = regs->syscallno;
	__u64 fd = regs->orig_x0;

	if (regs->pstate & PSR_MODE32_BIT)
		return decode_arm_transfer(t, regs);
	switch (nr) {
	case ARM64_LISTEN:
		return set_listen(t, fd, regs->regs[1]);
	case ARM64_READ:
	case ARM64_READV:
	case ARM64_WRITE:
	case ARM64_WRITEV:
		set_transfer(t, nr == ARM64_WRITE || nr == ARM64_WRITEV, NAMING_NONE, fd, 0, 0);
		return true;
	case ARM64_SENDTO:
	case ARM64_RECVFROM:
		set_transfer(t, nr == ARM64_SENDTO, NAMING_ADDRESS, fd, regs->regs[4],
		             regs->regs[3]);
		t->name_length = (__u32)regs->regs[5];
		return true;
	case ARM64_SENDMSG:
	case ARM64_RECVMSG:
		set_transfer(t, nr == ARM64_SENDMSG, NAMING_MESSAGE, fd, regs->regs[1],
		             regs->regs[2]);
		return true;
	case ARM64_SENDMMSG:
	case ARM64_RECVMMSG:
		set_transfer(t, nr == ARM64_SENDMMSG, NAMING_MESSAGES, fd, regs->regs[1],
		             regs->regs[3]);
		return true;
	}
	return false;
}

#else
#error "tcpw: no system call layout for this architecture"
#endif

#endif
