// SPDX-License-Identifier: GPL-2.0
/* The checks of functions against each other, by the rules of calltree.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/calltree.h"
#include "judge/checks.h"
#include "judge/windows.h"

typedef unsigned long long ull;

static double slack(const struct record *r, const struct record_function *a,
		    const struct record_function *b)
{
	struct level level = level_of(r, a->name);

	return check_slack(&level, fmax(a->count, b->count), function_lost(a) + function_lost(b));
}

static void compare_counts(const struct record *r, struct validity *v,
			   const struct record_function *f, const struct record_function *of,
			   bool ok, const char *rule)
{
	check_add(v, CHECK_SIBLINGS, ok ? CHECK_PASS : CHECK_FAIL, f->name,
		  "%llu calls, %s the %llu of %.60s (may differ by %.0f)", (ull)f->count, rule,
		  (ull)of->count, of->name, floor(slack(r, f, of)));
}

static void check_group(const struct record *r, const struct calltree_group *group,
			struct validity *v)
{
	const struct record_function *first = calltree_traced(r, group->functions[0]), *f;
	size_t i;

	for (i = 1; i < CALLTREE_GROUP && group->functions[i]; i++) {
		f = calltree_traced(r, group->functions[i]);
		if (!first || !f)
			continue;
		compare_counts(r, v, f, first,
			       fabs((double)f->count - first->count) <= slack(r, f, first),
			       "must be");
	}
}

static void check_bound(const struct record *r, const struct calltree_bound *bound,
			struct validity *v)
{
	const struct record_function *f = calltree_traced(r, bound->function);
	const struct record_function *of = calltree_traced(r, bound->of);
	double above;

	if (!f || !of)
		return;
	above = (double)f->count - of->count - check_called_aside(r, f);
	if (bound->kind == AT_MOST)
		compare_counts(r, v, f, of, above <= slack(r, f, of), "must not exceed");
	else
		compare_counts(r, v, f, of, !f->count || fabs(above) <= slack(r, f, of),
			       "must be none or");
}

/*
 * A caller's time may lack the calls it lost and, on several CPUs, those under way when the window
 * opened; each hides at most the callee's longest call, and so does a call that has no caller.
 */
static void check_nesting(const struct record *r, const struct calltree_nesting *nesting,
			  struct validity *v)
{
	const struct record_function *callee = calltree_traced(r, nesting->callee), *caller;
	double within = 0, hidden;
	char names[128] = "";
	size_t i;

	if (!callee || !callee->timed)
		return;
	hidden = check_called_aside(r, callee);
	for (i = 0; i < CALLTREE_CALLERS && nesting->callers[i]; i++) {
		caller = calltree_traced(r, nesting->callers[i]);
		if (!caller)
			return;
		within += caller->total_ns;
		hidden += function_lost(caller);
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			 i ? " and " : "", caller->name);
	}
	hidden += level_of(r, callee->name).under_way;
	check_add(v, CHECK_NESTING,
		  callee->total_ns <= within + hidden * callee->max_ns ? CHECK_PASS : CHECK_FAIL,
		  callee->name, "%llu ns, in %.0f ns of %s", (ull)callee->total_ns, within, names);
}

/* The time of @name per ns of its own window, 0 where it was not traced. */
static double share(const struct record *r, const struct windows *w, const char *name)
{
	const struct record_function *f = calltree_traced(r, name);

	return f ? f->total_ns / w->function[f - r->functions].factor : 0;
}

/*
 * A CPU that maps does not unmap: their times add up. An impossible row is the business of the
 * check "fits", and says nothing here.
 */
static void check_together(const struct record *r, struct validity *v)
{
	double map, unmap, all;
	struct windows w;

	windows_estimate(r, &w);
	map = share(r, &w, "iommu_dma_map_page");
	unmap = share(r, &w, "iommu_dma_unmap_page");
	if (!map)
		map = share(r, &w, "iommu_map");
	if (!unmap)
		unmap = share(r, &w, "__iommu_unmap") + share(r, &w, "intel_iommu_tlb_sync");
	all = w.nominal_ns * r->env.vcpus;
	if (!map || !unmap || !(map <= all) || !(unmap <= all))
		return;
	check_add(v, CHECK_TOGETHER, pass_if(map + unmap <= all), "",
		  "%.3f s of mapping and %.3f s of unmapping in %.3f s x %d CPUs", map / 1e9,
		  unmap / 1e9, w.nominal_ns / 1e9, r->env.vcpus);
}

void check_calltree(const struct record *r, struct validity *v)
{
	size_t i;

	check_together(r, v);
	for (i = 0; i < calltree_nr_nestings; i++)
		if (calltree_applies(&calltree_nestings[i].scope, r))
			check_nesting(r, &calltree_nestings[i], v);
	/* A report's functions may have had windows of their own: check_reported() compares them. */
	for (i = 0; !r->report && i < calltree_nr_groups; i++)
		if (calltree_applies(&calltree_groups[i].scope, r))
			check_group(r, &calltree_groups[i], v);
	for (i = 0; !r->report && i < calltree_nr_bounds; i++)
		if (calltree_applies(&calltree_bounds[i].scope, r))
			check_bound(r, &calltree_bounds[i], v);
}
