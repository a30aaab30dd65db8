// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/bisect.h"
#include "stats/describe.h"

static double median_of(const double *values, size_t n)
{
	double sorted[BISECT_END_RUNS];

	if (n > BISECT_END_RUNS)
		n = BISECT_END_RUNS;
	memcpy(sorted, values, n * sizeof(sorted[0]));
	stats_sort(sorted, n);
	return stats_median(sorted, n);
}

/* Is @value on the bad end's side? */
static bool is_bad(const struct threshold *t, double value)
{
	return t->bad > t->good ? value > t->middle : value < t->middle;
}

static size_t count_bad(const struct threshold *t, const double *values, size_t n)
{
	size_t i, bad = 0;

	for (i = 0; i < n; i++)
		bad += is_bad(t, values[i]);
	return bad;
}

/* What the runs of an end spread by, a gate must allow. */
static void widen(struct gate *gate, const double *values, size_t n)
{
	double low = INFINITY, high = -INFINITY;

	if (n < GATE_RUNS)
		return;
	for (size_t i = 0; i < n; i++) {
		low = fmin(low, values[i]);
		high = fmax(high, values[i]);
	}
	gate_widen(gate, (high - low) / fabs(median_of(values, n)), values, n);
}

bool threshold_between(const struct gate *gate, const double *good, size_t n, const double *bad,
		       size_t m, struct threshold *out, char *why, size_t size)
{
	struct threshold t = { .good = median_of(good, n), .bad = median_of(bad, m) };
	struct gate held = *gate;
	size_t astray;

	widen(&held, good, n);
	widen(&held, bad, m);
	t.middle = t.good + (t.bad - t.good) / 2;
	t.allowed = fmax(held.tolerance * fabs(t.good), held.floor);
	*out = t;
	if (!(fabs(t.bad - t.good) > t.allowed)) {
		snprintf(why, size, "the ends cannot be told apart: good %.6g, bad %.6g, and a "
			 "change of %.3g is within the tolerance", t.good, t.bad, t.allowed);
		return false;
	}
	astray = count_bad(&t, good, n) + m - count_bad(&t, bad, m);
	if (astray) {
		snprintf(why, size, "the ends cannot be told apart: good %.6g, bad %.6g, and %zu of "
			 "%zu runs lie on the other side", t.good, t.bad, astray, n + m);
		return false;
	}
	return true;
}

double threshold_share(const struct threshold *t, double from, double to)
{
	return (to - from) / (t->bad - t->good);
}

bool threshold_is_step(const struct threshold *t, double from, double to)
{
	return threshold_share(t, from, to) >= 0.5;
}

double candidate_value(const struct candidate *c)
{
	return c->n ? median_of(c->values, c->n) : NAN;
}

const char *bisect_answer_name(enum bisect_answer answer)
{
	static const char *const names[] = {
		[BISECT_UNKNOWN] = "unknown", [BISECT_GOOD] = "good", [BISECT_BAD] = "bad",
		[BISECT_SKIP] = "cannot tell",
	};

	return names[answer];
}

/* Boots of one kernel differ by less than what a gate allows: is this one beyond any doubt? */
static bool is_sure(const struct threshold *t, double value)
{
	return fabs(t->bad - t->good) > 2 * t->allowed &&
	       fabs(value - t->middle) > t->allowed / 2;
}

static enum bisect_answer side_of_median(const struct threshold *t, const double *values, size_t n)
{
	if (!n || (n < GATE_RUNS && !is_sure(t, values[0])))
		return BISECT_UNKNOWN;
	return is_bad(t, median_of(values, n)) ? BISECT_BAD : BISECT_GOOD;
}

enum bisect_answer bisect_vote(const struct threshold *t, bool counted, const double *values,
			       size_t n)
{
	size_t bad = count_bad(t, values, n), good = n - bad;

	if (counted)
		return side_of_median(t, values, n);
	if (bad >= good + BISECT_LEAD)
		return BISECT_BAD;
	if (good >= bad + BISECT_LEAD)
		return BISECT_GOOD;
	return n < BISECT_RUNS ? BISECT_UNKNOWN : BISECT_SKIP;
}

void bisect_ends(const struct candidate *list, size_t n, size_t *good, size_t *bad)
{
	size_t i;

	*good = 0;
	for (*bad = 0; *bad < n - 1 && list[*bad].answer != BISECT_BAD; ++*bad)
		;
	for (i = 0; i < *bad; i++)
		if (list[i].answer == BISECT_GOOD)
			*good = i;
}

size_t bisect_next(const struct candidate *list, size_t n)
{
	size_t good, bad, i, best = n;
	double middle, distance = INFINITY;

	bisect_ends(list, n, &good, &bad);
	middle = (good + bad) / 2.0;
	for (i = good + 1; i < bad; i++) {
		if (list[i].answer == BISECT_UNKNOWN && fabs(i - middle) < distance) {
			distance = fabs(i - middle);
			best = i;
		}
	}
	return best;
}

size_t bisect_left(const struct candidate *list, size_t n)
{
	size_t good, bad, i, left = 0;

	bisect_ends(list, n, &good, &bad);
	for (i = good + 1; i < bad; i++)
		left += list[i].answer == BISECT_UNKNOWN;
	return left;
}

int bisect_steps(size_t left)
{
	int steps = 0;

	for (; left; left /= 2)
		steps++;
	return steps;
}
