// SPDX-License-Identifier: GPL-2.0
/*
 * A search for tau and kappa takes the square of a series' length, and is repeated for each
 * permutation. Therefore:
 *
 *  1. Candidates. A series of up to WHOLE elements is divided as the method says: by the best
 *     split, if random permutations say so, then each part again. A longer one is divided so in
 *     windows of WINDOW elements. The next window begins at the last change found, else half a
 *     window on.
 *  2. Changes. Each candidate is moved to the best split between its two neighbours, at most REACH
 *     elements to each side, and tested once more there. As the neighbours bound the segment, no
 *     kappa is sought, which makes this n log n. Of those that fail, the one with the least
 *     statistic is dropped, and its neighbours are moved and tested anew.
 *
 * A test ends with the permutation that makes its failure certain: with noise, after a few. Both
 * tests must be passed, so that at most about alpha of the series of up to WHOLE elements has a
 * false change; a longer one has as many chances as it has windows, less those that the second test
 * takes. What takes more than half a window on each side to be seen is not found in it.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/divisive.h"
#include "stats/divisive_impl.h"

/*
 * A change with a true p of a third of alpha would be lost every fourth time, by one permutation in
 * 999: what is so close is tried up to PATIENCE times as often.
 */
enum { PATIENCE = 4 };

struct candidate {
	size_t at;
	double q, p;
	bool tested;
};

struct work {
	double *x;
	size_t n, least;
	struct trial search, test;
	uint64_t state;
	struct candidate *found;
	size_t nr;
	struct segment segment;
	struct split_room room;
	double inside[WHOLE + 2], across[WHOLE + 2], inverse[WHOLE + 2];
};

/* Candidates are found in ascending order. */
static void divide(struct work *w, size_t low, size_t high)
{
	const double *x = w->x + low;
	struct split s = energy_search(x, high - low, w->least, INFINITY, &w->room);

	if (!(s.q > 0) || trial_search(&w->search, x, high - low, w->least, s.q, &w->room) >
			  w->search.alpha)
		return;
	divide(w, low, low + s.tau);
	w->found[w->nr++].at = low + s.tau;
	divide(w, low + s.tau, high);
}

static void search_windows(struct work *w)
{
	size_t length = w->n <= WHOLE ? WHOLE : WINDOW, low = 0, before;

	while (low + length < w->n) {
		before = w->nr;
		divide(w, low, low + length);
		low = w->nr > before ? w->found[w->nr - 1].at : low + length / 2;
	}
	divide(w, low, w->n);
}

/* Move the candidate @i to the best split between its neighbours, and leave the segment in @w. */
static void locate(struct work *w, size_t i)
{
	struct candidate *c = w->found + i;
	size_t low = i ? c[-1].at : 0, high = i + 1 < w->nr ? c[1].at : w->n, tau;

	if (c->at - low > REACH)
		low = c->at - REACH;
	if (high - c->at > REACH)
		high = c->at + REACH;
	energy_rank(w->x + low, high - low, &w->segment);
	c->q = energy_scan(&w->segment, w->segment.order, w->least, &tau);
	if (c->q > 0)
		c->at = low + tau;
}

static void test(struct work *w, size_t i)
{
	struct candidate *c = w->found + i;

	locate(w, i);
	c->p = c->q > 0 ? trial_scan(&w->test, &w->segment, w->least, c->q) : 1;
	c->tested = true;
}

static void drop(struct work *w, size_t i)
{
	size_t k;

	for (k = i; k + 1 < w->nr; k++)
		w->found[k] = w->found[k + 1];
	w->nr--;
	if (i)
		w->found[i - 1].tested = false;
	if (i < w->nr)
		w->found[i].tested = false;
}

static void test_candidates(struct work *w)
{
	size_t i, worst;

	for (i = 0; i < w->nr; i++)
		locate(w, i);
	for (;;) {
		for (i = 0, worst = w->nr; i < w->nr; i++) {
			if (!w->found[i].tested)
				test(w, i);
			if (w->found[i].p > w->test.alpha &&
			    (worst == w->nr || w->found[i].q < w->found[worst].q))
				worst = i;
		}
		if (worst == w->nr)
			break;
		drop(w, worst);
	}
}

/* A long series has no time for patience in each window. */
static void prepare(struct work *w, const struct divisive_options *o)
{
	w->least = o->least > 2 ? o->least : 2;
	w->state = o->seed;
	w->search = w->test = (struct trial){ o->alpha, o->permutations,
					      PATIENCE * o->permutations, &w->state };
	if (w->n > WHOLE)
		w->search.limit = o->permutations;
	w->room.inside = w->inside;
	w->room.across = w->across;
	w->room.inverse = w->inverse;
}

long stats_divisive(const double *x, size_t n, const struct divisive_options *o,
		    struct change_point *out, size_t room)
{
	struct work *w = calloc(1, sizeof(*w));
	long ret = -ENOMEM;
	size_t i;
	int e;

	if (!w)
		return -ENOMEM;
	w->x = calloc(n + 1, sizeof(*w->x));
	w->found = calloc(n + 1, sizeof(*w->found));
	if (!w->x || !w->found)
		goto out;
	w->n = n;
	prepare(w, o);
	e = energy_scale(x, n, w->x);
	search_windows(w);
	test_candidates(w);
	for (i = 0; i < w->nr && i < room; i++)
		out[i] = (struct change_point){ w->found[i].at, ldexp(w->found[i].q, e),
						w->found[i].p };
	ret = i;
out:
	free(w->x);
	free(w->found);
	free(w);
	return ret;
}
