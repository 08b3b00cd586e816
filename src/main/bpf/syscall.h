/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The one place that knows processor architectures: which system call a task
 * is leaving, and with what arguments.
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

#if defined(__TARGET_ARCH_x86)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs {
	unsigned long bx, cx, dx, si, di, orig_ax;
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

#else
#error "tcpw: no system call layout for this architecture"
#endif

#endif
