/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the IOMMU's counters mean: one definition of each metric for each source that counts, and
 * where a source cannot give a metric, the reason. Pure functions of a record.
 *
 *  iotlb_first_lookup: requests that looked into the IOTLB, each counted once
 *  iotlb_lookup: looks into the IOTLB; some requests look several times
 *  iotlb_miss: looks that found nothing. IIO counts the fills that follow, which is the same unless
 *	a walk finds no translation
 *  iotlb_inv: commands that invalidate IOTLB entries, of any granularity
 *  iommu_mem_access: reads of memory by page walks
 *  pwt_occupancy: page walks under way, summed over clock cycles
 */
#ifndef JUDGE_COUNTERS_H
#define JUDGE_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>

#include "record/record.h"

extern const char *const counters_metrics[];	/* the names above, NULL-terminated */
extern const char *const counters_sources[];	/* the best first, NULL-terminated */

/*
 * The value of @metric in @r: over the window and over all devices of the best source in @r that
 * can give it, in raw events. False: it cannot be had, and @why (of @size bytes) says why; also
 * where counters of two different machines are in one record.
 */
bool counters_metric(const struct record *r, const char *metric, double *value, char *why,
		     size_t size);

/*
 * How @source gives @metric, as "iotlb_lookup - iotlb_hit", into @text. False: it cannot, and
 * @text says why.
 */
bool counters_define(const char *metric, const char *source, char *text, size_t size);

#endif
