/* SPDX-License-Identifier: GPL-2.0 */
/* The traffic: one iperf3 server and one client process, and one port, for each flow. */
#ifndef AGENT_FLOWS_H
#define AGENT_FLOWS_H

#include <sys/types.h>

#include "agent/command.h"
#include "agent/iperf.h"
#include "agent/net.h"

enum { FLOWS_BASE_PORT = 5201 };

struct flows {
	int n;
	uint64_t asked_bytes;	/* of each flow; 0: timed */
	pid_t server[FLOWS_MAX], client[FLOWS_MAX];
};

/*
 * Start the flows of @c between the two sides of @net. Servers run on the subject's side; the
 * clients send, or receive for a -tx scenario. On a real clock flow i is pinned to CPU i.
 */
int flows_start(struct flows *f, const struct net *net, const struct command *c, struct err *e);

/* -ECHILD with @e when a client or server has ended already, which none may while it is measured. */
int flows_alive(const struct flows *f, struct err *e);

/* Wait for all clients to end well, and read their results. */
int flows_finish(struct flows *f, struct iperf_result results[FLOWS_MAX], struct err *e);

#endif
