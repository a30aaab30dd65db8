// SPDX-License-Identifier: GPL-2.0
/* Diagnostics: a rank test for each metric that does not gate, adjusted for their number. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "judge/compare_parts.h"
#include "stats/adjust.h"
#include "stats/rank.h"

/* One that is the same in every run has nothing to test, whichever side a run is on. */
static bool can_test(const struct compare_metric *m)
{
	size_t i, side;

	if (m->gate || !m->n[SIDE_BASE] || !m->n[SIDE_TEST])
		return false;
	for (side = 0; side < SIDES; side++)
		for (i = 0; i < m->n[side]; i++)
			if (m->values[side][i] != m->values[SIDE_BASE][0])
				return true;
	return false;
}

static int test_one(struct compare_metric *m, struct comparison *c)
{
	struct mann_whitney test;
	double least = stats_least_p(m->n[SIDE_BASE], m->n[SIDE_TEST]);

	if (stats_mann_whitney(m->values[SIDE_TEST], m->n[SIDE_TEST], m->values[SIDE_BASE],
			       m->n[SIDE_BASE], &test))
		return -ENOMEM;
	m->p = test.two_sided;
	if (!c->diagnostics++ || least < c->least_p)
		c->least_p = least;
	return 0;
}

/* Calls @each for every metric that has a p; they come in the same order each time. */
static void exchange(struct comparison *c, double *p, bool store)
{
	struct compare_metric *m;
	size_t i, k, at = 0;

	for (i = 0; i < c->n; i++) {
		for (k = 0; k < c->list[i].nr_metrics; k++) {
			m = &c->list[i].list[k];
			if (isnan(m->p))
				continue;
			if (store)
				m->q = p[at++];
			else
				p[at++] = m->p;
			c->significant += store && m->q <= COMPARE_Q;
		}
	}
}

static int adjust(struct comparison *c)
{
	double *p = calloc(c->diagnostics, sizeof(*p));
	int ret;

	if (!p)
		return -ENOMEM;
	exchange(c, p, false);
	ret = stats_benjamini_hochberg(p, p, c->diagnostics);
	if (!ret)
		exchange(c, p, true);
	free(p);
	return ret;
}

bool compare_could_tell(const struct comparison *c)
{
	return c->significant || !c->diagnostics || c->least_p <= COMPARE_Q / c->diagnostics;
}

int compare_diagnose(struct comparison *c)
{
	size_t i, k;

	for (i = 0; i < c->n; i++)
		for (k = 0; k < c->list[i].nr_metrics; k++)
			if (can_test(&c->list[i].list[k]) && test_one(&c->list[i].list[k], c))
				return -ENOMEM;
	if (!c->diagnostics)
		return 0;
	for (c->runs_needed = 1;
	     stats_least_p(c->runs_needed, c->runs_needed) > COMPARE_Q / c->diagnostics;)
		c->runs_needed++;
	return adjust(c);
}
