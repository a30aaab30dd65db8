/* SPDX-License-Identifier: GPL-2.0 */
/* What the socket iterator (socket_iter.bpf.c) gives for each TCP socket of each process. */
#ifndef BPF_SOCKET_ITER_H
#define BPF_SOCKET_ITER_H

#include <linux/types.h>

struct socket_entry {
	__u64 socket;		/* its address in the kernel: tells one from another */
	__u64 received;		/* payload bytes received */
	__u64 acked;		/* payload bytes sent and acknowledged */
	__u32 retransmits;	/* segments */
	__u16 local_port, remote_port;
	__u32 state;		/* include/net/tcp_states.h */
};

#endif
