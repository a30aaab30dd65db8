/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is read at one end of the window, and what two ends make. Over two levels a machine has one
 * side of the network only: what it does not have is left out, and the other machine's record has it.
 */
#ifndef AGENT_EDGE_H
#define AGENT_EDGE_H

#include "agent/command.h"
#include "agent/flows.h"
#include "agent/net.h"
#include "agent/sockets.h"
#include "record/record.h"

struct edge {
	struct record_cpu cpus[RECORD_CPUS_MAX];
	int nr_cpus;
	uint64_t cpus_ns;	/* when they were read */
	struct record_tcp tcp_subject, tcp_peer;
	struct record_nic nic_subject, nic_peer;
	struct socket_flows flows;
};

/* The CPUs, TCP and the NICs: slow. */
int edge_read_system(const struct net *net, struct edge *edge, struct err *e);

/* Of flow @i, the payload bytes that have arrived, as far as @net's sides can tell. */
uint64_t edge_arrived(const struct net *net, const struct socket_flows *f, int i, bool tx);

/* -ESTALE with @e where a flow of @flows did not run from @open to @close. */
int edge_check_flows(const struct net *net, const struct flows *flows, const struct edge *open,
		     const struct edge *close, struct err *e);

/* What happened between @open and @close, into @r. The flows were warm at @warm_ns, and there still
 * at @end_ns. */
void edge_fill(const struct net *net, const struct flows *flows, const struct edge *open,
	       const struct edge *close, uint64_t warm_ns, uint64_t end_ns, struct record *r);

#endif
