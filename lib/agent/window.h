/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The window: the one interval over which everything is measured. It lies inside the traffic,
 * where every flow is past its start and none has ended.
 */
#ifndef AGENT_WINDOW_H
#define AGENT_WINDOW_H

#include "agent/command.h"
#include "agent/counters.h"
#include "agent/flows.h"
#include "agent/injector.h"
#include "agent/net.h"
#include "agent/probes.h"
#include "agent/sockets.h"
#include "record/record.h"

/* What a window is measured with. */
struct instruments {
	struct sockets *sockets;
	struct probes *probes;		/* may be NULL */
	struct counters *counters;	/* run for the whole of the window */
	struct injector *injector;	/* may be NULL */
};

/*
 * Wait for the flows to warm up, open the window, wait, close it. Fills @r: the timestamps, payload,
 * flows (but for what iperf3 says later), functions, CPU, TCP, warnings.
 */
int window_measure(const struct command *c, const struct net *net, const struct flows *flows,
		   const struct instruments *with, struct record *r, struct err *e);

#endif
