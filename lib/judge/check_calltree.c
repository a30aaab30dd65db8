// SPDX-License-Identifier: GPL-2.0
/* The checks of functions against each other, by the rules of calltree.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/calltree.h"
#include "judge/checks.h"

typedef unsigned long long ull;

/*
 * By how many calls @a and @b may differ: not at all on one CPU. On several, by 0.1 %, by what
 * either lost, and by one call a CPU that was under way when the window opened or closed.
 */
static double slack(const struct record *r, const struct record_function *a,
		    const struct record_function *b)
{
	if (r->env.vcpus == 1)
		return 0;
	return 0.001 * fmax(a->count, b->count) + function_lost(a) + function_lost(b) +
	       r->env.vcpus;
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
	above = (double)f->count - of->count;
	if (bound->kind == AT_MOST)
		compare_counts(r, v, f, of, above <= slack(r, f, of), "must not exceed");
	else
		compare_counts(r, v, f, of, !f->count || fabs(above) <= slack(r, f, of),
			       "must be none or");
}

/*
 * A caller's time may lack the calls it lost and, on several CPUs, those under way when the window
 * opened; each hides at most the callee's longest call.
 */
static void check_nesting(const struct record *r, const struct calltree_nesting *nesting,
			  struct validity *v)
{
	const struct record_function *callee = calltree_traced(r, nesting->callee), *caller;
	double within = 0, hidden = 0;
	char names[128] = "";
	size_t i;

	if (!callee)
		return;
	for (i = 0; i < CALLTREE_CALLERS && nesting->callers[i]; i++) {
		caller = calltree_traced(r, nesting->callers[i]);
		if (!caller)
			return;
		within += caller->total_ns;
		hidden += function_lost(caller);
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			 i ? " and " : "", caller->name);
	}
	if (r->env.vcpus > 1)
		hidden += r->env.vcpus;
	check_add(v, CHECK_NESTING,
		  callee->total_ns <= within + hidden * callee->max_ns ? CHECK_PASS : CHECK_FAIL,
		  callee->name, "%llu ns, in %.0f ns of %s", (ull)callee->total_ns, within, names);
}

void check_calltree(const struct record *r, struct validity *v)
{
	size_t i;

	for (i = 0; i < calltree_nr_nestings; i++)
		if (calltree_applies(&calltree_nestings[i].scope, r))
			check_nesting(r, &calltree_nestings[i], v);
	for (i = 0; i < calltree_nr_groups; i++)
		if (calltree_applies(&calltree_groups[i].scope, r))
			check_group(r, &calltree_groups[i], v);
	for (i = 0; i < calltree_nr_bounds; i++)
		if (calltree_applies(&calltree_bounds[i].scope, r))
			check_bound(r, &calltree_bounds[i], v);
}
