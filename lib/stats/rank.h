/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two samples of finite numbers, in any order, compared by ranks: nothing is assumed of their
 * distribution.
 */
#ifndef STATS_RANK_H
#define STATS_RANK_H

#include <stdbool.h>
#include <stddef.h>

/* Mann-Whitney's test of x against y. */
struct mann_whitney {
	double u;		/* pairs with x > y, plus half of those with x = y */
	double less, greater;	/* one-sided p: x tends to be smaller, greater */
	double two_sided;	/* min(1, twice the smaller of both) */
	bool exact;		/* else normal approximation, corrected for ties and continuity */
};

/*
 * Exact up to STATS_RANK_EXACT elements in each sample, with ties too: by the permutation
 * distribution of the mid-ranks. @n and @m > 0. 0 or -ENOMEM.
 */
enum { STATS_RANK_EXACT = 32 };
int stats_mann_whitney(const double *x, size_t n, const double *y, size_t m,
		       struct mann_whitney *out);

/* By how much x lies above y. */
struct shift {
	double estimate;	/* Hodges-Lehmann: the median of all differences x - y */
	double low, high;	/* interval, by inverting the exact test without ties */
	double level;		/* that it has; less than asked for where samples are too small */
};

/*
 * Interval [D(k), D(nm + 1 - k)] of the sorted differences, k = qwilcox((1 - level) / 2, n, m) as R
 * has it; where that is 0 the whole range, with the level that this has. By the normal
 * approximation where stats_mann_whitney() is. 0 or -ENOMEM.
 */
int stats_shift(const double *x, size_t n, const double *y, size_t m, double level,
		struct shift *out);

/* The smallest two-sided p that samples of @n and @m without ties can reach: 2 / C(n + m, n). */
double stats_least_p(size_t n, size_t m);

#endif
