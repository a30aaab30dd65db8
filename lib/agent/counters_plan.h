/* SPDX-License-Identifier: GPL-2.0 */
/* What IOMMU counters a machine has, found below a root prefix. Nothing is opened. */
#ifndef AGENT_COUNTERS_PLAN_H
#define AGENT_COUNTERS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/pmu.h"
#include "util/err.h"

enum {
	/*
	 * Also the kernel's own tracepoints iommu:map, iommu:unmap and intel_iommu:qi_submit, and
	 * VT-d's dmar_perf_latency in debugfs. They lie in the path that is timed and slow it.
	 */
	COUNTERS_SLOW = 1,
	/*
	 * Also open what does not fit a device's counters at once; the kernel then lets its events
	 * take turns, and records say for how long each ran.
	 */
	COUNTERS_MULTIPLEX = 2,
};

enum { PLAN_NONE_MAX = 8 };

/* One event of one device. */
struct planned {
	const char *source, *device;	/* @device NULL: the kernel itself */
	const char *event;
	char unit[48];
	bool counter0;		/* see struct event_definition */
	char *absent;		/* why it cannot be opened, or NULL; nothing below is valid then */
	uint32_t type;
	uint64_t config[PMU_CONFIGS];
	const struct pmu_cpus *cpus;	/* it is opened on each, and counts the sum */
};

struct plan {
	struct pmu **pmus;
	size_t nr_pmus;
	struct planned *list;	/* a device's events in a row, what is opened first first */
	size_t n;
	struct plan_none {
		const char *source;
		bool unknown;	/* its PMU is there, but not what its events are */
		char why[300];
	} none[PLAN_NONE_MAX];	/* the sources that this machine does not have */
	size_t nr_none;
	struct pmu_cpus online;
};

/*
 * Find what @flags allow. A device's events come in the order of their worth, or in that order
 * from the event @first on, then from its start: what does not fit one run's counters may come
 * first in the next. NULL, or an event that a device does not have: the order of worth. What is
 * malformed or unknown becomes a reason in the plan, so that only -ENOMEM is an error. The caller
 * frees *@out with plan_free().
 */
int plan_make(const char *root, unsigned int flags, const char *first, struct plan **out);
void plan_free(struct plan *plan);

#endif
