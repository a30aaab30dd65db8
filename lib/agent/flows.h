/* SPDX-License-Identifier: GPL-2.0 */
/* The traffic: one iperf3 server and one client process, and one port, for each flow. */
#ifndef AGENT_FLOWS_H
#define AGENT_FLOWS_H

#include <sys/types.h>

#include "agent/command.h"
#include "agent/disturb.h"
#include "agent/iperf.h"
#include "agent/net.h"
#include "agent/sockets.h"
#include "record/record.h"

enum { FLOWS_BASE_PORT = 5201 };

struct flows {
	int n;			/* of the scenario */
	bool tx;		/* the servers send */
	uint64_t asked_bytes;	/* of each flow; 0: timed */
	pid_t server[FLOWS_MAX], client[FLOWS_MAX];	/* 0: of another machine */
};

/*
 * Start the servers of the largest scenario on the subject's side, before it is known which one is
 * asked for: a saved machine then has them. On several CPUs server i is pinned to CPU i.
 */
int flows_prepare(struct flows *f, const struct net *net, struct sockets *sockets, struct err *e);

/* End the servers, and start others. */
int flows_prepare_anew(struct flows *f, const struct net *net, struct sockets *sockets,
		       struct err *e);

/* The flows of @c, whose clients another machine starts. */
void flows_plan(struct flows *f, const struct command *c);

/*
 * Start the flows of @c: clients on the peer's side, pinned likewise, which send, or receive for a
 * -tx scenario.
 */
int flows_start(struct flows *f, const struct net *net, const struct command *c, struct err *e);

/* Stop the sender of flow @i; and let all senders go on. */
void flows_hold(const struct flows *f, int i);
void flows_release(const struct flows *f);

/* The threads of all clients and servers at work: a disturb_targets_fn. */
int flows_threads(void *flows, pid_t tids[DISTURB_THREADS_MAX]);

/* -ECHILD with @e when a client or server has ended already, which none may while it is measured. */
int flows_alive(const struct flows *f, struct err *e);

/* End all clients where they are. */
void flows_cut(struct flows *f);

/* The version of iperf3, as its results say it. */
int flows_version(const struct net *net, char buf[IPERF_VERSION_MAX], struct err *e);

/* Wait for all clients to end well, and read their results. */
int flows_finish(struct flows *f, struct iperf_result results[FLOWS_MAX], struct err *e);

/* What @results say, into @r's flows and environment. */
void flows_fill(const struct iperf_result *results, struct record *r);

#endif
