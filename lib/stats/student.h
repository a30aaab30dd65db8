/* SPDX-License-Identifier: GPL-2.0 */
/* Student's distribution, and tests that stand on it: for nearly normal samples. */
#ifndef STATS_STUDENT_H
#define STATS_STUDENT_H

#include <stddef.h>

/* Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction. 0 <= x <= 1. */
double stats_incomplete_beta(double x, double a, double b);

/* P(T <= t) and its inverse; @df > 0 need not be whole. 0 < @p < 1. */
double stats_t_probability(double t, double df);
double stats_t_quantile(double p, double df);

/* Welch's test of x against y, n and m >= 2. Without any spread t is infinite, or 0 when equal. */
struct welch {
	double difference;	/* of the means */
	double se;		/* its standard error */
	double t, df, p;	/* p: two-sided */
};
void stats_welch(const double *x, size_t n, const double *y, size_t m, struct welch *out);

/* Is |difference| < @d? Two one-sided tests; equivalent at alpha where @p <= alpha. */
struct tost {
	double t_low, p_low;	/* difference > -d */
	double t_high, p_high;	/* difference < d */
	double p;		/* the larger of both */
	double low, high;	/* interval of 1 - 2 alpha */
};
void stats_tost(const struct welch *w, double d, double alpha, struct tost *out);

/*
 * The smallest shift, in standard deviations of one value, that Welch's test at two-sided @alpha
 * finds with probability @power in two samples of @n: t(1 - alpha/2) + t(power), times sqrt(2 / n),
 * iterated by the noncentral t as R's power.t.test; n >= 2. 3.07 for n = 3, 2.02 for 5, 1.32 for 10
 * at .05 and .80. 0 where chance alone has that power, alpha / 2.
 */
double stats_detectable(size_t n, double alpha, double power);

#endif
