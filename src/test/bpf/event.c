/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the compiler describe the records of the ring buffer in BTF: of the
 * programs' own types it describes only what their variables and maps hold.
 */
#include "../../main/bpf/kernel.h"
#include "../../main/bpf/event.h"

struct event event;
struct inet_event inet_event;
struct close_event close_event;
struct unix_event unix_event;
struct vsock_event vsock_event;
