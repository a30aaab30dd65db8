// SPDX-License-Identifier: GPL-2.0
/*
 * Iterates over the TCP sockets that processes hold open. Reads without taking their locks: asking
 * the socket layer (sock_diag, TCP_INFO) waits for whoever holds a socket's lock, and with many
 * flows on few CPUs that is longer than a window lasts.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "socket_iter.h"

/* The few kernel fields that are read; CO-RE finds where they are in the running kernel. */
#define KERNEL_TYPE __attribute__((preserve_access_index))

struct sock_common {
	__be16 skc_dport;
	__u16 skc_num;
	unsigned char skc_state;
} KERNEL_TYPE;

struct sock {
	struct sock_common __sk_common;
} KERNEL_TYPE;

struct socket {
	struct sock *sk;
} KERNEL_TYPE;

struct tcp_sock {
	__u64 bytes_received;
	__u64 bytes_acked;
	__u32 total_retrans;
} KERNEL_TYPE;

struct seq_file;
struct task_struct;
struct file;

struct bpf_iter_meta {
	struct seq_file *seq;
} KERNEL_TYPE;

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
} KERNEL_TYPE;

char LICENSE[] SEC("license") = "GPL";

SEC("iter/task_file")
int sockets(struct bpf_iter__task_file *ctx)
{
	struct socket_entry e = {};
	struct file *file = ctx->file;
	struct socket *socket;
	struct tcp_sock *tcp;
	struct sock *sk;

	if (!file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk)
		return 0;
	tcp = bpf_skc_to_tcp_sock(sk);
	if (!tcp)
		return 0;
	e.socket = (__u64)tcp;
	e.received = tcp->bytes_received;
	e.acked = tcp->bytes_acked;
	e.retransmits = tcp->total_retrans;
	e.local_port = sk->__sk_common.skc_num;
	e.remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
	e.state = sk->__sk_common.skc_state;
	bpf_seq_write(ctx->meta->seq, &e, sizeof(e));
	return 0;
}
