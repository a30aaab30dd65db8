/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The agent's parts. It has one of three roles: alone, with both sides of the network, in the only
 * machine that there is; or, over two levels, in the guest or in the host.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "agent/command.h"
#include "agent/counters.h"
#include "agent/flows.h"
#include "agent/guest.h"
#include "agent/injector.h"
#include "agent/net.h"
#include "agent/probes.h"
#include "agent/sockets.h"
#include "agent/window.h"
#include "record/record.h"

struct agent {
	enum net_sides sides;	/* NET_SUBJECT: in the guest; NET_PEER: in the host */
	struct net net;
	struct sockets *sockets;
	struct flows flows;
	char **functions;	/* that are to be traced */
	size_t nr_functions;
	struct probes *probes;	/* NULL: none are wanted */
	struct counters *counters;
	struct injector *injector;	/* NULL: none is asked for */
	struct guest *guest;	/* of the host */
	struct command command;
};

/* Make ready for any command: NICs, servers, probes (@probe_set, as functions_select() takes it). */
int agent_prepare(struct agent *a, const char *probe_set, struct err *e);

/* Make ready for a->command: parameters, probes, what is injected. Into @r what is read back. */
int agent_take_command(struct agent *a, struct record *r, struct err *e);

/* What the window is measured with. */
struct instruments agent_instruments(const struct agent *a);

/* What is injected ends with the window, or what the flows still have to move would take long. */
int agent_end_injection(struct agent *a, struct record *r, struct err *e);

/* What the counters and probes counted, into @r. */
int agent_fill(struct agent *a, struct record *r, struct err *e);

/* To be on time at the window's ends, whatever the flows do; their processes do not inherit it. */
int agent_take_precedence(struct err *e);

#endif
