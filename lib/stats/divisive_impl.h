/* SPDX-License-Identifier: GPL-2.0 */
/* The statistic, energy.c, and its permutation tests, permute.c: for divisive.c and its test. */
#ifndef STATS_DIVISIVE_IMPL_H
#define STATS_DIVISIVE_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WHOLE = 256,		/* the longest series that is searched for tau and kappa at once */
	WINDOW = 192,		/* what a longer one is searched by */
	REACH = 256,		/* at most this many elements on each side speak for a change */
};

/* Copy @n elements of @x, multiplied so by 2^-e that none is above 1. Returns e. */
int energy_scale(const double *x, size_t n, double *out);

struct split {
	size_t tau, kappa;
	double q;
};

/* Room for n + 2 elements in each. */
struct split_room {
	double *inside, *across, *inverse;
};

/*
 * The best split into x[0 .. tau) and x[tau .. kappa) of at least @least elements each, @least > 0;
 * all zero where there is none with a statistic above 0. Ends as soon as one has @enough.
 */
struct split energy_search(const double *x, size_t n, size_t least, double enough,
			   struct split_room *room);

/* A segment that has at most one change, kappa being its end: what no permutation changes of it. */
struct segment {
	size_t n;
	double value[2 * REACH];	/* from the least to the greatest, above the least */
	double row[2 * REACH];	/* the sum of the distances from that to all others */
	double pairs;		/* the sum of all distances */
	unsigned int order[2 * REACH];	/* the ranks in the series' order */
};

void energy_rank(const double *x, size_t n, struct segment *out);
double energy_scan(const struct segment *s, const unsigned int *order, size_t least, size_t *tau);

/* Permutation tests. */
struct trial {
	double alpha;
	size_t permutations;
	size_t limit;		/* as many where p is close to alpha */
	uint64_t *state;	/* of the random numbers */
};

/*
 * The p of a best split with @q by random permutations, (1 + as great or greater) / (tried + 1).
 * Ends as soon as it is sure on which side of alpha that lies. @n is at most WHOLE for the first,
 * which does not go on where q is far beyond all others.
 */
double trial_search(const struct trial *t, const double *x, size_t n, size_t least, double q,
		    struct split_room *room);
double trial_scan(const struct trial *t, const struct segment *s, size_t least, double q);

#endif
