/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The decision on one metric: runs under test against runs that are the reference. A pure function
 * of numbers, by class: counts and paths hardly vary, so their medians are held to a tolerance;
 * times and rates vary, so the interval of their change is.
 */
#ifndef JUDGE_DECIDE_H
#define JUDGE_DECIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/metrics.h"

enum verdict {
	VERDICT_OK,
	VERDICT_IMPROVED,	/* beyond the tolerance in the better direction */
	VERDICT_REGRESSED,	/* beyond it in the worse direction */
	VERDICT_INCONCLUSIVE,	/* these runs cannot say */
	VERDICT_INVALID,	/* the measurement is impossible or incomplete */
	VERDICT_NO_BASELINE,	/* nothing to compare with */
};

const char *verdict_name(enum verdict verdict);

struct decision_rule {
	enum metric_class class;
	enum metric_better better;
	double tolerance;	/* share of the reference that a change may have */
	double floor;		/* absolute; a change must exceed both to count */
	double alpha;		/* of the interval of a time or rate; DECIDE_ALPHA */
};

/* 5 % over at most three looks (5, 7 and 10 runs). */
#define DECIDE_ALPHA (0.05 / 3)

/* Runs on each side below which no interval has the level that DECIDE_ALPHA asks for. */
enum { DECIDE_RUNS = 5 };

struct decision {
	enum verdict verdict;	/* ok, improved, regressed or inconclusive */
	double base, test;	/* medians */
	/*
	 * Of a time or rate the Hodges-Lehmann estimate (as a share, from the ratio of the values,
	 * where all are above 0), of a count or path that of the medians.
	 */
	double change;		/* absolute, in the metric's unit: + means test is greater */
	double low, high;	/* interval of change, absolute; NAN where there is none */
	double level;		/* of that interval; 0 where there is none */
	double allowed;		/* absolute: the larger of tolerance and floor */
	double resolves;	/* absolute: the smallest change that these runs could have shown */
	bool by_interval;	/* decided by the interval, else by the medians */
};

/*
 * Decide on @test (of @m runs) against @base (of @n runs), each > 0 and finite. Neither needs to be
 * sorted. 0 or -ENOMEM.
 */
int decide(const struct decision_rule *rule, const double *base, size_t n, const double *test,
	   size_t m, struct decision *out);

/* Shares of the reference, for printing; NAN where the reference is 0. */
double decision_share(const struct decision *d, double absolute);

#endif
