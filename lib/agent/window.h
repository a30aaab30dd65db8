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
#include "agent/net.h"
#include "agent/probes.h"
#include "agent/sockets.h"
#include "record/record.h"

/*
 * Wait for the flows to warm up, open the window, wait, close it; @probes may be NULL. @counters
 * run for the whole of it. Fills @r: the timestamps, payload, flows (but for what iperf3 says
 * later), functions, CPU, TCP, warnings.
 */
int window_measure(const struct command *c, const struct net *net, const struct flows *flows,
		   struct sockets *sockets, struct probes *probes, struct counters *counters,
		   struct record *r, struct err *e);

#endif
