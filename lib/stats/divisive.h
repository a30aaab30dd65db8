/* SPDX-License-Identifier: GPL-2.0 */
/* Where a series changes: E-divisive, Matteson and James 2014, with distances |x - y|. */
#ifndef STATS_DIVISIVE_H
#define STATS_DIVISIVE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The energy statistic of x against y: 2/(m+n) sum |x-y| - 2m/((m+n)(n-1)) sum |x_i-x_k|
 * - 2n/((m+n)(m-1)) sum |y_j-y_k|, over unordered pairs inside each; a term of one element is 0.
 */
double stats_energy(const double *x, size_t n, const double *y, size_t m);

/*
 * The split of a series that has the greatest statistic: x[0 .. tau) against x[tau .. kappa). The
 * statistic; 0 with tau = 0 for fewer than two elements, or where no split has one above 0; NAN:
 * no memory. O(n^2).
 */
double stats_best_split(const double *x, size_t n, size_t *tau, size_t *kappa);

struct change_point {
	size_t at;	/* the first element of the new segment */
	double q;	/* the statistic of what lies around it, up to the neighbouring changes */
	double p;	/* of that, by permutations: (1 + as great or greater) / (tried + 1) */
};

struct divisive_options {
	double alpha;		/* a change must have p <= alpha */
	/* At least 1 / alpha - 1; up to four times as many where p is close to alpha. */
	size_t permutations;
	size_t least;		/* elements in a segment, at least 2 */
	uint64_t seed;		/* the same permutations whenever it is the same */
};

/*
 * The changes of the series @x of finite numbers in ascending order, at most @room, into @out: as
 * many as are returned, or -ENOMEM. Of series of noise, of up to 256 elements, no more than the
 * share alpha has any. 10,000 elements take less than a second, unless they change hundreds of
 * times.
 */
long stats_divisive(const double *x, size_t n, const struct divisive_options *o,
		    struct change_point *out, size_t room);

#endif
