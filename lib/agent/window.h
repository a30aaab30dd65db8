/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The window: the one interval over which everything is measured. Its steps, in this order; who
 * takes them, and when, is drive.c's, or over two levels the host's (serve.c).
 */
#ifndef AGENT_WINDOW_H
#define AGENT_WINDOW_H

#include "agent/command.h"
#include "agent/counters.h"
#include "agent/edge.h"
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
	struct counters *counters;	/* run for the whole of the window; may be NULL */
	struct injector *injector;	/* may be NULL */
	struct guest *guest;		/* its window is the same; NULL: there is none */
	bool marks;			/* the emulator is told of the window's ends (mark.h) */
};

struct window {
	const struct net *net;
	const struct flows *flows;
	const struct instruments *with;
	bool real_clock;
	int kmsg;			/* a reader of the kernel's log; -errno: there is none */
	uint64_t warm_ns;		/* the flows were warm then */
	uint64_t open_ns, close_ns;	/* CLOCK_MONOTONIC */
	uint64_t end_ns;		/* all is read */
	struct edge open, close;
};

void window_init(struct window *w, const struct net *net, const struct flows *flows,
		 const struct instruments *with, bool real_clock);

/* The flows are warm: what is logged from now on is the window's. */
int window_prepare(struct window *w, struct err *e);

/* Follow calls from now on; on the counted clock all stands, and those under way end. */
int window_arm(struct window *w, struct err *e);

int window_open(struct window *w, struct err *e);
int window_close(struct window *w, struct err *e);

/* Read what need not be read at once, and let the calls end that count. */
int window_settle(struct window *w, struct err *e);

/* The timestamps, payload, flows (but for what iperf3 says later), CPU, TCP and warnings into @r. */
int window_fill(struct window *w, struct record *r, struct err *e);

/* Free what it holds. */
void window_end(struct window *w);

#endif
