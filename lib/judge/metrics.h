/* SPDX-License-Identifier: GPL-2.0 */
/* Metrics: numbers derived from one record. Pure functions of it. */
#ifndef JUDGE_METRICS_H
#define JUDGE_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "record/record.h"

enum metric_class {
	CLASS_COUNT,	/* how often, per page: varies with batching and reordering */
	CLASS_PATH,	/* instructions as counted time: varies with the code path alone */
	CLASS_TIME,	/* real time: varies with caches, contention, neighbours */
	CLASS_RATE,	/* varies with everything */
};

enum metric_better { BETTER_LOWER, BETTER_HIGHER };

enum metric_state {
	METRIC_PRESENT,
	METRIC_TOO_FEW,	/* too few calls to derive it from; the count says so itself */
	METRIC_MISSING,	/* what it derives from was not measured */
	METRIC_IMPOSSIBLE,	/* what it derives from cannot be; @absent says why */
};

struct metric {
	char name[80];		/* "throughput_gbps", "iommu_map.count_per_page" */
	const char *unit;	/* "Gbit/s", "%", "/page", "ns", "ns/page" */
	enum metric_class class;
	enum metric_better better;
	enum metric_state state;
	double value;		/* when present */
	unsigned long long calls;	/* calls of its function in the window; 0 for others */
	char absent[160];	/* why it is not present */
};

/* of the whole record, one a CPU, and 7 a function */
enum { METRICS_MAX = 32 + RECORD_CPUS_MAX + 7 * RECORD_FUNCTIONS_MAX };

struct metrics {
	struct metric list[METRICS_MAX];
	size_t n;
};

enum { METRICS_PAGE = 4096, METRICS_P999_CALLS = 10000 };

const char *metric_class_name(enum metric_class class);

/*
 * Derive every metric of @r into @m. What cannot be derived is there with its reason.
 *
 * Of the whole window; pages = payload bytes / 4096, over the same window as everything else:
 *  throughput_gbps: payload bits / window ns.
 *  plain_throughput_gbps: the same of the pass without probes.
 *  probe_cost: by how many % a byte takes longer with probes than without.
 *  cpu_util: 100 % minus idle and waiting for I/O, mean over the flows' CPUs, 0 .. vcpus-1.
 *  cpu_user (with nice), cpu_system, cpu_irq, cpu_softirq, cpu_steal: its parts.
 *  cpuN_util: of one CPU, where there are several.
 *  retransmit_rate: retransmitted segments in % of the segments sent, by the sender: the peer,
 *	or the subject where it sends (-tx).
 *  acks_per_page: segments received by the sender / pages.
 *  nic_drop_rate: packets that the subject's NIC dropped or missed in % of the subject's segments.
 *  flushes_per_unmap: calls of qi_submit_sync, or of what flushes in another driver
 *	(calltree_flushes()) / calls of __iommu_unmap.
 *  flushes_per_unmap: calls of qi_submit_sync / calls of __iommu_unmap.
 * The same on any kernel and driver: what the DMA API takes for a page, with all that it calls. The
 * probes of the traced functions that it calls are in it: records whose metrics_traced() differ
 * cannot be compared by these.
 *  map_ns_per_page, unmap_ns_per_page: total of iommu_dma_map_page, iommu_dma_unmap_page / pages.
 *  flush_ns_per_page: total of the driver's flush of one unmap, such as intel_iommu_tlb_sync, / pages.
 *	It lies within unmap_ns_per_page. Never called where flushes are lazy.
 *  submit_ns_per_page: total of what hands invalidations to the hardware and waits, such as
 *	qi_submit_sync, / pages. It lies within flush_ns_per_page where flushes are strict.
 *  flushes_per_page: calls of that / pages.
 * Of the host under a guest, of records over two levels:
 *  host_exits_per_page: times that the guest's CPUs left it for the host's kernel / pages.
 *  host_ioctls_per_page: ioctls by which the guest's QEMU had the host's kernel map, unmap or
 *	invalidate, VFIO's and iommufd's / pages.
 *  host_busy: CPU time of the host that was not idle, its guest's included, in % of its window of
 *	all its CPUs.
 * Of the IOMMU, counts per page, as judge/counters.h defines them for each source:
 *  iotlb_first_lookup, iotlb_lookup, iotlb_miss, iotlb_inv, iommu_mem_access.
 *  pwt_occupancy: page walks under way, summed over the IOMMU's cycles, per second of the window
 *	(so / its clock: how many on average); pwt_occupancy_per_page: that sum / pages.
 * Of a function, whose name begins with RECORD_HOST where it is the host's:
 *  FUNCTION.count_per_page: calls / pages.
 *  FUNCTION.mean_ns: total / count, exact.
 *  FUNCTION.stddev_ns: from the histogram, of the buckets' middles around the exact mean. A
 *	bucket is up to 1.6 % wide, so a spread below 0.8 % of the mean cannot be seen in it.
 *  FUNCTION.p50_ns, p99_ns, p999_ns: the value at rank ceil(q count), linear inside its bucket
 *	(at most 1.6 % wide), kept within the exact minimum and maximum. p999_ns from 10,000
 *	calls on.
 *  FUNCTION.self_ns_per_page: time not spent in other traced functions / pages.
 * Of an imported report: what it gives under these names, mean_ns from its totals and counts, and
 *	stddev_ns from its variance.
 */
void metrics_derive(const struct record *r, struct metrics *m);

/*
 * The functions of the map and unmap path that were traced in @r, in its order, with blanks between;
 * cut where @text is too short.
 */
void metrics_traced(const struct record *r, char *text, size_t size);

/* The metric called @name, or NULL. */
const struct metric *metrics_find(const struct metrics *m, const char *name);

/* Class, unit and direction that a metric called @name has on the clock @clock. False: no such. */
bool metric_define(const char *name, const char *clock, struct metric *out);

#endif
