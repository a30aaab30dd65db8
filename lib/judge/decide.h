/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The decision on one metric: runs under test against runs that are the reference. A pure function
 * of numbers. What hardly varies, as counts and paths, is decided by medians; what does, as times
 * and rates, by the interval of its change.
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
	enum metric_better better;
	double tolerance;	/* share of the reference that a change may have */
	double floor;		/* absolute; a change must exceed both to count */
	bool interval;		/* decide by the interval of the change, else by the medians */
};

/* Of the interval: 5 % over at most three looks, of 5, 7 and 10 runs. */
#define DECIDE_ALPHA (0.05 / 3)

/* Runs on each side below which no interval has the level 1 - DECIDE_ALPHA. */
enum { DECIDE_RUNS = 5 };

struct decision {
	enum verdict verdict;	/* ok, improved, regressed or inconclusive */
	double base, test;	/* medians */
	/*
	 * What follows is absolute, in the metric's unit; + means that test is greater. By interval
	 * it is the Hodges-Lehmann estimate, of the ratio where all values are above 0; else the
	 * difference of the medians.
	 */
	double change;
	double low, high;	/* interval of the change; NAN: none */
	double level;		/* of that interval; 0: none */
	double allowed;		/* the larger of tolerance and floor */
	/*
	 * The smallest change that these runs can tell from what is allowed: by interval its
	 * half-width, else the farthest that a run lies from its side's median; NAN: one run on
	 * each side cannot know.
	 */
	double resolves;
};

/*
 * Decide on @test (of @m runs) against @base (of @n runs), n and m > 0, all finite. Neither needs to
 * be sorted. By medians: ok where their difference is allowed; changed where every run under test
 * lies beyond what is allowed, and no run of the reference lies there; inconclusive where only some
 * do. By interval: changed where all of it lies beyond what is allowed, ok where all of it lies
 * within, else inconclusive. 0 or -ENOMEM.
 */
int decide(const struct decision_rule *rule, const double *base, size_t n, const double *test,
	   size_t m, struct decision *out);

/*
 * The least tolerance, as a share, that intervals can be held to where runs spread as @base does: the
 * change that 10 runs against 10 find with a probability of 80 %. NAN: no memory.
 */
double decide_noise_floor(const double *base, size_t n);

/* @absolute as a share of the reference; NAN where that is 0. */
double decision_share(const struct decision *d, double absolute);

#endif
