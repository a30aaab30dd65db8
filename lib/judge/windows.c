// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/calltree.h"
#include "judge/windows.h"

#define PAGE_BITS (4096 * 8)

double windows_reported(const struct record *r, const char *metric)
{
	size_t i;

	for (i = 0; i < r->nr_reported; i++)
		if (!strcmp(r->reported[i].metric, metric))
			return r->reported[i].value;
	return NAN;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median over the rows, as one of them may be printed wrongly. */
static double nominal_of_report(const struct record *r)
{
	double gbps = windows_reported(r, "throughput_gbps"), pages[RECORD_FUNCTIONS_MAX];
	const struct record_function *f;
	size_t i, n = 0;

	for (i = 0; i < r->nr_functions; i++) {
		f = &r->functions[i];
		if (!f->absent && f->count && f->reported.count_per_page > 0)
			pages[n++] = f->count / f->reported.count_per_page;
	}
	if (!n || !(gbps > 0))
		return NAN;
	qsort(pages, n, sizeof(pages[0]), by_value);
	return pages[n / 2] * PAGE_BITS / gbps;
}

/*
 * The functions that are called once or a few times for each page that is mapped and unmapped, in
 * the order of their rows, with how often that makes the operation.
 */
struct chain {
	size_t function[RECORD_FUNCTIONS_MAX];
	double operations[RECORD_FUNCTIONS_MAX];
	size_t n;
};

enum { CALLS_A_PAGE_MAX = 4 };

/* How many calls an operation takes: what brings @count nearest to the @before of the last row. */
static int calls_each(double count, double before)
{
	int calls, best = 1;

	for (calls = 2; calls <= CALLS_A_PAGE_MAX; calls++)
		if (fabs(log(count / calls / before)) < fabs(log(count / best / before)))
			best = calls;
	return best;
}

static void build_chain(const struct record *r, struct chain *c)
{
	const struct record_function *f;
	double count, before;
	size_t i;

	c->n = 0;
	for (i = 0; i < r->nr_functions; i++) {
		f = &r->functions[i];
		if (f->absent || !f->count || !calltree_knows(r, f->name))
			continue;
		before = c->n ? c->operations[c->n - 1] : f->count;
		count = f->count / (double)calls_each(f->count, before);
		/* A lazily flushed domain's flushes are no part of each operation. */
		if (count < before / CALLS_A_PAGE_MAX)
			continue;
		c->function[c->n] = i;
		c->operations[c->n++] = count;
	}
}

/* Beyond the tolerance, and beyond what a few calls may differ by. */
static bool differ(double more, double less)
{
	return more > less * (1 + WINDOWS_TOLERANCE) + 3 * sqrt(less);
}

/* Do all but the last of @c agree with each other, and the last not with them? */
static bool only_last_differs(const struct chain *c)
{
	double least = INFINITY, most = 0;
	size_t i;

	for (i = 0; i + 1 < c->n; i++) {
		least = fmin(least, c->operations[i]);
		most = fmax(most, c->operations[i]);
	}
	return c->n > 2 && !differ(most, least) && differ(least, c->operations[c->n - 1]);
}

/* Rows from the last to the first: each was counted for at least as long as those behind it. */
static void compare_chain(const struct chain *c, struct windows *w)
{
	size_t last = c->n - 1, i;
	double reference, most;

	if (only_last_differs(c)) {
		w->function[c->function[last]].lossy = true;
		last--;
	}
	reference = most = c->operations[last];
	for (i = last + 1; i-- > 0; ) {
		struct window_of_function *to = &w->function[c->function[i]];

		to->lossy = differ(most, c->operations[i]);
		if (differ(c->operations[i], reference))
			to->factor = c->operations[i] / reference;
		most = fmax(most, c->operations[i]);
	}
}

void windows_estimate(const struct record *r, struct windows *w)
{
	struct chain c;
	size_t i;

	for (i = 0; i < r->nr_functions; i++)
		w->function[i] = (struct window_of_function){ .factor = 1 };
	if (!r->report) {
		w->nominal_ns = r->close_ns > r->open_ns ? r->close_ns - r->open_ns : NAN;
		return;
	}
	w->nominal_ns = nominal_of_report(r);
	build_chain(r, &c);
	if (c.n > 1)
		compare_chain(&c, w);
}
