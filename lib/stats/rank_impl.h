/* SPDX-License-Identifier: GPL-2.0 */
/* The distribution of U: parts of rank.c that its test verifies by themselves. */
#ifndef STATS_RANK_IMPL_H
#define STATS_RANK_IMPL_H

#include <stddef.h>
#include <stdint.h>

struct mann_whitney;

/*
 * How often U takes each value over all C(n + m, n) ways to choose n of n + m elements that are x.
 * A value is @unit / 2 times its index; @unit is 1 only where ties make halves.
 */
struct null_distribution {
	uint64_t *counts;	/* of U from 0 to n m */
	size_t unit, last;	/* index of n m */
	uint64_t total;
};

/*
 * @groups: how many elements are equal, from the least to the greatest, n + m together. n and m at
 * most STATS_RANK_EXACT, so that no count exceeds 64 bits. 0 or -ENOMEM; free @counts.
 */
int rank_null(const unsigned int *groups, size_t nr, size_t n, size_t m,
	      struct null_distribution *out);

/* The same without ties, and R's qwilcox of it: the smallest U with P(<= U) >= p. */
int rank_null_untied(size_t n, size_t m, struct null_distribution *out);
size_t rank_quantile(const struct null_distribution *d, double p);
double rank_at_most(const struct null_distribution *d, size_t index);
double rank_at_least(const struct null_distribution *d, size_t index);

/* The normal approximation, of @out->u; @ties: the sum of t^3 - t over the groups. */
void rank_normal(size_t n, size_t m, double ties, struct mann_whitney *out);

#endif
