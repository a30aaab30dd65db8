/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VT-d's own measure of its invalidations: debugfs iommu/intel/dmar_perf_latency (Linux 5.14,
 * CONFIG_DMAR_PERF). It counts submissions to the invalidation queue by the kind of their first
 * descriptor, and slows each a little.
 */
#ifndef AGENT_DMAR_LATENCY_H
#define AGENT_DMAR_LATENCY_H

#include <stddef.h>
#include <stdint.h>

#include "record/record.h"
#include "util/err.h"

enum { DMAR_LATENCIES_MAX = 128 };

/* Submissions of one kind on one unit. */
struct dmar_latencies {
	struct {
		char device[16];	/* "dmar0" */
		char kind[16];		/* "inv_iotlb", "inv_devtlb", "inv_iec", "svm_prq" */
		uint64_t count;
	} list[DMAR_LATENCIES_MAX];
	size_t n;
};

/* Parse @len bytes of the file; kinds that are switched off are not in it. -EINVAL with @e set. */
int dmar_latency_parse(const char *text, size_t len, struct dmar_latencies *out, struct err *e);

struct dmar_latency;

/*
 * Switch it on below @root. Where that cannot be, @out remembers why for dmar_latency_fill(); only
 * -ENOMEM is an error. What someone else has switched on is left alone, and not used.
 */
int dmar_latency_open(const char *root, struct dmar_latency **out);

/* Read it at the window's opening and its closing. */
void dmar_latency_on(struct dmar_latency *l);
void dmar_latency_off(struct dmar_latency *l);

/* Add its counters to @r, or "counters.dmar_perf_latency" with the reason. -ENOMEM. */
int dmar_latency_fill(const struct dmar_latency *l, struct record *r);

/* Switch it off again and free @l. */
void dmar_latency_close(struct dmar_latency *l);

#endif
