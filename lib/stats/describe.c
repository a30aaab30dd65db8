// SPDX-License-Identifier: GPL-2.0
/*
 * Sums are long double and of the distances from one element: neither does the square of 1e300
 * overflow, nor do equal values seem to differ because their sum was rounded.
 */
#include <math.h>
#include <stdlib.h>

#include "stats/describe.h"

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void stats_sort(double *x, size_t n)
{
	qsort(x, n, sizeof(*x), compare);
}

static double middle(double a, double b)
{
	return ((long double)a + b) / 2;
}

double stats_median(const double *x, size_t n)
{
	return middle(x[(n - 1) / 2], x[n / 2]);
}

/* As x is sorted, the nearest elements lie at both sides of the median: take them one by one. */
double stats_mad(const double *x, size_t n)
{
	double median = stats_median(x, n), last = 0, before = 0;
	size_t left = (n + 1) / 2, right = left, i;

	for (i = 0; i <= n / 2; i++) {
		before = last;
		if (right == n || (left && median - x[left - 1] <= x[right] - median))
			last = median - x[--left];
		else
			last = x[right++] - median;
	}
	return n % 2 ? last : middle(before, last);
}

static long double mean(const double *x, size_t n)
{
	long double sum = 0;
	size_t i;

	for (i = 1; i < n; i++)
		sum += (long double)x[i] - x[0];
	return x[0] + sum / n;
}

double stats_mean(const double *x, size_t n)
{
	return mean(x, n);
}

double stats_stddev(const double *x, size_t n)
{
	long double centre = mean(x, n), sum = 0;
	size_t i;

	if (n < 2)
		return 0;
	for (i = 0; i < n; i++)
		sum += (x[i] - centre) * (x[i] - centre);
	return sqrtl(sum / (n - 1));
}

double stats_quantile(const double *x, size_t n, double q)
{
	double place = (n - 1) * fmin(fmax(q, 0), 1);
	size_t i = place;

	if (i >= n - 1)
		return x[n - 1];
	return x[i] + (place - i) * ((long double)x[i + 1] - x[i]);
}

double stats_geometric_mean(const double *x, size_t n)
{
	long double sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += logl((long double)x[i] / x[0]);
	return x[0] * expl(sum / n);
}

/*
 * From the middle outwards: P(k <= B <= n - k) is what [x[k - 1], x[n - k]] covers, and the middle
 * probability of B(n, 1/2), unlike the outermost 2^-n, is never too small for a number.
 */
double stats_median_interval(const double *x, size_t n, double level, double *low, double *high)
{
	size_t k = (n + 1) / 2, i;
	long double share = 1, coverage;

	for (i = 1; i <= n / 2; i++)
		share *= (2 * i - 1) / (2.0L * i);
	if (n % 2)
		share *= n / (n + 1.0L);
	coverage = n % 2 ? 0 : share;
	if (n % 2 == 0)
		share *= k / (k + 1.0L);
	while ((double)coverage < level && k > 1) {
		k--;
		coverage += 2 * share;
		share *= k / (n - k + 1.0L);
	}
	*low = x[k - 1];
	*high = x[n - k];
	return coverage;
}
