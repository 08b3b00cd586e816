/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A 32-bit program without a C library: connects to itself over TCP, accepts,
 * and is refused, twice: on x86 first through socketcall(2), then through the
 * calls that Linux 4.3 added; on ARM with accept(2), then with accept4(2). Its
 * exit status says which step failed.
 */
/* net/socket.c: the first argument of socketcall */
enum { SOCKET = 1, BIND = 2, CONNECT = 3, LISTEN = 4, ACCEPT = 5, GETSOCKNAME = 6 };
enum { AF_INET = 2, SOCK_STREAM = 1, ECONNREFUSED = 111 };

struct sockaddr_in {
	unsigned short family, port;
	unsigned int address;
	char pad[8];
};

#if defined(__i386__)

enum { SYS_EXIT = 1, SYS_SOCKETCALL = 102, SYS_CONNECT = 362, SYS_ACCEPT4 = 364 };

static long call(long nr, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80"
	                 : "=a"(result)
	                 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d)
	                 : "memory");
	return result;
}

static long socketcall(long what, long a, long b, long c)
{
	long args[3] = {a, b, c};

	return call(SYS_SOCKETCALL, what, (long)args, 0, 0);
}

#elif defined(__arm__)

enum { SYS_EXIT = 1, SYS_SOCKET = 281, SYS_CONNECT = 283, SYS_ACCEPT4 = 366 };

static long call(long nr, long a, long b, long c, long d)
{
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;
	register long r7 __asm__("r7") = nr;

	__asm__ volatile("svc 0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r3), "r"(r7) : "memory");
	return r0;
}

/* What socketcall does elsewhere are calls of their own here, in the same order. */
static long socketcall(long what, long a, long b, long c)
{
	return call(SYS_SOCKET - SOCKET + what, a, b, c, 0);
}

#endif

static void require(int holds, int step)
{
	if (!holds)
		call(SYS_EXIT, step, 0, 0, 0);
}

/* A socket bound to an ephemeral port of 127.0.0.1; its address goes to *at. */
static long bound(struct sockaddr_in *at)
{
	long length = sizeof(*at), fd = socketcall(SOCKET, AF_INET, SOCK_STREAM, 0);

	*at = (struct sockaddr_in){.family = AF_INET, .address = 0x0100007f};
	require(fd >= 0, 1);
	require(socketcall(BIND, fd, (long)at, length) == 0, 2);
	require(socketcall(GETSOCKNAME, fd, (long)at, (long)&length) == 0, 3);
	return fd;
}

void _start(void)
{
	struct sockaddr_in open, closed;
	long server = bound(&open);

	bound(&closed);
	require(socketcall(LISTEN, server, 8, 0) == 0, 4);

	require(socketcall(CONNECT, socketcall(SOCKET, AF_INET, SOCK_STREAM, 0), (long)&open,
	                   sizeof(open)) == 0,
	        5);
	require(socketcall(ACCEPT, server, 0, 0) >= 0, 6);
	require(socketcall(CONNECT, socketcall(SOCKET, AF_INET, SOCK_STREAM, 0), (long)&closed,
	                   sizeof(closed)) == -ECONNREFUSED,
	        7);

	require(call(SYS_CONNECT, socketcall(SOCKET, AF_INET, SOCK_STREAM, 0), (long)&open,
	             sizeof(open), 0) == 0,
	        8);
	require(call(SYS_ACCEPT4, server, 0, 0, 0) >= 0, 9);
	require(call(SYS_CONNECT, socketcall(SOCKET, AF_INET, SOCK_STREAM, 0), (long)&closed,
	             sizeof(closed), 0) == -ECONNREFUSED,
	        10);
	call(SYS_EXIT, 0, 0, 0, 0);
}
