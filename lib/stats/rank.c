// SPDX-License-Identifier: GPL-2.0
/*
 * The permutation distribution of U: all ways to choose which n of the n + m elements are x are
 * equally probable. Counts are integers of 64 bits, exact: C(64, 32) is above 2^53, below 2^63.
 */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "stats/describe.h"
#include "stats/normal.h"
#include "stats/rank.h"
#include "stats/rank_impl.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static uint64_t choose(size_t n, size_t k)
{
	uint64_t c = 1;
	size_t i;

	for (i = 1; i <= k; i++)
		c = (unsigned __int128)c * (n - k + i) / i;
	return c;
}

/*
 * Add a group of @g equal elements, above @seen ones: of these i are x, of the group a. An x of the
 * group is above the (seen - i) y before it, and half above the (g - a) y of the group. @ways has a
 * row of counts for each i, larger i first as they are built of smaller ones.
 */
static void add_group(const struct null_distribution *d, uint64_t *ways, size_t n, size_t m,
		      size_t seen, size_t g)
{
	size_t i, a, y, k, shift, used;
	uint64_t *to, *from, factor;

	for (i = least(n, seen + g); i > 0; i--) {
		to = ways + i * (d->last + 1);
		for (a = 1, factor = 1; a <= g && a <= i; a++) {
			/* C(g, a); the product may be larger than what is left of it. */
			factor = (unsigned __int128)factor * (g - a + 1) / a;
			/* Those with more than m elements of y lead nowhere. */
			if (seen + a < i || seen + g > i + m)
				continue;
			y = seen + a - i;
			from = ways + (i - a) * (d->last + 1);
			shift = (2 * a * y + a * (g - a)) / d->unit;
			used = 2 * (i - a) * y / d->unit;
			for (k = 0; k <= used; k++)
				to[shift + k] += factor * from[k];
		}
	}
}

int rank_null(const unsigned int *groups, size_t nr, size_t n, size_t m,
	      struct null_distribution *out)
{
	size_t i, seen = 0;
	uint64_t *ways;

	/* Only a group of an even number can be parted so that a (g - a) is odd. */
	out->unit = 2;
	for (i = 0; i < nr; i++)
		if (groups[i] % 2 == 0)
			out->unit = 1;
	out->last = 2 * n * m / out->unit;
	out->total = choose(n + m, n);
	ways = calloc((n + 1) * (out->last + 1), sizeof(*ways));
	out->counts = calloc(out->last + 1, sizeof(*out->counts));
	if (!ways || !out->counts) {
		free(ways);
		free(out->counts);
		out->counts = NULL;
		return -ENOMEM;
	}
	ways[0] = 1;
	for (i = 0; i < nr; seen += groups[i++])
		add_group(out, ways, n, m, seen, groups[i]);
	for (i = 0; i <= out->last; i++)
		out->counts[i] = ways[n * (out->last + 1) + i];
	free(ways);
	return 0;
}

int rank_null_untied(size_t n, size_t m, struct null_distribution *out)
{
	unsigned int groups[2 * STATS_RANK_EXACT];
	size_t i;

	for (i = 0; i < n + m; i++)
		groups[i] = 1;
	return rank_null(groups, n + m, n, m, out);
}

double rank_at_most(const struct null_distribution *d, size_t index)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i <= index && i <= d->last; i++)
		sum += d->counts[i];
	return (long double)sum / d->total;
}

double rank_at_least(const struct null_distribution *d, size_t index)
{
	uint64_t sum = 0;
	size_t i;

	for (i = index; i <= d->last; i++)
		sum += d->counts[i];
	return (long double)sum / d->total;
}

/* As R does, a p that rounding put just above a step of the distribution is on that step. */
size_t rank_quantile(const struct null_distribution *d, double p)
{
	long double enough = (p - 10 * DBL_EPSILON) * (long double)d->total;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < d->last; i++) {
		sum += d->counts[i];
		if (sum >= enough)
			break;
	}
	return i;
}

void rank_normal(size_t n, size_t m, double ties, struct mann_whitney *out)
{
	double all = (double)n + m, middle = (double)n * m / 2;
	double sd = sqrt(middle / 6 * (all + 1 - ties / all / (all - 1)));

	out->less = out->greater = 1;
	/* Where all are equal there is nothing to tell. */
	if (sd > 0) {
		out->less = stats_normal((out->u + 0.5 - middle) / sd);
		out->greater = stats_normal((middle + 0.5 - out->u) / sd);
	}
	out->two_sided = fmin(1, 2 * fmin(out->less, out->greater));
	out->exact = false;
}

/* The groups of equal elements of two sorted samples; U, and the sum of t^3 - t. */
static size_t group(const double *x, size_t n, const double *y, size_t m, unsigned int *groups,
		    double *u, double *ties)
{
	size_t nr = 0, i = 0, j = 0, old_i, old_j;
	double value, t;

	*u = *ties = 0;
	while (i < n || j < m) {
		value = j == m || (i < n && x[i] < y[j]) ? x[i] : y[j];
		for (old_i = i; i < n && !(x[i] > value);)
			i++;
		for (old_j = j; j < m && !(y[j] > value);)
			j++;
		t = i - old_i + j - old_j;
		groups[nr++] = t;
		*ties += t * t * t - t;
		*u += (double)(i - old_i) * old_j + (double)(i - old_i) * (j - old_j) / 2;
	}
	return nr;
}

static double *sorted(const double *x, size_t n)
{
	double *copy = calloc(n, sizeof(*copy));
	size_t i;

	if (!copy)
		return NULL;
	for (i = 0; i < n; i++)
		copy[i] = x[i];
	stats_sort(copy, n);
	return copy;
}

int stats_mann_whitney(const double *x, size_t n, const double *y, size_t m,
		       struct mann_whitney *out)
{
	unsigned int *groups = calloc(n + m, sizeof(*groups));
	double *a = sorted(x, n), *b = sorted(y, m), ties;
	struct null_distribution d;
	int err = -ENOMEM;
	size_t nr, index;

	if (!groups || !a || !b)
		goto out;
	nr = group(a, n, b, m, groups, &out->u, &ties);
	err = 0;
	if (n > STATS_RANK_EXACT || m > STATS_RANK_EXACT) {
		rank_normal(n, m, ties, out);
		goto out;
	}
	err = rank_null(groups, nr, n, m, &d);
	if (err)
		goto out;
	index = 2 * out->u / d.unit;
	out->less = rank_at_most(&d, index);
	out->greater = rank_at_least(&d, index);
	out->two_sided = fmin(1, 2 * fmin(out->less, out->greater));
	out->exact = true;
	free(d.counts);
out:
	free(groups);
	free(a);
	free(b);
	return err;
}

double stats_least_p(size_t n, size_t m)
{
	size_t few = least(n, m), i;
	long double choices = 1;

	for (i = 1; i <= few && choices < INFINITY; i++)
		choices = choices * (n + m - few + i) / i;
	return fminl(1, 2 / choices);
}

/* qwilcox(@p), and at @level the level of the interval that it makes. -ENOMEM */
static int interval_rank(size_t n, size_t m, double p, size_t *k, double *level)
{
	double middle = (double)n * m / 2, sd = sqrt(middle / 6 * ((double)n + m + 1));
	struct null_distribution d;
	size_t low = 0, high = middle;
	int err;

	if (n <= STATS_RANK_EXACT && m <= STATS_RANK_EXACT) {
		err = rank_null_untied(n, m, &d);
		if (err)
			return err;
		*k = rank_quantile(&d, p);
		*k += !*k;
		*level = 1 - 2 * rank_at_most(&d, *k - 1);
		free(d.counts);
		return 0;
	}
	while (low < high) {
		*k = low + (high - low) / 2;
		if (stats_normal((*k + 0.5 - middle) / sd) < p)
			low = *k + 1;
		else
			high = *k;
	}
	*k = low + !low;
	/* The whole range leaves out just two of all orders. */
	*level = *k == 1 ? 1 - stats_least_p(n, m) : 1 - 2 * stats_normal((*k - 0.5 - middle) / sd);
	return 0;
}

int stats_shift(const double *x, size_t n, const double *y, size_t m, double level,
		struct shift *out)
{
	double *d = reallocarray(NULL, n, m * sizeof(*d));
	size_t i, j, k;
	int err = -ENOMEM;

	if (!d)
		goto out;
	for (i = 0; i < n; i++)
		for (j = 0; j < m; j++)
			d[i * m + j] = x[i] - y[j];
	stats_sort(d, n * m);
	out->estimate = stats_median(d, n * m);
	err = interval_rank(n, m, (1 - level) / 2, &k, &out->level);
	if (err)
		goto out;
	out->low = d[k - 1];
	out->high = d[n * m - k];
out:
	free(d);
	return err;
}
