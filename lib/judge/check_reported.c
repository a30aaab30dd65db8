// SPDX-License-Identifier: GPL-2.0
/* The checks of another tool's report: each row by itself, and against its neighbours. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/calltree.h"
#include "judge/checks.h"
#include "judge/timestamps.h"
#include "judge/windows.h"

typedef unsigned long long ull;

/* How far printed numbers may be from what they follow from: their last digits. */
#define MEAN_ROUNDING	1e-4
#define COUNT_ROUNDING	5e-3
#define COUNT_DIGIT	1e-6

static bool near(double printed, double due, double share, double digit)
{
	return fabs(printed - due) <= share * fabs(due) + digit;
}

/* The mean is total / count, and the counts per page are counts over the same pages. */
static void check_arithmetic(const struct record *r, const struct record_function *f,
			     const struct windows *w, struct validity *v)
{
	double mean = f->count ? (double)f->total_ns / f->count : 0;
	double pages = w->nominal_ns * windows_reported(r, "throughput_gbps") / (4096 * 8);
	double each = f->count / pages;
	bool mean_ok = isnan(f->reported.mean_ns) ||
		       near(f->reported.mean_ns, mean, MEAN_ROUNDING, 0.01);
	bool each_ok = isnan(f->reported.count_per_page) || isnan(pages) ||
		       near(f->reported.count_per_page, each, COUNT_ROUNDING, COUNT_DIGIT);

	if (!mean_ok)
		check_add(v, CHECK_REPORT, CHECK_FAIL, f->name,
			  "mean %.7g ns, but %llu ns / %llu calls are %.7g ns",
			  f->reported.mean_ns, (ull)f->total_ns, (ull)f->count, mean);
	else
		check_add(v, CHECK_REPORT, pass_if(each_ok), f->name,
			  "%.6g calls a page, %llu calls / %.0f pages are %.6g",
			  f->reported.count_per_page, (ull)f->count, pages, each);
}

/* Squares of whole microseconds: what is cut off makes the variance of short calls too small. */
static void check_spread(const struct record_function *f, struct validity *v)
{
	double variance = f->reported.variance_us2;

	if (isnan(variance))
		return;
	check_add(v, CHECK_SPREAD, pass_if(variance >= 0), f->name,
		  "variance %.6g us^2%s", variance,
		  variance >= 0 ? "" : ": durations were cut to whole microseconds before they "
		  "were squared; mean and count are not touched");
}

/* By what a row was counted too long, in seconds and calls a page where the report gives those. */
static void put_window(const struct record_function *f, double factor, double nominal_ns,
		       char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	if (!isnan(nominal_ns))
		len = snprintf(text, size, ", for %.1f s instead of %.1f s",
			       factor * nominal_ns / 1e9, nominal_ns / 1e9);
	if (!isnan(f->reported.count_per_page))
		snprintf(text + len, size - len, "; corrected, %.6f calls a page",
			 f->reported.count_per_page / factor);
}

static void check_window(const struct record_function *f, const struct windows *w, size_t i,
			 struct validity *v)
{
	const struct window_of_function *of = &w->function[i];
	char text[128];

	if (of->lossy) {
		check_add(v, CHECK_SIBLINGS, CHECK_FAIL, f->name,
			  "%llu calls, fewer than its neighbours that were counted for less long: "
			  "samples were lost", (ull)f->count);
	} else if (of->factor > 1) {
		put_window(f, of->factor, w->nominal_ns, text, sizeof(text));
		check_add(v, CHECK_WINDOWS, CHECK_FAIL, f->name,
			  "%llu calls, %.2f times as many as the last of its neighbours: it was "
			  "counted for longer%s", (ull)f->count, of->factor, text);
	} else {
		check_add(v, CHECK_WINDOWS, CHECK_PASS, f->name, "%llu calls", (ull)f->count);
	}
}

/* ns in which all calls of function @i fit, all CPUs; NAN: not known */
static double room(const struct record *r, const struct windows *w, size_t i)
{
	return w->nominal_ns * w->function[i].factor * r->env.vcpus;
}

/*
 * No call is longer than its window, so the sum of squares is at most the window x the total. The
 * study's sum may have overflown: that makes it smaller, never greater. One lost timestamp shows by
 * this also where its uptime fits in the window of many CPUs.
 */
static bool calls_fit(const struct record_function *f, double window_ns)
{
	double total_us = f->total_ns / 1e3, mean_us = total_us / f->count;
	double variance = f->reported.variance_us2;

	return !f->count || isnan(variance) ||
	       !(f->count * (variance + mean_us * mean_us) > total_us * window_ns / 1e3);
}

static bool is_possible(const struct record *r, const struct windows *w, size_t i)
{
	const struct record_function *f = &r->functions[i];

	return !(f->total_ns > room(r, w, i)) && calls_fit(f, room(r, w, i) / r->env.vcpus);
}

/* What the impossible totals of a record may come from. */
struct explanations {
	struct lost_timestamps list[RECORD_FUNCTIONS_MAX];
	size_t n;
};

static void explain(const struct record *r, const struct windows *w, struct explanations *to)
{
	bool suspect[RECORD_FUNCTIONS_MAX];
	size_t i;

	for (i = 0; i < r->nr_functions; i++)
		suspect[i] = !r->functions[i].absent && !is_possible(r, w, i);
	to->n = isnan(w->nominal_ns) ? 0 :
		timestamps_explain(r, w->nominal_ns, suspect, to->list);
}

/* The words for the total of function @i, into @text. */
static void put_explanation(const struct explanations *from, size_t i, char *text, size_t size)
{
	const struct lost_timestamps *l;
	size_t k;

	snprintf(text, size, "; from what, its numbers do not prove");
	for (k = 0; k < from->n; k++) {
		l = &from->list[k];
		if (l->function == i)
			snprintf(text, size, "; it is %llu x the uptime of %.2f s, of calls whose "
				 "timestamps were lost, and %.0f ns for each call", (ull)l->n,
				 l->uptime_s, l->rest_mean_ns);
	}
}

static void check_fits(const struct record *r, const struct windows *w, size_t i,
		       const struct explanations *explanations, struct validity *v)
{
	const struct record_function *f = &r->functions[i];
	double most = room(r, w, i);
	char why[160] = "";

	if (isnan(most))
		return;
	if (!is_possible(r, w, i))
		put_explanation(explanations, i, why, sizeof(why));
	if (f->total_ns <= most && !calls_fit(f, most / r->env.vcpus))
		check_add(v, CHECK_FITS, CHECK_FAIL, f->name,
			  "variance %.6g us^2: so calls would be longer than the %.1f s there were%s",
			  f->reported.variance_us2, most / r->env.vcpus / 1e9, why);
	else if (f->total_ns <= most)
		check_add(v, CHECK_FITS, CHECK_PASS, f->name, "%.3f s in %.1f s x %d CPUs",
			  f->total_ns / 1e9, most / r->env.vcpus / 1e9, r->env.vcpus);
	else
		check_add(v, CHECK_FITS, CHECK_FAIL, f->name,
			  "%.3f s, %.1f times the %.1f s x %d CPUs there were%s",
			  f->total_ns / 1e9, f->total_ns / most, most / r->env.vcpus / 1e9,
			  r->env.vcpus, why);
}

/*
 * A callee's calls lie within its callers', where those were counted for as long. A row that does
 * not fit in the window by itself is accused there, and says nothing here.
 */
static void check_nesting(const struct record *r, const struct calltree_nesting *nesting,
			  const struct windows *w, struct validity *v)
{
	const struct record_function *callee = calltree_traced(r, nesting->callee), *caller;
	double within = 0, factor, shortest = INFINITY, edges;
	size_t i;

	if (!callee || isnan(w->nominal_ns) || !is_possible(r, w, callee - r->functions))
		return;
	for (i = 0; i < CALLTREE_CALLERS && nesting->callers[i]; i++) {
		caller = calltree_traced(r, nesting->callers[i]);
		if (!caller || !is_possible(r, w, caller - r->functions))
			return;
		within += caller->total_ns;
		shortest = fmin(shortest, w->function[caller - r->functions].factor);
	}
	factor = fmax(1, w->function[callee - r->functions].factor / shortest);
	/* A CPU's caller that is under way at either end is not counted, though its callee may be. */
	edges = callee->count ? 2.0 * r->env.vcpus * callee->total_ns / callee->count : 0;
	check_add(v, CHECK_NESTING,
		  pass_if(callee->total_ns <= within * factor * (1 + WINDOWS_TOLERANCE) + edges),
		  callee->name, "%.3f s, in %.3f s of its callers", callee->total_ns / 1e9,
		  within * factor / 1e9);
}

static void check_metric(const struct record_reported *m, struct validity *v)
{
	static const char *const percents[] = { "cpu_util", "retransmit_rate" };
	bool ok = m->value >= 0;
	size_t i;

	for (i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		if (!strcmp(m->metric, percents[i]))
			ok = ok && m->value <= 100;
	check_add(v, CHECK_RANGE, pass_if(ok), m->metric, "%.6g", m->value);
}

/* A part of the lookups cannot be more than all of them. */
static void check_part(const struct record *r, const char *part, const char *whole,
		       struct validity *v)
{
	double p = windows_reported(r, part), all = windows_reported(r, whole);

	if (!isnan(p) && !isnan(all) && p > all)
		check_add(v, CHECK_RANGE, CHECK_FAIL, part, "%.6g, and of all, %s, are %.6g", p,
			  whole, all);
}

void check_reported(const struct record *r, struct validity *v)
{
	const struct record_function *f;
	struct explanations explanations;
	struct windows w;
	size_t i;

	windows_estimate(r, &w);
	explain(r, &w, &explanations);
	for (i = 0; i < r->nr_reported; i++)
		check_metric(&r->reported[i], v);
	check_part(r, "iotlb_first_lookup", "iotlb_lookup", v);
	check_part(r, "iotlb_miss", "iotlb_lookup", v);
	for (i = 0; i < r->nr_functions; i++) {
		f = &r->functions[i];
		if (f->absent)
			continue;
		check_arithmetic(r, f, &w, v);
		check_spread(f, v);
		check_window(f, &w, i, v);
		check_fits(r, &w, i, &explanations, v);
	}
	for (i = 0; i < calltree_nr_nestings; i++)
		if (calltree_applies(&calltree_nestings[i].scope, r))
			check_nesting(r, &calltree_nestings[i], &w, v);
}
