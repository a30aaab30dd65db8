/* SPDX-License-Identifier: GPL-2.0 */
/* The flows' TCP sockets, as the kernel sees them (bpf/socket_iter.bpf.c). */
#ifndef AGENT_SOCKETS_H
#define AGENT_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "scenario/scenario.h"
#include "util/err.h"

struct sockets;

/* One end of a flow's data connection. */
struct socket_end {
	bool found;
	uint64_t socket;	/* tells one socket from another */
	uint64_t received;	/* payload bytes received */
	uint64_t acked;		/* payload bytes sent and acknowledged */
	uint64_t retransmits;	/* segments */
};

struct socket_flows {
	struct socket_end server[FLOWS_MAX], client[FLOWS_MAX];
	int listening;		/* ports on which a server waits */
};

/* Load the iterator. -errno with @e. The caller ends it with sockets_close(). */
int sockets_open(struct sockets **out, struct err *e);
void sockets_close(struct sockets *s);

/*
 * Read the sockets of @flows flows, of which flow i is on the server's port @base_port + i. Of a
 * flow's two connections the data one has moved more bytes.
 */
int sockets_read(struct sockets *s, int base_port, int flows, struct socket_flows *out,
		 struct err *e);

#endif
