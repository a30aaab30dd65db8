/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does to the subject what --inject asks for (scenario/inject.h), but for slowing a function, which
 * the tracer does in its probe. What was done goes into the record, as counters of the source
 * "injected".
 */
#ifndef AGENT_INJECTOR_H
#define AGENT_INJECTOR_H

#include "agent/probes.h"
#include "record/record.h"
#include "scenario/inject.h"

struct injector;

/*
 * Prepare what @what asks for; NULL in *@out where that is nothing. @probes, for INJECT_FLUSH, count
 * the unmaps, and outlive the injector.
 * -ENOTSUP, -EINVAL or what the kernel says, with @e.
 */
int injector_open(const struct inject *what, struct probes *probes, struct injector **out,
		  struct err *e);
void injector_close(struct injector *in);

/*
 * The rest takes NULL for an injector that has nothing to do. Slow the subject from now on, until
 * injector_close(): call it when all flows flow, or that may take long.
 */
void injector_start(struct injector *in);

/* The window opens: count from here. */
void injector_begin(struct injector *in);

/* Add the invalidations that are due by now: call it every some milliseconds of the window. */
int injector_look(struct injector *in, struct err *e);

/* The window closes. */
void injector_end(struct injector *in);

/* What was done in the window, into @r. */
int injector_fill(const struct injector *in, struct record *r, struct err *e);

#endif
