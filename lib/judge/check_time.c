// SPDX-License-Identifier: GPL-2.0
/* The checks of a function's time against its histogram, and against that of what it called. */
#include <math.h>
#include <string.h>

#include "judge/calltree.h"
#include "judge/checks.h"
#include "judge/histogram.h"
#include "loglin.h"

typedef unsigned long long ull;

/* The least and the most time that the calls in the buckets of @f can have taken. */
static void bounds(const struct record_function *f, double *least, double *most)
{
	const struct record_bucket *b;
	size_t i;

	*least = *most = 0;
	for (i = 0; i < f->nr_buckets; i++) {
		b = &f->buckets[i];
		*least += (double)b->count * loglin_low(b->index);
		/* the last bucket holds whatever is longer, too */
		*most += (double)b->count * (b->index < LOGLIN_SLOTS - 1 ? loglin_high(b->index) :
					     f->max_ns);
	}
}

/* A mean outside of min and max is the business of the check "order", lost calls of "histogram". */
static void check_total(const struct record_function *f, struct validity *v)
{
	double mean = f->count ? (double)f->total_ns / f->count : 0, least, most;

	if (!f->count || mean < f->min_ns || mean > f->max_ns || histogram_count(f) != f->count)
		return;
	bounds(f, &least, &most);
	check_add(v, CHECK_TOTAL, pass_if(f->total_ns >= least && f->total_ns <= most), f->name,
		  "%llu ns; the calls in its buckets take %.0f .. %.0f ns", (ull)f->total_ns, least,
		  most);
}

/* Who may call whom, as far as the rules of calltree.c tell; by places in the record. */
struct calls {
	const struct record *r;
	struct function_calls {
		bool used;		/* traced and timed; nothing below is valid else */
		bool ruled;		/* a rule names all its callers, and they were traced */
		bool callers[RECORD_FUNCTIONS_MAX];	/* without a rule: those that may be */
	} of[RECORD_FUNCTIONS_MAX];
};

/* Take the callers of function @i from @n, unless one of them was not traced. */
static void take_rule(struct calls *c, size_t i, const struct calltree_nesting *n)
{
	const struct record_function *callers[CALLTREE_CALLERS];
	size_t k, nr;

	for (nr = 0; nr < CALLTREE_CALLERS && n->callers[nr]; nr++) {
		callers[nr] = calltree_traced(c->r, n->callers[nr]);
		if (!callers[nr])
			return;
	}
	for (k = 0; k < nr; k++)
		c->of[i].callers[callers[k] - c->r->functions] = true;
	c->of[i].ruled = true;
}

static void read_rules(struct calls *c)
{
	const struct calltree_nesting *n;
	const struct record_function *f;
	size_t i;

	for (i = 0; i < c->r->nr_functions; i++)
		c->of[i].used = !c->r->functions[i].absent && c->r->functions[i].timed;
	for (i = 0; i < calltree_nr_nestings; i++) {
		n = &calltree_nestings[i];
		f = calltree_traced(c->r, n->callee);
		if (f && calltree_applies(&n->scope, c->r))
			take_rule(c, f - c->r->functions, n);
	}
}

/* By the rules, is @f called by @caller, straight or through others? Then it does not call it. */
static bool is_below(const struct calls *c, size_t f, size_t caller)
{
	size_t i;

	for (i = 0; c->of[f].ruled && i < c->r->nr_functions; i++)
		if (c->of[f].callers[i] && (i == caller || is_below(c, i, caller)))
			return true;
	return false;
}

static bool of_one_kernel(const struct record *r, size_t a, size_t b)
{
	return record_is_hosts(r->functions[a].name) == record_is_hosts(r->functions[b].name);
}

/*
 * Without a rule all of its kernel that a function does not call may call it; but drivers enter the
 * DMA API.
 */
static void fill_gaps(struct calls *c)
{
	const char *dma = "iommu_dma_";
	size_t i, k;

	for (i = 0; i < c->r->nr_functions; i++) {
		if (c->of[i].ruled || !strncmp(c->r->functions[i].name, dma, strlen(dma)))
			continue;
		for (k = 0; k < c->r->nr_functions; k++)
			c->of[i].callers[k] = k != i && c->of[k].used &&
					      of_one_kernel(c->r, k, i) && !is_below(c, k, i);
	}
}

/* The time in function @f that is not its own. */
static double called_by(const struct calls *c, size_t f)
{
	const struct record_function *of = &c->r->functions[f];

	return of->self_ns < of->total_ns ? (double)of->total_ns - of->self_ns : 0;
}

/* The time that @f at least spent in @callee, as all else that it may call does not suffice. */
static double surely_in(const struct calls *c, size_t f, size_t callee)
{
	double left = called_by(c, f);
	size_t i;

	for (i = 0; i < c->r->nr_functions; i++)
		if (i != callee && c->of[i].used && c->of[i].callers[f])
			left -= c->r->functions[i].total_ns;
	return fmax(0, left);
}

/* The time of @callee within @f, at least and at most; the rest of it fits in its other callers. */
static void time_within(const struct calls *c, size_t callee, size_t f, double *least,
			double *most)
{
	const struct record_function *of = &c->r->functions[callee];
	double total = of->total_ns, surely = 0;
	double others = check_called_aside(c->r, of) * of->max_ns;
	size_t i;

	*least = *most = 0;
	if (!c->of[callee].callers[f])
		return;
	for (i = 0; c->of[callee].ruled && i < c->r->nr_functions; i++) {
		if (i == f || !c->of[callee].callers[i])
			continue;
		others += called_by(c, i);
		surely += surely_in(c, i, callee);
	}
	*most = fmax(0, total - surely);
	if (c->of[callee].ruled)
		*least = fmax(0, total - others);
}

/*
 * The time of @callee that may be missing or too much in @f: none on one CPU's counted clock. Else
 * 0.1 % of its calls, those lost, and one a CPU; and an interrupt may have called it.
 */
static double slack(const struct record *r, const struct record_function *callee,
		    const struct record_function *f)
{
	struct level level = level_of(r, callee->name);
	double calls = 0.001 * callee->count + function_lost(callee) + function_lost(f) +
		       (level.host ? level.under_way : level.vcpus);

	if (!level.under_way && check_is_counted(r))
		return 0;
	return calls * callee->max_ns;
}

/*
 * What is not a function's own time is that of what it called. Callees that do not fit in it by
 * themselves are the business of the check "nesting". Interrupts call what they like on a real
 * machine; the counted one has none that do.
 */
static void check_self(const struct calls *c, size_t i, struct validity *v)
{
	const struct record_function *f = &c->r->functions[i], *g;
	bool counted = check_is_counted(c->r);
	double least = 0, most = 0, may, at_least, at_most, called = called_by(c, i);
	size_t k;

	if (f->self_ns > f->total_ns)
		return;
	for (k = 0; k < c->r->nr_functions; k++) {
		g = &c->r->functions[k];
		if (k == i || !c->of[k].used || !of_one_kernel(c->r, k, i))
			continue;
		may = slack(c->r, g, f);
		time_within(c, k, i, &at_least, &at_most);
		if (at_least > f->total_ns + may)
			return;
		least += fmax(0, at_least - may);
		most += (counted ? at_most : g->total_ns) + may;
	}
	check_add(v, CHECK_SELF, pass_if(called >= least && called <= most), f->name,
		  "%llu ns, of which %llu its own; what it calls took %.0f .. %.0f ns",
		  (ull)f->total_ns, (ull)f->self_ns, least, most);
}

void check_time(const struct record *r, struct validity *v)
{
	struct calls c = { .r = r };
	size_t i;

	read_rules(&c);
	fill_gaps(&c);
	for (i = 0; i < r->nr_functions; i++) {
		if (!c.of[i].used)
			continue;
		check_total(&r->functions[i], v);
		check_self(&c, i, v);
	}
}
