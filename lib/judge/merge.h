/* SPDX-License-Identifier: GPL-2.0 */
/* The histograms of one function over several runs, as one. */
#ifndef JUDGE_MERGE_H
#define JUDGE_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "loglin.h"
#include "record/record.h"

struct merged {
	uint64_t buckets[LOGLIN_SLOTS];
	uint64_t calls;
	uint64_t min_ns, max_ns;	/* where there are calls */
};

/* Add what @r says of @function, if it timed it. */
void merged_add(struct merged *to, const struct record *r, const char *function);

/* As histogram_percentile(); NAN where there are no calls. */
double merged_percentile(const struct merged *m, unsigned int permille);

/* The first and last bucket that one of both uses. False: none does. */
bool merged_range(const struct merged *a, const struct merged *b, uint32_t *first, uint32_t *last);

/* Where bucket @index begins, ns; the one behind the last: where that ends. */
double merged_edge(uint32_t index);

#endif
