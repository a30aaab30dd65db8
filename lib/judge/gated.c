// SPDX-License-Identifier: GPL-2.0
/* The verdicts on the single metrics of a judgement. */
#include <math.h>
#include <stdio.h>

#include "judge/bench.h"

#define ROUNDING 5e-6

void bench_collect(struct bench *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->j->runs; i++)
		b->values[i] = metrics_find(&b->runs[i], name)->value;
}

static void say_inconclusive(const struct judgement *j, struct metric_verdict *to)
{
	const struct baseline_metric *b = to->baseline;
	const struct decision *d = &to->decision;

	if (!b->nr_samples)
		snprintf(to->reason, sizeof(to->reason),
			 "beyond its tolerance in some of %zu runs only", j->runs);
	else if (j->runs < DECIDE_RUNS)
		snprintf(to->reason, sizeof(to->reason), "%zu run%s, it takes %d", j->runs,
			 j->runs == 1 ? "" : "s", DECIDE_RUNS);
	else
		snprintf(to->reason, sizeof(to->reason), "%zu runs resolve %.2g %%", j->runs,
			 100 * decision_share(d, d->resolves));
}

static int decide_gated(struct bench *b, struct metric_verdict *to)
{
	const struct baseline_metric *base = to->baseline;
	struct decision_rule rule = baseline_rule(base, to->metric->better);
	bool samples = base->nr_samples > 0;
	int ret;

	bench_collect(b, to->name);
	ret = decide(&rule, samples ? base->samples : &base->value, samples ? base->nr_samples : 1,
		     b->values, b->j->runs, &to->decision);
	if (ret)
		return ret;
	if (samples)
		to->change = to->decision.change;
	else if (b->j->runs > 1 || b->j->baseline->runs > 1)
		to->decision.resolves = fmax(to->decision.resolves, baseline_spread(base));
	else
		to->decision.resolves = NAN;
	to->verdict = to->decision.verdict;
	if (to->verdict == VERDICT_INCONCLUSIVE)
		say_inconclusive(b->j, to);
	return 0;
}

static int judge_gated(struct bench *b, struct metric_verdict *to)
{
	const struct metric *m = to->metric;

	if (m && m->state == METRIC_PRESENT)
		return decide_gated(b, to);
	if (m && m->state == METRIC_IMPOSSIBLE) {
		to->verdict = VERDICT_INVALID;
		snprintf(to->reason, sizeof(to->reason), "%s", m->absent);
	} else if (!m || m->state == METRIC_MISSING) {
		to->verdict = VERDICT_INVALID;
		snprintf(to->reason, sizeof(to->reason),
			 "not measured (%s); if this kernel has no such function, accept a new "
			 "baseline", m ? m->absent : "not traced");
	} else {
		to->verdict = VERDICT_INCONCLUSIVE;
		snprintf(to->reason, sizeof(to->reason), "%s", m->absent);
	}
	return 0;
}

static int judge_metric(struct bench *bench, const struct metric *m,
			const struct baseline_metric *b)
{
	struct metric_verdict *to = &bench->j->list[bench->j->n++];

	*to = (struct metric_verdict){ .metric = m, .baseline = b };
	snprintf(to->name, sizeof(to->name), "%s", m ? m->name : b->name);
	/* Stored values are rounded to 6 digits; what that took away is no change. */
	if (m && b && m->state == METRIC_PRESENT &&
	    fabs(m->value - b->value) > ROUNDING * fabs(b->value))
		to->change = m->value - b->value;
	to->gate = b && b->gate &&
		   !(b->class == CLASS_TIME && baseline_other_host(bench->j->baseline,
								    bench->j->record));
	return to->gate ? judge_gated(bench, to) : 0;
}

int judge_metrics(struct bench *bench)
{
	struct judgement *j = bench->j;
	const struct baseline *b = j->baseline;
	const struct metric *m;
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < j->metrics.n; i++) {
		m = &j->metrics.list[i];
		ret = judge_metric(bench, m, b ? baseline_find(b, m->name) : NULL);
	}
	for (i = 0; !ret && b && i < b->n; i++)
		if (b->list[i].gate && !metrics_find(&j->metrics, b->list[i].name))
			ret = judge_metric(bench, NULL, &b->list[i]);
	return ret;
}
