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

/* The rule that says who calls @callee, where it applies and all who may were traced; or NULL. */
static const struct calltree_nesting *rule_of(const struct record *r, const char *callee,
					      bool *ruled)
{
	const struct calltree_nesting *n;
	size_t i, k;

	*ruled = false;
	for (i = 0; i < calltree_nr_nestings; i++) {
		n = &calltree_nestings[i];
		if (strcmp(n->callee, callee) || !calltree_applies(&n->scope, r))
			continue;
		for (k = 0; k < CALLTREE_CALLERS && n->callers[k]; k++)
			if (!calltree_traced(r, n->callers[k]))
				return NULL;
		*ruled = true;
		return n;
	}
	return NULL;
}

/* The time in @f that is not its own. */
static double called_by(const struct record_function *f)
{
	return f->self_ns < f->total_ns ? (double)f->total_ns - f->self_ns : 0;
}

/* Is @f called by @caller, straight or through others? Then it does not call it. */
static bool is_below(const struct record *r, const char *f, const char *caller)
{
	bool ruled;
	const struct calltree_nesting *n = rule_of(r, f, &ruled);
	size_t i;

	for (i = 0; n && i < CALLTREE_CALLERS && n->callers[i]; i++)
		if (!strcmp(n->callers[i], caller) || is_below(r, n->callers[i], caller))
			return true;
	return false;
}

static bool may_call(const struct record *r, const struct record_function *f,
		     const struct record_function *callee)
{
	bool ruled;
	const struct calltree_nesting *n = rule_of(r, callee->name, &ruled);
	size_t i;

	for (i = 0; ruled && i < CALLTREE_CALLERS && n->callers[i]; i++)
		if (!strcmp(n->callers[i], f->name))
			return true;
	/* drivers enter the DMA API; nothing of it calls it */
	return !ruled && f != callee && !callee->absent && callee->timed &&
	       strncmp(callee->name, "iommu_dma_", strlen("iommu_dma_")) &&
	       !is_below(r, f->name, callee->name);
}

/* The time that @f at least spent in @callee, as all else that it may call does not suffice. */
static double surely_in(const struct record *r, const struct record_function *f,
			const struct record_function *callee)
{
	double left = called_by(f);
	size_t i;

	for (i = 0; i < r->nr_functions; i++)
		if (&r->functions[i] != callee && may_call(r, f, &r->functions[i]))
			left -= r->functions[i].total_ns;
	return fmax(0, left);
}

/* The time of @callee within @f, at least and at most; the rest of it fits in its other callers. */
static void time_within(const struct record *r, const struct record_function *callee,
			const struct record_function *f, double *least, double *most)
{
	bool ruled;
	const struct calltree_nesting *n = rule_of(r, callee->name, &ruled);
	double others = 0, surely = 0;
	const struct record_function *other;
	size_t i;

	for (i = 0; n && i < CALLTREE_CALLERS && n->callers[i]; i++) {
		other = calltree_traced(r, n->callers[i]);
		if (other == f)
			continue;
		others += called_by(other);
		surely += surely_in(r, other, callee);
	}
	*least = *most = 0;
	if (!may_call(r, f, callee))
		return;
	*most = fmax(0, callee->total_ns - surely);
	if (ruled)
		*least = fmax(0, callee->total_ns - others);
}

/*
 * The time of @callee that may be missing or too much in @f: none on one CPU's counted clock. Else
 * 0.1 % of its calls, those lost, and one a CPU; and an interrupt may have called it.
 */
static double slack(const struct record *r, const struct record_function *callee,
		    const struct record_function *f)
{
	double calls = 0.001 * callee->count + function_lost(callee) + function_lost(f) +
		       r->env.vcpus;

	if (r->env.vcpus == 1 && !strcmp(r->env.clock, "counted"))
		return 0;
	return calls * callee->max_ns;
}

/*
 * What is not a function's own time is that of what it called. Callees that do not fit in it by
 * themselves are the business of the check "nesting". Interrupts call what they like on a real
 * machine; the counted one has none that do.
 */
static void check_self(const struct record *r, const struct record_function *f, struct validity *v)
{
	bool counted = !strcmp(r->env.clock, "counted");
	double least = 0, most = 0, may, at_least, at_most;
	const struct record_function *g;
	size_t i;

	if (f->self_ns > f->total_ns)
		return;
	for (i = 0; i < r->nr_functions; i++) {
		g = &r->functions[i];
		if (g == f || g->absent || !g->timed)
			continue;
		may = slack(r, g, f);
		time_within(r, g, f, &at_least, &at_most);
		if (at_least > f->total_ns + may)
			return;
		least += fmax(0, at_least - may);
		most += (counted ? at_most : g->total_ns) + may;
	}
	check_add(v, CHECK_SELF, pass_if(called_by(f) >= least && called_by(f) <= most), f->name,
		  "%llu ns, of which %llu its own; what it calls took %.0f .. %.0f ns",
		  (ull)f->total_ns, (ull)f->self_ns, least, most);
}

void check_time(const struct record *r, struct validity *v)
{
	size_t i;

	for (i = 0; i < r->nr_functions; i++) {
		if (r->functions[i].absent || !r->functions[i].timed)
			continue;
		check_total(&r->functions[i], v);
		check_self(r, &r->functions[i], v);
	}
}
