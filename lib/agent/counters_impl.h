/* SPDX-License-Identifier: GPL-2.0 */
/* What the counters' files share: opening in one, the window and the record in the other. */
#ifndef AGENT_COUNTERS_IMPL_H
#define AGENT_COUNTERS_IMPL_H

#include "agent/counters.h"
#include "agent/dmar_latency.h"

/* One planned event, open on each of its CPUs. */
struct opened {
	struct planned *plan;
	int *files;		/* one a CPU; NULL: not open, plan->absent says why */
	struct perf_value *before;	/* what each read when it was last idle */
	bool leads;		/* of its group, on each CPU */
	size_t leader;		/* index of the group's leader */
};

struct counters {
	const struct perf_layer *perf;
	char *root;
	struct plan *plan;
	struct opened *list;	/* one an entry of the plan */
	struct dmar_latency *latency;	/* NULL: not asked for */
};

/* Note why @o does not count, and close it. -ENOMEM. */
__attribute__((format(printf, 3, 4)))
int counters_give_up(struct counters *c, struct opened *o, const char *fmt, ...);

/* Open the events of the device that entries @from up to @to of the plan are. -ENOMEM. */
int counters_open_device(struct counters *c, size_t from, size_t to);

#endif
