/* SPDX-License-Identifier: GPL-2.0 */
/* What a sample looks like. Every @x is sorted, ascending, and holds finite numbers. */
#ifndef STATS_DESCRIBE_H
#define STATS_DESCRIBE_H

#include <stddef.h>

void stats_sort(double *x, size_t n);

/* The middle element, or the mean of the two. @n > 0, here and below. */
double stats_median(const double *x, size_t n);

/*
 * Median of the distances from the median; times STATS_MAD_SIGMA it estimates the standard
 * deviation of a normal sample, and outliers hardly move it.
 */
double stats_mad(const double *x, size_t n);
#define STATS_MAD_SIGMA 1.4826

double stats_mean(const double *x, size_t n);

/* Of a sample (divided by n - 1); 0 for n = 1. */
double stats_stddev(const double *x, size_t n);

/* The quantile @q, 0 .. 1, linear between elements: type 7 of Hyndman and Fan 1996, R's default. */
double stats_quantile(const double *x, size_t n, double q);

/* All @x above 0. */
double stats_geometric_mean(const double *x, size_t n);

/*
 * Interval of the median by order statistics: the smallest [x[k - 1], x[n - k]] whose coverage is
 * at least @level goes to @low and @high. The coverage, 1 - 2 P(B(n, 1/2) < k); where even the
 * whole range covers less than @level, that of the range.
 */
double stats_median_interval(const double *x, size_t n, double level, double *low, double *high);

#endif
