/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel says of the flows' TCP sockets (NETLINK_SOCK_DIAG). */
#ifndef AGENT_SOCKETS_H
#define AGENT_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/inet_diag.h>

#include "agent/net.h"
#include "scenario/scenario.h"

struct socket_flow {
	bool found;
	struct inet_diag_sockid id;	/* addresses, ports and the kernel's unique number */
	uint64_t received;	/* payload bytes received */
	uint64_t acked;		/* payload bytes sent and acknowledged */
	uint64_t retransmits;	/* segments */
};

/*
 * The data connections of @flows flows as @side sees them; flow i is on the server's port
 * base_port + i. Of a flow's two connections the data one has moved more bytes.
 */
int sockets_flows(const struct net_side *side, int base_port, int flows,
		  struct socket_flow out[FLOWS_MAX], struct err *e);

/*
 * Read @flows once-found flows anew: much cheaper than finding them, for looks in a hurry. A
 * connection that has gone is no longer found.
 */
int sockets_refresh(const struct net_side *side, int base_port, int flows,
		    struct socket_flow f[FLOWS_MAX], struct err *e);

/* How many of those ports have a listening socket on @side. */
int sockets_listening(const struct net_side *side, int base_port, int flows, struct err *e);

#endif
