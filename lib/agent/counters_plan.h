/* SPDX-License-Identifier: GPL-2.0 */
/* What IOMMU counters a machine has, found below a root prefix. Nothing is opened. */
#ifndef AGENT_COUNTERS_PLAN_H
#define AGENT_COUNTERS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/pmu.h"
#include "util/err.h"

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
 * A device's events come in the order of their worth. @slow: also the kernel's own tracepoints
 * iommu:map, iommu:unmap and intel_iommu:qi_submit, which lie in the path that is timed and slow
 * it. What is malformed or unknown becomes a reason in the plan, so that only -ENOMEM is an error.
 * The caller frees *@out with plan_free().
 */
int plan_make(const char *root, bool slow, struct plan **out);
void plan_free(struct plan *plan);

#endif
