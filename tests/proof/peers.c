// SPDX-License-Identifier: GPL-2.0
/*
 * How often this judge and its peers cry wolf, and what they miss, on the same records.
 *
 *	peers --comparisons N --runs K [--base B] RECORD...			A/A
 *	peers --comparisons N --runs K [--base B] RECORD... --with RECORD...	A/B
 *
 * Each comparison draws, from the records of one scenario in turn, B (or K) runs for the reference
 * and, from those that are left (or from those after --with), the runs under test: K, and as many
 * more as the judge asks for. It is an alarm where a gated metric is worse. --metric M looks at that one alone.
 *
 * The peers' rules, from their descriptions (LKP: lkp-tests, lib/changed_stat.rb):
 *	lkp	the least run on one side lies above the (upper) median of the other, and the median
 *		above its greatest; by more than 1 %, or 5 % where that is no key figure
 *	mwu	Mann-Whitney's two-sided p below .05
 * They see as many runs as the judge took.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/conditions.h"
#include "judge/decide.h"
#include "judge/gates.h"
#include "judge/verdict.h"
#include "stats/describe.h"
#include "stats/rank.h"

enum { RUNS_MAX = 16, RECORDS_MAX = 1024 };
enum rule { JUDGE, LKP_1, LKP_5, MWU, RULES };

static const char *const rule_names[] = {
	[JUDGE] = "this judge", [LKP_1] = "LKP's rule, 1 %", [LKP_5] = "LKP's rule, 5 %",
	[MWU] = "Mann-Whitney < .05",
};

/* The values of the gated metrics of one record. */
struct run {
	struct record *record;
	struct metrics metrics;
};

struct side {
	struct run *list;
	size_t n;
};

struct tally {
	size_t comparisons, runs, inconclusive;
	size_t alarms[RULES];	/* comparisons in which a gated metric is worse */
};

struct plan {
	long comparisons, base, runs;
	const char *metric;	/* NULL: all that gate */
};

static uint64_t seed = 1;

/* splitmix64 (Steele, Lea, Flood 2014): the same draws in every call of this program. */
static size_t draw(size_t below)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

static void load(struct side *to, const char *name)
{
	struct err e;
	struct validity *v = calloc(1, sizeof(*v));
	struct run *run = &to->list[to->n];

	if (to->n == RECORDS_MAX || !v || record_load(name, &run->record, &e)) {
		fprintf(stderr, "peers: %s: %s\n", name, e.text);
		exit(2);
	}
	validity_check(run->record, v);
	if (v->failed) {
		fprintf(stderr, "peers: %s is invalid, and left out\n", name);
		record_free(run->record);
	} else {
		metrics_derive(run->record, &run->metrics);
		to->n++;
	}
	free(v);
}

/* @n different runs of @from's, none of them among @not, into @out. False: there are not so many. */
static bool pick(const struct run **pool, size_t of, const struct run *const *not, size_t nr_not,
		 const struct run **out, size_t n)
{
	const struct run *left[RECORDS_MAX];
	size_t nr = 0, i, k;

	for (i = 0; i < of; i++) {
		for (k = 0; k < nr_not && not[k] != pool[i]; k++)
			;
		if (k == nr_not)
			left[nr++] = pool[i];
	}
	if (nr < n)
		return false;
	for (i = 0; i < n; i++) {
		k = draw(nr);
		out[i] = left[k];
		left[k] = left[--nr];
	}
	return true;
}

/* The values of metric @name, sorted; false where a run lacks it. */
static bool values_of(const struct run *const *runs, size_t n, const char *name, double *x)
{
	const struct metric *m;
	size_t i;

	for (i = 0; i < n; i++) {
		m = metrics_find(&runs[i]->metrics, name);
		if (!m || m->state != METRIC_PRESENT)
			return false;
		x[i] = m->value;
	}
	stats_sort(x, n);
	return true;
}

static bool lkp(const double *a, size_t n, const double *b, size_t m, bool lower_is_better,
		double least)
{
	double mid_a = a[n / 2], mid_b = b[m / 2];
	bool up = b[0] > mid_a && mid_b > a[n - 1], down = a[0] > mid_b && mid_a > b[m - 1];

	if (n < 3 && m < 3)
		return false;
	if (lower_is_better)
		return up && mid_b > mid_a * (1 + least);
	return down && mid_a > mid_b * (1 + least);
}

static bool mwu(const double *a, size_t n, const double *b, size_t m, bool lower_is_better)
{
	struct mann_whitney w;

	if (stats_mann_whitney(b, m, a, n, &w))
		return false;
	return w.two_sided < 0.05 && (lower_is_better ? w.greater < w.less : w.less < w.greater);
}

/* As a baseline of the runs @a, ascending, would hold it. */
static double tolerance(const struct gate *gate, const double *a, size_t n)
{
	struct gate held = *gate;
	double median = stats_median(a, n), spread = a[n - 1] - a[0];

	gate_widen(&held, median ? spread / fabs(median) : spread, a, n);
	return held.tolerance;
}

/* What each rule says of one gated metric; the judge's verdict is merged into @verdict. */
static void rules_on(const struct metric *metric, const struct gate *gate, const double *a, size_t n,
		     const double *b, size_t m, bool *worse, enum verdict *verdict)
{
	bool lower = metric->better == BETTER_LOWER;
	struct decision_rule rule = {
		.better = metric->better, .tolerance = tolerance(gate, a, n), .floor = gate->floor,
		.interval = gate->interval,
	};
	struct decision d;

	if (decide(&rule, a, n, b, m, &d))
		exit(2);
	if (d.verdict == VERDICT_REGRESSED ||
	    (d.verdict == VERDICT_INCONCLUSIVE && *verdict == VERDICT_OK))
		*verdict = d.verdict;
	worse[JUDGE] |= d.verdict == VERDICT_REGRESSED;
	worse[LKP_1] |= lkp(a, n, b, m, lower, 0.01);
	worse[LKP_5] |= lkp(a, n, b, m, lower, 0.05);
	worse[MWU] |= mwu(a, n, b, m, lower);
}

static enum verdict look(const struct run *const *base, size_t n, const struct run *const *test,
			 size_t m, const char *only, bool *worse)
{
	enum verdict verdict = VERDICT_OK;
	double a[RUNS_MAX], b[RUNS_MAX];
	const struct metric *metric;
	struct gate gate;
	size_t i;

	memset(worse, 0, RULES * sizeof(*worse));
	for (i = 0; i < base[0]->metrics.n; i++) {
		metric = &base[0]->metrics.list[i];
		if ((only && strcmp(only, metric->name)) ||
		    !gate_default(metric, base[0]->record, &gate) ||
		    !values_of(base, n, metric->name, a) || !values_of(test, m, metric->name, b))
			continue;
		rules_on(metric, &gate, a, n, b, m, worse, &verdict);
	}
	return verdict;
}

/* One comparison; false where the pools are too small for what the judge asks for. */
static bool compare(const struct run **base_pool, size_t nr_base, const struct run **test_pool,
		    size_t nr_test, const struct plan *plan, struct tally *to)
{
	const struct run *base[RUNS_MAX], *test[RUNS_MAX];
	struct judgement *j = calloc(1, sizeof(*j));
	bool worse[RULES];
	bool counted = !strcmp(base_pool[0]->record->env.clock, "counted");
	size_t i, wanted = plan->runs, most = counted ? fmax(2, plan->runs) : 10;	/* judgement_wants() */

	if (base_pool != test_pool)
		most = fmin(most, nr_test);

	if (!j || !pick(base_pool, nr_base, NULL, 0, base, plan->base) ||
	    !pick(test_pool, nr_test, base, plan->base, test, most))
		return false;
	j->record = test[0]->record;
	do {
		j->runs = wanted;
		j->verdict = look(base, plan->base, test, wanted, plan->metric, worse);
		wanted = judgement_wants(j);
	} while (wanted != j->runs && wanted <= most);
	to->comparisons++;
	to->runs += j->runs;
	to->inconclusive += j->verdict == VERDICT_INCONCLUSIVE;
	for (i = 0; i < RULES; i++)
		to->alarms[i] += worse[i];
	free(j);
	return true;
}

/* The runs of @from's that belong with @first. */
static size_t pool_of(const struct side *from, const struct record *first, const struct run **pool)
{
	struct conditions ours = conditions_of(first), theirs;
	char why[256];
	size_t i, n = 0;

	for (i = 0; i < from->n; i++) {
		theirs = conditions_of(from->list[i].record);
		if (!strcmp(first->scenario.name, from->list[i].record->scenario.name) &&
		    conditions_same(&ours, &theirs, "", why, sizeof(why)))
			pool[n++] = &from->list[i];
	}
	return n;
}

static void print(const struct tally *t, size_t scenarios)
{
	size_t i;

	printf("%zu comparisons over %zu scenarios, %.1f runs under test each, %zu inconclusive\n",
	       t->comparisons, scenarios, (double)t->runs / t->comparisons, t->inconclusive);
	for (i = 0; i < RULES; i++)
		printf("%-20s %5zu called worse, %5.1f %%\n", rule_names[i], t->alarms[i],
		       100.0 * t->alarms[i] / t->comparisons);
}

static int run_all(const struct side *base, const struct side *test, const struct plan *plan)
{
	static const struct run *a[RECORDS_MAX], *b[RECORDS_MAX], **tests;
	const struct side *from = test->n ? test : base;
	struct tally tally = { 0 };
	size_t i, k, n, m, scenarios = 0, first[RECORDS_MAX];

	for (i = 0; i < base->n; i++) {
		for (k = 0; k < scenarios; k++)
			if (!strcmp(base->list[first[k]].record->scenario.name,
				    base->list[i].record->scenario.name))
				break;
		if (k == scenarios)
			first[scenarios++] = i;
	}
	for (i = 0; i < (size_t)plan->comparisons; i++) {
		n = pool_of(base, base->list[first[i % scenarios]].record, a);
		m = pool_of(from, base->list[first[i % scenarios]].record, b);
		tests = test->n ? b : a;
		if (compare(a, n, tests, m, plan, &tally))
			continue;
		fprintf(stderr, "peers: too few records of %s\n", a[0]->record->scenario.name);
		return 2;
	}
	print(&tally, scenarios);
	return 0;
}

static int usage(void)
{
	fputs("usage: peers --comparisons N --runs K [--base B] [--metric M] RECORD... "
	      "[--with RECORD...]\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct side sides[2] = {
		{ .list = calloc(RECORDS_MAX, sizeof(struct run)) },
		{ .list = calloc(RECORDS_MAX, sizeof(struct run)) },
	}, *to = &sides[0];
	struct plan plan = { 0 };

	if (!sides[0].list || !sides[1].list)
		return 2;
	for (int i = 1; i < argc; i++) {
		bool value = i + 1 < argc;

		if (!strcmp(argv[i], "--comparisons") && value)
			plan.comparisons = atol(argv[++i]);
		else if (!strcmp(argv[i], "--runs") && value)
			plan.runs = atol(argv[++i]);
		else if (!strcmp(argv[i], "--base") && value)
			plan.base = atol(argv[++i]);
		else if (!strcmp(argv[i], "--metric") && value)
			plan.metric = argv[++i];
		else if (!strcmp(argv[i], "--with"))
			to = &sides[1];
		else
			load(to, argv[i]);
	}
	if (!plan.base)
		plan.base = plan.runs;
	if (plan.comparisons < 1 || plan.runs < 1 || plan.runs > 10 || plan.base < 1 ||
	    plan.base > RUNS_MAX || !sides[0].n)
		return usage();
	return run_all(&sides[0], &sides[1], &plan);
}
