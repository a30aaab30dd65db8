// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/compare_words.h"
#include "stats/describe.h"

static bool both(const struct compare_metric *m)
{
	return m->n[SIDE_BASE] && m->n[SIDE_TEST];
}

void word_number(char text[WORD_MAX], double value)
{
	if (fabs(value) >= 1e6 && fabs(value) < 1e12)
		snprintf(text, WORD_MAX, "%.0f", value);
	else
		snprintf(text, WORD_MAX, "%.6g", value);
}

/* Does what is at @at belong to an option, "--inject host:FUNCTION:N"? */
static bool is_option(const char *start, const char *at)
{
	static const char option[] = "--inject ";
	size_t n = sizeof(option) - 1;

	return (size_t)(at - start) >= n && !strncmp(at - n, option, n);
}

void word_levels(char *text, size_t size, const char *from)
{
	static const char words[] = "the host's ";
	const char *start = from;
	size_t n = 0;

	for (text[0] = '\0'; *from && n + 1 < size; from++) {
		if (record_is_hosts(from) && (from == start || from[-1] == ' ') &&
		    !is_option(start, from)) {
			n += snprintf(text + n, size - n, "%s", words);
			from += sizeof(RECORD_HOST) - 2;
			continue;
		}
		text[n++] = *from;
		text[n] = '\0';
	}
}

static double median(const double *values, size_t n)
{
	double sorted[n];

	memcpy(sorted, values, sizeof(sorted));
	stats_sort(sorted, n);
	return stats_median(sorted, n);
}

void word_median(char text[WORD_MAX], const struct compare_metric *m, enum compare_side side)
{
	if (m->n[side])
		word_number(text, median(m->values[side], m->n[side]));
	else
		snprintf(text, WORD_MAX, "-");
}

void word_deviation(char text[WORD_MAX], const struct compare_metric *m, enum compare_side side)
{
	size_t n = m->n[side];
	double share, mean;

	snprintf(text, WORD_MAX, "-");
	if (n < 2)
		return;
	mean = fabs(stats_mean(m->values[side], n));
	share = mean ? 100 * stats_stddev(m->values[side], n) / mean : 0;
	snprintf(text, WORD_MAX, share >= 1e4 ? "%.0e" : share >= 10 ? "%.0f" :
		 share >= 1 ? "%.1f" : "%.2f", share);
}

/* @absolute as a share of the base; in the metric's unit where that is 0. */
static void put_share(char *text, size_t size, const struct decision *d, double absolute)
{
	double percent = 100 * decision_share(d, absolute);

	if (isnan(percent))
		snprintf(text, size, absolute ? "%+.6g" : "0", absolute);
	else if (fabs(percent) < 0.005)
		snprintf(text, size, "0.00%%");
	else
		snprintf(text, size, fabs(percent) >= 1000 ? "%+.0f%%" : "%+.2f%%", percent);
}

void word_change(char text[WORD_MAX], const struct compare_metric *m)
{
	text[0] = '\0';
	if (both(m))
		put_share(text, WORD_MAX, &m->decision, m->decision.change);
}

void word_interval(char text[WORD_MAX], const struct compare_metric *m)
{
	char low[24], high[24];

	text[0] = '\0';
	if (!both(m) || !m->decision.level)
		return;
	put_share(low, sizeof(low), &m->decision, m->decision.low);
	put_share(high, sizeof(high), &m->decision, m->decision.high);
	snprintf(text, WORD_MAX, "%s .. %s", low, high);
}

void word_allowed(char text[WORD_MAX], const struct compare_metric *m)
{
	double share = decision_share(&m->decision, m->decision.allowed);

	if (isnan(share))
		snprintf(text, WORD_MAX, "%.3g", m->decision.allowed);
	else
		snprintf(text, WORD_MAX, "%.3g%%", 100 * share);
}

void word_test(char text[WORD_MAX], const struct compare_metric *m)
{
	text[0] = '\0';
	if (m->gate && m->decision.level)
		snprintf(text, WORD_MAX, "%.3g%% interval", 100 * m->decision.level);
	else if (m->gate)
		snprintf(text, WORD_MAX, "medians");
	else if (!isnan(m->q))
		snprintf(text, WORD_MAX, "p %.2g, q %.2g", m->p, m->q);
}

void word_reason(char text[160], const struct compare_metric *m)
{
	text[0] = '\0';
	if (!m->gate || m->verdict != VERDICT_INCONCLUSIVE)
		return;
	if (!m->held.interval)
		snprintf(text, 160, "beyond what is allowed in some runs only");
	else if (m->n[SIDE_BASE] < DECIDE_RUNS || m->n[SIDE_TEST] < DECIDE_RUNS)
		snprintf(text, 160, "%zu and %zu runs, it takes %d a side", m->n[SIDE_BASE],
			 m->n[SIDE_TEST], DECIDE_RUNS);
	else
		snprintf(text, 160, "the interval reaches beyond what is allowed: more runs make it "
			 "narrower");
}

void word_runs(char text[WORD_MAX], const struct compare_scenario *s, enum compare_side side)
{
	size_t n = s->n[side];

	if (s->used[side] == n)
		snprintf(text, WORD_MAX, "%zu run%s", n, n == 1 ? "" : "s");
	else
		snprintf(text, WORD_MAX, "%zu of %zu runs", s->used[side], n);
}

void word_kernel(char text[WORD_MAX], const struct compare_scenario *s, enum compare_side side)
{
	const char *kernel = s->runs[side][0].record->env.kernel;

	if (kernel)
		snprintf(text, WORD_MAX, "%.*s", (int)strcspn(kernel, " "), kernel);
	else
		snprintf(text, WORD_MAX, "unknown");
}

void word_diagnostics(char text[320], const struct comparison *c)
{
	size_t n = c->diagnostics;

	if (!n)
		snprintf(text, 320, "No other metric differs between any two runs.");
	else if (!compare_could_tell(c))
		snprintf(text, 320, "Of %zu other metric%s nothing can be told: with so few runs no "
			 "rank test has a p below %.2g, and the first of %zu needs %.2g. It takes "
			 "%zu runs a side.", n, n == 1 ? "" : "s", c->least_p, n, COMPARE_Q / n,
			 c->runs_needed);
	else
		snprintf(text, 320, "Of %zu other metric%s %zu differ%s by rank tests, of which at "
			 "most %g%% wrongly (q <= %g).", n, n == 1 ? "" : "s", c->significant,
			 c->significant == 1 ? "s" : "", 100 * COMPARE_Q, COMPARE_Q);
}

static int by_q(const void *a, const void *b)
{
	const struct compare_metric *x = *(const struct compare_metric *const *)a;
	const struct compare_metric *y = *(const struct compare_metric *const *)b;
	double p = fabs(decision_share(&x->decision, x->decision.change));
	double q = fabs(decision_share(&y->decision, y->decision.change));

	if (x->q != y->q)
		return x->q > y->q ? 1 : -1;
	return isnan(p) != isnan(q) ? (isnan(q) ? 1 : -1) : (p < q) - (p > q);
}

int compare_significant(const struct compare_scenario *s, const struct compare_metric ***out,
			size_t *n)
{
	size_t i;

	*out = calloc(s->nr_metrics + 1, sizeof(**out));
	*n = 0;
	if (!*out)
		return -ENOMEM;
	for (i = 0; i < s->nr_metrics; i++)
		if (s->list[i].q <= COMPARE_Q)
			(*out)[(*n)++] = &s->list[i];
	qsort(*out, *n, sizeof(**out), by_q);
	return 0;
}

const struct compare_run *compare_left_out(const struct compare_scenario *s, size_t i,
					   enum compare_side *side)
{
	size_t k;

	for (*side = 0; *side < SIDES; (*side)++)
		for (k = 0; k < s->n[*side]; k++)
			if (s->runs[*side][k].use == RUN_INVALID && !i--)
				return &s->runs[*side][k];
	return NULL;
}
