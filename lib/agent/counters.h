/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of a real IOMMU, over the window, by perf_event_open.
 *
 * The events of one device are one group, so that they begin and end together. An event that does
 * not fit beside those before it is absent with that reason. Where other users of perf take turns
 * with ours, values are as read: what ran for less than it was enabled is not scaled up.
 */
#ifndef AGENT_COUNTERS_H
#define AGENT_COUNTERS_H

#include "agent/counters_plan.h"
#include "agent/perf_layer.h"
#include "record/record.h"
#include "util/err.h"

struct counters;

/*
 * Open, disabled, what the machine below @root ("" for this one) can count. @slow: also what lies
 * in the path that is timed, the tracepoints of counters_plan.h and dmar_perf_latency of debugfs.
 * What cannot be opened keeps its reason for counters_fill(), so only -ENOMEM is an error. The
 * caller frees *@out with counters_close(), which also undoes what was switched on.
 */
int counters_open(const char *root, bool slow, struct counters **out, struct err *e);

/* The same on another perf than the kernel's. */
int counters_open_on(const struct perf_layer *perf, const char *root, bool slow,
		     struct counters **out, struct err *e);

/* What was found, with the reason of each event that could not be opened; lives as long as @c. */
const struct plan *counters_plan(const struct counters *c);

/* Why the machine has not one counter, or NULL where it has some, which may be absent each. */
const char *counters_none(const struct counters *c);

/* At the window's opening and at its closing; a failure becomes the counters' reason. */
void counters_on(struct counters *c);
void counters_off(struct counters *c);

/*
 * After counters_off(): add every counter to @r. Where there is none at all, "counters" is absent
 * in @r with the reasons; where one source is missing, "counters.SOURCE" is. -ENOMEM with @e set.
 */
int counters_fill(struct counters *c, struct record *r, struct err *e);

void counters_close(struct counters *c);

#endif
