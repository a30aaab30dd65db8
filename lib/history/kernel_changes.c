// SPDX-License-Identifier: GPL-2.0
/* Where the metrics of many kernels change, from version to version. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history/kernels.h"
#include "history/series.h"
#include "judge/gates.h"

/* One metric of one scenario: its values, and whose they are. */
struct column {
	double *x;
	size_t *kernel;
	size_t n;
	size_t scenario, metric;
};

struct changes {
	struct kernel_change *list;
	size_t n;
};

static void take_column(const struct kernels *k, struct column *c)
{
	const struct kernel_run *run;
	size_t i;

	c->n = 0;
	for (i = 0; i < k->n; i++) {
		run = &k->list[i].runs[c->scenario];
		if (!run->values || isnan(run->values[c->metric]))
			continue;
		c->x[c->n] = run->values[c->metric];
		c->kernel[c->n++] = i;
	}
}

static struct series_rule rule_of(const struct kernels *k, const struct column *c)
{
	struct scenario scenario;
	struct metric define;
	struct gate gate;
	struct err e;

	metric_define(k->metrics[c->metric], "counted", &define);
	if (scenario_parse(k->scenarios[c->scenario], &scenario, &e))
		return (struct series_rule){ 0 };
	gate = gate_usual(&define, "counted", false, &scenario);
	return (struct series_rule){ gate.tolerance, gate.floor };
}

static void add(const struct kernels *k, const struct column *c, size_t at,
		const struct kernel_change *like, struct changes *to)
{
	struct kernel_change *change = &to->list[to->n++];

	*change = *like;
	change->kernel = c->kernel[at];
	change->before = c->kernel[at - 1];
	change->scenario = c->scenario;
	change->metric = c->metric;
	change->other_probes = strcmp(k->list[change->kernel].runs[c->scenario].traced,
				      k->list[change->before].runs[c->scenario].traced) != 0;
}

/* Neighbours are one boot each, of which either may be off by what is allowed. */
enum { STEP = 2 };

/* The changes of one column; there is room. */
static int find(const struct kernels *k, const struct column *c, struct changes *to)
{
	struct series_rule rule = rule_of(k, c);
	struct kernel_change change;
	struct series series;
	size_t i, s;

	if (series_split(c->x, c->n, &rule, &series))
		return -ENOMEM;
	for (s = 0; s < series.n; s++) {
		const struct series_segment *part = &series.list[s];

		if (s) {
			change = (struct kernel_change){ .from = part[-1].median, .to = part->median,
							 .p = part->p, .found = true };
			add(k, c, part->first, &change, to);
		}
		for (i = part->first + 1; i < part->first + part->n; i++) {
			change = (struct kernel_change){ .from = c->x[i - 1], .to = c->x[i],
							 .p = NAN };
			if (fabs(change.to - change.from) >
			    STEP * series_allowed(&rule, change.from))
				add(k, c, i, &change, to);
		}
	}
	free(series.list);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct kernel_change *x = a, *y = b;

	if (x->kernel != y->kernel)
		return x->kernel < y->kernel ? -1 : 1;
	if (x->scenario != y->scenario)
		return x->scenario < y->scenario ? -1 : 1;
	return x->metric < y->metric ? -1 : x->metric > y->metric;
}

int kernels_changes(const struct kernels *k, struct kernel_change **out, size_t *n)
{
	struct changes changes = {
		.list = calloc(k->n * k->nr_scenarios * k->nr_metrics + 1, sizeof(**out)),
	};
	struct column c = {
		.x = calloc(k->n + 1, sizeof(*c.x)), .kernel = calloc(k->n + 1, sizeof(*c.kernel)),
	};
	int ret = changes.list && c.x && c.kernel ? 0 : -ENOMEM;

	for (c.scenario = 0; !ret && c.scenario < k->nr_scenarios; c.scenario++)
		for (c.metric = 0; !ret && c.metric < k->nr_metrics; c.metric++) {
			take_column(k, &c);
			ret = find(k, &c, &changes);
		}
	free(c.x);
	free(c.kernel);
	if (ret) {
		free(changes.list);
		return ret;
	}
	qsort(changes.list, changes.n, sizeof(*changes.list), compare);
	*out = changes.list;
	*n = changes.n;
	return 0;
}
