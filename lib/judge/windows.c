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

/* Is @name called once for each operation, by the rules? */
static bool is_once(const struct record *r, const char *name)
{
	const struct calltree_group *g;
	size_t i, k;

	for (i = 0; i < calltree_nr_groups; i++) {
		g = &calltree_groups[i];
		for (k = 0; k < CALLTREE_GROUP && g->functions[k]; k++)
			if (!strcmp(g->functions[k], name) && calltree_applies(&g->scope, r))
				return true;
	}
	return false;
}

static bool flushes(const char *name)
{
	return !strncmp(name, "qi_", 3);
}

/*
 * How many calls an operation takes. Of the queue's functions, which are called more than once:
 * the least that leaves them no more operations than the row before, whose window was no shorter.
 * A tenth more is taken for calls that the row before lost. Of others: what is nearest.
 */
static int calls_each(const char *name, double count, double before)
{
	int calls, best = 1;

	for (calls = 2; calls <= CALLS_A_PAGE_MAX; calls++)
		if (flushes(name) ? count / best > 1.1 * before :
				    fabs(log(count / calls / before)) <
				    fabs(log(count / best / before)))
			best = calls;
	return best;
}

/* The rows' places in the order in which each window is at least as long as the next. */
struct order {
	size_t row[RECORD_FUNCTIONS_MAX];
	bool attached;		/* that of the report's rows */
};

static bool goes_before(const struct record_function *a, const struct record_function *b)
{
	if (flushes(a->name) != flushes(b->name))
		return flushes(b->name);
	return flushes(a->name) ? strcmp(a->name, b->name) > 0 : a->count > b->count;
}

/*
 * The study attaches iommu_map() before what it calls, and the queue's functions last, of which
 * qi_submit_sync() is the first. Rows in another order were sorted: then longer windows are known
 * by their counts alone.
 */
static void find_order(const struct record *r, struct order *o)
{
	const struct record_function *map = calltree_traced(r, "iommu_map");
	const struct record_function *inner = calltree_traced(r, "__iommu_map");
	bool flushed = false;
	size_t i, k;

	o->attached = !map || !inner || map < inner;
	for (i = 0; i < r->nr_functions; i++) {
		if (flushed && !flushes(r->functions[i].name) &&
		    calltree_knows(r, r->functions[i].name))
			o->attached = false;
		flushed |= flushes(r->functions[i].name);
		o->row[i] = i;
	}
	for (i = 1; i < r->nr_functions && !o->attached; i++) {
		for (k = i; k && goes_before(&r->functions[i], &r->functions[o->row[k - 1]]); k--)
			o->row[k] = o->row[k - 1];
		o->row[k] = i;
	}
}

static void build_chain(const struct record *r, const struct order *o, struct chain *c)
{
	const struct record_function *f;
	double count, before;
	size_t i;

	c->n = 0;
	for (i = 0; i < r->nr_functions; i++) {
		f = &r->functions[o->row[i]];
		if (f->absent || !f->count || !calltree_knows(r, f->name))
			continue;
		before = c->n ? c->operations[c->n - 1] : f->count;
		count = f->count / (is_once(r, f->name) ? 1.0 :
				    calls_each(f->name, f->count, before));
		/* A lazily flushed domain's flushes are no part of each operation. */
		if (count < before / CALLS_A_PAGE_MAX)
			continue;
		c->function[c->n] = o->row[i];
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

static bool maps(const char *name)
{
	static const char *const names[] = {
		"iommu_dma_map_page", "iommu_map", "__iommu_map", "intel_iommu_iotlb_sync_map",
		"cache_tag_flush_range_np", "iommu_flush_write_buffer",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/*
 * Do all that map agree, and all others, but not these with those? Pages may be mapped one by one
 * and unmapped together, so that is no proof of two windows; one that grew within either is.
 */
static bool only_maps_differ(const struct record *r, const struct chain *c)
{
	double least[2] = { INFINITY, INFINITY }, most[2] = {};
	bool is_map;
	size_t i;

	for (i = 0; i < c->n; i++) {
		is_map = maps(r->functions[c->function[i]].name);
		least[is_map] = fmin(least[is_map], c->operations[i]);
		most[is_map] = fmax(most[is_map], c->operations[i]);
	}
	return most[0] && most[1] && !differ(most[0], least[0]) && !differ(most[1], least[1]);
}

/* A row that is in no chain was counted at least as long as those attached after it. */
static void spread_to_others(const struct record *r, const struct chain *c, struct windows *w)
{
	double behind = 1;
	size_t i, k = c->n;

	for (i = r->nr_functions; i-- > 0; ) {
		if (k && c->function[k - 1] == i) {
			behind = fmax(behind, w->function[i].factor);
			k--;
		} else if (r->functions[i].count) {
			w->function[i].factor = behind;
		}
	}
}

void windows_estimate(const struct record *r, struct windows *w)
{
	struct order o;
	struct chain c;
	size_t i;

	for (i = 0; i < r->nr_functions; i++)
		w->function[i] = (struct window_of_function){ .factor = 1 };
	if (!r->report) {
		w->nominal_ns = r->close_ns > r->open_ns ? r->close_ns - r->open_ns : NAN;
		return;
	}
	w->nominal_ns = nominal_of_report(r);
	find_order(r, &o);
	build_chain(r, &o, &c);
	if (c.n < 2 || only_maps_differ(r, &c))
		return;
	compare_chain(&c, w);
	if (o.attached)
		spread_to_others(r, &c, w);
}
