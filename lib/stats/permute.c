// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <string.h>

#include "stats/divisive_impl.h"

/* Sums of the same distances in another order differ by less. */
#define ROUNDING 1e-9

/* splitmix64: Steele, Lea and Flood 2014. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 .. n - 1 */
static size_t below(uint64_t *state, size_t n)
{
	return (unsigned __int128)next(state) * n >> 64;
}

/*
 * What exceeds each of the first tenth of the permutations by half has no need of the others to be
 * a candidate: the statistic that one of a hundred exceeds is about two thirds of what one of a
 * thousand does. The p that counts is that of the second test.
 */
enum { SURE = 10 };

/* Is it sure whether (1 + @greater) / (@tried + 1) will be at most alpha, or are all tried? */
static bool decided(const struct trial *t, size_t tried, size_t greater)
{
	double most = t->alpha * (1 + ROUNDING);

	if (1.0 + greater > most * (t->limit + 1.0) || tried >= t->limit)
		return true;
	return tried >= t->permutations && 1.0 + greater <= most * (tried + 1);
}

double trial_search(const struct trial *t, const double *x, size_t n, size_t least, double q,
		    struct split_room *room)
{
	size_t tried, greater = 0, i, j;
	double order[WHOLE], swap, one, most = 0, enough = q * (1 - ROUNDING);

	memcpy(order, x, n * sizeof(*x));
	for (tried = 0; !decided(t, tried, greater); tried++) {
		for (i = n; i > 1; i--) {
			j = below(t->state, i);
			swap = order[j];
			order[j] = order[i - 1];
			order[i - 1] = swap;
		}
		one = energy_search(order, n, least, enough, room).q;
		greater += one >= enough;
		most = fmax(most, one);
		if (tried + 1 == t->permutations / SURE && q > 1.5 * most)
			return 1 / (t->permutations + 1.0);
	}
	return (1.0 + greater) / (tried + 1.0);
}

double trial_scan(const struct trial *t, const struct segment *s, size_t least, double q)
{
	size_t tried, greater = 0, tau, i, j;
	unsigned int order[2 * REACH], swap;
	double enough = q * (1 - ROUNDING);

	memcpy(order, s->order, s->n * sizeof(*order));
	for (tried = 0; !decided(t, tried, greater); tried++) {
		for (i = s->n; i > 1; i--) {
			j = below(t->state, i);
			swap = order[j];
			order[j] = order[i - 1];
			order[i - 1] = swap;
		}
		greater += energy_scan(s, order, least, &tau) >= enough;
	}
	return (1.0 + greater) / (tried + 1.0);
}
