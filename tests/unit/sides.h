/* SPDX-License-Identifier: GPL-2.0 */
/* Two sides to compare, made of the recorded samples. */
#ifndef UNIT_SIDES_H
#define UNIT_SIDES_H

#include "judge/compare.h"
#include "sample.h"

enum { SIDES_RUNS = 8 };

struct sides {
	struct record *records[SIDES][SIDES_RUNS];
	char *names[SIDES][SIDES_RUNS];
	size_t n[SIDES];
	struct comparison *c;	/* of the last sides_compare() */
	struct err e;
};

static inline void sides_free(struct sides *s)
{
	for (size_t side = 0; side < SIDES; side++)
		for (size_t i = 0; i < s->n[side]; i++)
			record_free(s->records[side][i]);
	comparison_free(s->c);
}

/* Add a run of the sample, from a moment of its own, with iommu_map longer by @share. */
static inline struct record *sides_add(struct sides *s, enum compare_side side, const char *sample,
				       double share)
{
	static char *const names[SIDES][SIDES_RUNS] = {
		{ "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7" },
		{ "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7" },
	};
	struct record *r = sample_load(sample);
	size_t i = s->n[side]++;
	uint64_t shift = 1000 * (1 + i + SIDES_RUNS * side);

	if (share)
		sample_lengthen(r, "iommu_map", "iommu_dma_map_page", share);
	r->open_ns += shift;
	r->close_ns += shift;
	for (size_t k = 0; k < r->nr_flows; k++) {
		r->flows[k].first_ns += shift;
		r->flows[k].last_ns += shift;
	}
	s->names[side][i] = names[side][i];
	s->records[side][i] = r;
	return r;
}

static inline int sides_compare(struct sides *s)
{
	struct compare_input sides[SIDES];

	for (size_t side = 0; side < SIDES; side++)
		sides[side] = (struct compare_input) {
			s->records[side], s->names[side], s->n[side],
		};
	comparison_free(s->c);
	s->c = NULL;
	s->e.text[0] = '\0';
	return compare(sides, &s->c, &s->e);
}

static inline void sides_set(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
}

static inline void sides_name(struct record *r, const char *name)
{
	struct err e;

	if (scenario_parse(name, &r->scenario, &e))
		abort();
}

#endif
