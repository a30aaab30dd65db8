// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/decide.h"
#include "stats/describe.h"
#include "stats/rank.h"
#include "stats/student.h"

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_OK] = "ok",
		[VERDICT_IMPROVED] = "improved",
		[VERDICT_REGRESSED] = "regressed",
		[VERDICT_INCONCLUSIVE] = "inconclusive",
		[VERDICT_INVALID] = "invalid",
		[VERDICT_NO_BASELINE] = "no baseline",
	};

	return names[verdict];
}

/* Both sides, each sorted. */
struct sides {
	double *base, *test;
	size_t n, m;
};

static bool all_above_0(const struct sides *s)
{
	return s->base[0] > 0 && s->test[0] > 0;
}

/* The greatest distance of an element from the median. */
static double farthest(const double *x, size_t n)
{
	double median = stats_median(x, n);

	return fmax(x[n - 1] - median, median - x[0]);
}

/* The verdict on a change that is known to lie from @low to @high. */
static enum verdict place(const struct decision_rule *rule, double low, double high,
			  double allowed)
{
	bool lower_is_better = rule->better == BETTER_LOWER;

	if (low >= -allowed && high <= allowed)
		return VERDICT_OK;
	if (low > allowed)
		return lower_is_better ? VERDICT_REGRESSED : VERDICT_IMPROVED;
	if (high < -allowed)
		return lower_is_better ? VERDICT_IMPROVED : VERDICT_REGRESSED;
	return VERDICT_INCONCLUSIVE;
}

/* Do all runs under test lie beyond what is allowed, and beyond all of the reference? */
static bool all_beyond(const struct sides *s, const struct decision *d)
{
	if (d->change > 0)
		return s->test[0] - d->base > d->allowed && s->test[0] > s->base[s->n - 1];
	return d->base - s->test[s->m - 1] > d->allowed && s->test[s->m - 1] < s->base[0];
}

static void decide_by_medians(const struct decision_rule *rule, const struct sides *s,
			      struct decision *out)
{
	out->change = out->test - out->base;
	out->low = out->high = NAN;
	out->level = 0;
	out->resolves = s->n + s->m > 2 ? fmax(farthest(s->base, s->n), farthest(s->test, s->m)) : NAN;
	out->verdict = place(rule, out->change, out->change, out->allowed);
	if (out->verdict != VERDICT_OK && !all_beyond(s, out))
		out->verdict = VERDICT_INCONCLUSIVE;
}

static void to_logs(double *x, size_t n)
{
	while (n--)
		x[n] = log(x[n]);
}

static int decide_by_interval(const struct decision_rule *rule, struct sides *s,
			      struct decision *out)
{
	bool ratio = all_above_0(s);
	struct shift shift;
	int ret;

	if (ratio) {
		to_logs(s->base, s->n);
		to_logs(s->test, s->m);
	}
	ret = stats_shift(s->test, s->m, s->base, s->n, 1 - DECIDE_ALPHA, &shift);
	if (ret)
		return ret;
	out->change = ratio ? out->base * expm1(shift.estimate) : shift.estimate;
	out->low = ratio ? out->base * expm1(shift.low) : shift.low;
	out->high = ratio ? out->base * expm1(shift.high) : shift.high;
	out->level = shift.level;
	out->resolves = (out->high - out->low) / 2;
	out->verdict = shift.level < 1 - DECIDE_ALPHA ? VERDICT_INCONCLUSIVE :
		       place(rule, out->low, out->high, out->allowed);
	return 0;
}

static double *sorted_copy(const double *x, size_t n)
{
	double *copy = malloc(n * sizeof(*copy));

	if (!copy)
		return NULL;
	memcpy(copy, x, n * sizeof(*copy));
	stats_sort(copy, n);
	return copy;
}

int decide(const struct decision_rule *rule, const double *base, size_t n, const double *test,
	   size_t m, struct decision *out)
{
	struct sides s = { sorted_copy(base, n), sorted_copy(test, m), n, m };
	int ret = 0;

	if (!s.base || !s.test) {
		ret = -ENOMEM;
		goto out;
	}
	*out = (struct decision) {
		.base = stats_median(s.base, n),
		.test = stats_median(s.test, m),
	};
	out->allowed = fmax(rule->tolerance * fabs(out->base), rule->floor);
	if (rule->interval)
		ret = decide_by_interval(rule, &s, out);
	else
		decide_by_medians(rule, &s, out);
out:
	free(s.base);
	free(s.test);
	return ret;
}

double decide_noise_floor(const double *base, size_t n)
{
	enum { RUNS = 10 };
	double *x = sorted_copy(base, n), median, least;
	bool ratio;

	if (!x)
		return NAN;
	median = fabs(stats_median(x, n));
	ratio = x[0] > 0;
	if (ratio)
		to_logs(x, n);
	least = stats_detectable(RUNS, DECIDE_ALPHA, 0.8) * stats_stddev(x, n);
	free(x);
	return ratio ? expm1(least) : median ? least / median : least;
}

double decision_share(const struct decision *d, double absolute)
{
	return d->base ? absolute / fabs(d->base) : NAN;
}
