// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <string.h>

#include "judge/histogram.h"
#include "judge/merge.h"

void merged_add(struct merged *to, const struct record *r, const char *function)
{
	const struct record_function *f;
	size_t i, k;

	for (i = 0; i < r->nr_functions; i++) {
		f = &r->functions[i];
		if (strcmp(f->name, function) || f->absent || !f->timed || !f->count)
			continue;
		to->min_ns = to->calls && to->min_ns < f->min_ns ? to->min_ns : f->min_ns;
		to->max_ns = to->max_ns > f->max_ns ? to->max_ns : f->max_ns;
		for (k = 0; k < f->nr_buckets; k++) {
			if (f->buckets[k].index >= LOGLIN_SLOTS)
				continue;
			to->buckets[f->buckets[k].index] += f->buckets[k].count;
			to->calls += f->buckets[k].count;
		}
	}
}

double merged_percentile(const struct merged *m, unsigned int permille)
{
	struct record_bucket used[LOGLIN_SLOTS];
	struct record_function f = {
		.buckets = used, .min_ns = m->min_ns, .max_ns = m->max_ns,
	};
	uint32_t i;

	for (i = 0; i < LOGLIN_SLOTS; i++)
		if (m->buckets[i])
			used[f.nr_buckets++] = (struct record_bucket) { i, m->buckets[i] };
	return m->calls ? histogram_percentile(&f, permille) : NAN;
}

bool merged_range(const struct merged *a, const struct merged *b, uint32_t *first, uint32_t *last)
{
	bool any = false;
	uint32_t i;

	for (i = 0; i < LOGLIN_SLOTS; i++) {
		if (!a->buckets[i] && !b->buckets[i])
			continue;
		if (!any)
			*first = i;
		*last = i;
		any = true;
	}
	return any;
}

double merged_edge(uint32_t index)
{
	return index < LOGLIN_SLOTS ? loglin_low(index) : loglin_high(LOGLIN_SLOTS - 1) + 1.0;
}
