// SPDX-License-Identifier: GPL-2.0
/* The metrics of one scenario on both sides, and the decisions on those that gate. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/compare_parts.h"
#include "judge/validity.h"
#include "stats/describe.h"

/* The metrics of the runs that are used, side by side. */
struct derived {
	const struct record *record;
	enum compare_side side;
	struct metrics metrics;
};

static void derive_one(struct derived *to, const struct record *r, enum compare_side side,
		       struct validity *v)
{
	to->record = r;
	to->side = side;
	metrics_derive(r, &to->metrics);
	validity_check(r, v);
	validity_condemn(v, &to->metrics);
}

static struct derived *derive_all(const struct compare_scenario *s, size_t *n)
{
	struct derived *all = calloc(s->used[SIDE_BASE] + s->used[SIDE_TEST], sizeof(*all));
	struct validity *v = malloc(sizeof(*v));
	size_t i, side;

	*n = 0;
	for (side = 0; all && v && side < SIDES; side++)
		for (i = 0; i < s->n[side]; i++)
			if (s->runs[side][i].use == RUN_USED)
				derive_one(&all[(*n)++], s->runs[side][i].record, side, v);
	if (!v) {
		free(all);
		all = NULL;
	}
	free(v);
	return all;
}

const struct compare_metric *compare_find(const struct compare_scenario *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->nr_metrics; i++)
		if (!strcmp(s->list[i].metric.name, name))
			return &s->list[i];
	return NULL;
}

/* Every metric that any run has, in the order in which they come. */
static int list_metrics(struct compare_scenario *s, const struct derived *all, size_t n)
{
	const struct metrics *m;
	size_t i, k;

	s->list = calloc(2 * METRICS_MAX, sizeof(s->list[0]));
	if (!s->list)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		m = &all[i].metrics;
		for (k = 0; k < m->n && s->nr_metrics < 2 * METRICS_MAX; k++)
			if (!compare_find(s, m->list[k].name))
				s->list[s->nr_metrics++] = (struct compare_metric) {
					.metric = m->list[k], .p = NAN, .q = NAN,
				};
	}
	return 0;
}

/* Does the metric gate by a run of each side? A mean over a few calls on one side does not. */
static bool find_gate(struct compare_metric *to, const struct derived *all, size_t n)
{
	bool gates[SIDES] = { false, false };
	const struct metric *m;
	struct gate held;
	size_t i;

	for (i = 0; i < n; i++) {
		m = metrics_find(&all[i].metrics, to->metric.name);
		if (!m || m->state != METRIC_PRESENT || gates[all[i].side] ||
		    !gate_default(m, all[i].record, &held))
			continue;
		if (!gates[SIDE_BASE] && !gates[SIDE_TEST])
			to->held = held;
		gates[all[i].side] = true;
	}
	return gates[SIDE_BASE] && gates[SIDE_TEST];
}

static int collect(struct compare_metric *to, const struct derived *all, size_t n)
{
	const struct metric *m;
	size_t i, side;

	for (side = 0; side < SIDES; side++) {
		to->values[side] = calloc(n, sizeof(to->values[side][0]));
		if (!to->values[side])
			return -ENOMEM;
		snprintf(to->absent[side], sizeof(to->absent[side]), "not traced");
	}
	for (i = 0; i < n; i++) {
		side = all[i].side;
		m = metrics_find(&all[i].metrics, to->metric.name);
		if (m && m->state == METRIC_PRESENT)
			to->values[side][to->n[side]++] = m->value;
		else if (m)
			snprintf(to->absent[side], sizeof(to->absent[side]), "%s", m->absent);
	}
	return 0;
}

/* (max - min) / median of the base's runs, or their difference where that is 0. */
static double spread_of(const double *values, size_t n, double median)
{
	double low = values[0], high = values[0];
	size_t i;

	for (i = 1; i < n; i++) {
		low = fmin(low, values[i]);
		high = fmax(high, values[i]);
	}
	return median ? (high - low) / fabs(median) : high - low;
}

/* As a baseline of the base's runs would: what spreads by more than it may change is not held. */
static int widen(struct compare_metric *to)
{
	const double *values = to->values[SIDE_BASE];
	size_t n = to->n[SIDE_BASE];
	double *sorted, median, spread, needed;

	/* So few that no interval decides, whatever their spread. */
	if (!to->gate || (to->held.interval && n < DECIDE_RUNS))
		return 0;
	sorted = malloc(n * sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, values, n * sizeof(*sorted));
	stats_sort(sorted, n);
	median = stats_median(sorted, n);
	spread = spread_of(values, n, median);
	free(sorted);
	needed = gate_widen(&to->held, spread, values, n);
	if (to->held.interval)
		to->noisy = !(needed <= to->held.tolerance);
	else
		to->noisy = spread * (median ? fabs(median) : 1) >
			    fmax(to->held.tolerance * fabs(median), to->held.floor);
	to->gate = !to->noisy;
	return 0;
}

static int decide_one(struct compare_metric *to)
{
	struct decision_rule rule = {
		.better = to->metric.better,
		.tolerance = to->held.tolerance,
		.floor = to->held.floor,
		.interval = to->gate ? to->held.interval :
			    to->metric.class == CLASS_TIME || to->metric.class == CLASS_RATE,
	};
	int ret;

	if (!to->n[SIDE_BASE] || !to->n[SIDE_TEST])
		return 0;
	ret = decide(&rule, to->values[SIDE_BASE], to->n[SIDE_BASE], to->values[SIDE_TEST],
		     to->n[SIDE_TEST], &to->decision);
	to->verdict = to->decision.verdict;
	return ret;
}

int compare_metrics(struct compare_scenario *s)
{
	struct derived *all;
	size_t i, n;
	int ret;

	all = derive_all(s, &n);
	if (!all)
		return -ENOMEM;
	ret = list_metrics(s, all, n);
	for (i = 0; !ret && i < s->nr_metrics; i++) {
		ret = collect(&s->list[i], all, n);
		s->list[i].gate = find_gate(&s->list[i], all, n);
		if (!ret)
			ret = widen(&s->list[i]);
		if (!ret)
			ret = decide_one(&s->list[i]);
	}
	free(all);
	return ret;
}
