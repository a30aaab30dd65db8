// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <string.h>

#include "judge/calltree.h"
#include "judge/timestamps.h"

#define RING	0x1p64	/* what the sum of squares is known modulo of, us^2 */

/* How much longer a function's calls may take than all the calls it makes. */
#define REST_FACTOR	3

/* And a call of a function that makes none, as those of the page pool: at most this, us. */
#define LEAF_MEAN_US	10.0

/* More lost timestamps than this are not looked for. */
enum { CALLS_MAX = 10000, DEPTH_MAX = 8 };

/* Nor for longer than this many tries take: some hundredths of a second. */
enum { TRIES_MAX = 1000000 };

/* Half a unit of the variance's last digit: pandas prints seven, or the tracer two decimals. */
#define VARIANCE_ROUNDING	5e-7
#define VARIANCE_DIGIT		0.005

/* One suspect row, in us as its squares are. */
struct row {
	size_t function;
	double count;
	double total;
	double sum_sq;			/* modulo RING */
	double sum_sq_slack;
	double rest_low, rest_high;	/* what its sound calls may add up to */
};

struct rows {
	struct row list[RECORD_FUNCTIONS_MAX];
	size_t n;
	double window;			/* us */
};

/* A way to explain a row: @n calls of @uptime each. */
struct fit {
	double n;
	double uptime;			/* us */
	double rest;			/* us, of all sound calls */
};

static bool is_sound(const struct record *r, const bool *suspect, const struct record_function *f)
{
	return f && !suspect[f - r->functions];
}

static bool calls(const struct calltree_nesting *n, const struct record_function *f)
{
	for (size_t i = 0; i < CALLTREE_CALLERS && n->callers[i]; i++)
		if (!strcmp(n->callers[i], f->name))
			return true;
	return false;
}

/* ns that callers of @n other than @f can account for; INFINITY where one is no sound row. */
static double others(const struct record *r, const bool *suspect, const struct calltree_nesting *n,
		     const struct record_function *f)
{
	const struct record_function *caller;
	double sum = 0;

	for (size_t i = 0; i < CALLTREE_CALLERS && n->callers[i]; i++) {
		if (!strcmp(n->callers[i], f->name))
			continue;
		caller = calltree_traced(r, n->callers[i]);
		sum += is_sound(r, suspect, caller) ? caller->total_ns : INFINITY;
	}
	return sum;
}

/*
 * ns within which all sound calls of @f lie, by its callees' rows: at least what these took beyond
 * what their other callers can account for, at most REST_FACTOR times all that they took. A callee
 * that is suspect itself is replaced by its own callees. The tree is at most as deep as @depth.
 */
static void bounds(const struct record *r, const bool *suspect, const struct record_function *f,
		   int depth, double *low, double *sum)
{
	const struct record_function *callee;
	const struct calltree_nesting *n;
	double of_low, of_sum;

	*low = 0;
	*sum = 0;
	for (size_t i = 0; i < calltree_nr_nestings && depth; i++) {
		n = &calltree_nestings[i];
		callee = calltree_traced(r, n->callee);
		if (!callee || !calltree_applies(&n->scope, r) || !calls(n, f))
			continue;
		if (suspect[callee - r->functions])
			bounds(r, suspect, callee, depth - 1, &of_low, &of_sum);
		else
			of_low = of_sum = callee->total_ns;
		*low += fmax(0, of_low - others(r, suspect, n, f));
		*sum += of_sum;
	}
}

/* ns that the callers of @f leave it; INFINITY where no sound row says. */
static double within_callers(const struct record *r, const bool *suspect,
			     const struct record_function *f)
{
	const struct calltree_nesting *n;

	/* No function is among its own callers, so its others are all. */
	for (size_t i = 0; i < calltree_nr_nestings; i++) {
		n = &calltree_nestings[i];
		if (!strcmp(n->callee, f->name) && calltree_applies(&n->scope, r))
			return others(r, suspect, n, f);
	}
	return INFINITY;
}

static void add_row(const struct record *r, const bool *suspect, size_t function,
		    struct rows *to)
{
	const struct record_function *f = &r->functions[function];
	struct row *row = &to->list[to->n];
	double variance = f->reported.variance_us2, sum, mean;

	if (f->absent || !f->count || isnan(variance))
		return;
	row->function = function;
	row->count = f->count;
	row->total = f->total_ns / 1e3;
	mean = row->total / row->count;
	row->sum_sq = fmod(row->count * (variance + mean * mean), RING);
	row->sum_sq_slack = row->count * fmax(VARIANCE_DIGIT, VARIANCE_ROUNDING * fabs(variance));
	bounds(r, suspect, f, DEPTH_MAX, &row->rest_low, &sum);
	row->rest_high = fmin(to->window * r->env.vcpus, within_callers(r, suspect, f) / 1e3);
	row->rest_high = fmin(row->rest_high, sum > 0 ? REST_FACTOR * sum / 1e3 :
						      LEAF_MEAN_US * row->count);
	row->rest_low /= 1e3;
	if (row->rest_low < row->rest_high && row->rest_high < row->total)
		to->n++;
}

/*
 * Does @n explain @row? Then into @fit. @chance becomes the share of sums of squares that would
 * let it. The uptimes at the @n calls lie within one window, so they add at most n window^2 / 4 to
 * the sum of squares.
 */
static bool fits(const struct row *row, double window, double n, struct fit *fit, double *chance)
{
	double most = row->total - row->rest_low, least = row->total - row->rest_high;
	double spread = n * window * window / 4;
	double from = least * least / n - row->sum_sq_slack;
	double width = most * most / n + spread + row->sum_sq_slack - from;
	double above = fmod(row->sum_sq - fmod(from, RING) + 2 * RING, RING);
	double rest;

	*chance = fmin(1, width / RING);
	if (above > width || n >= row->count)
		return false;
	rest = row->total - sqrt(n * (from + above));
	rest = fmin(fmax(rest, row->rest_low), row->rest_high);
	*fit = (struct fit){ .n = n, .rest = rest, .uptime = (row->total - rest) / n };
	return true;
}

/*
 * The same where the uptime is known to be @uptime to within one window: the nearest that fits.
 * What it tried is added to *@tries.
 */
static bool fits_at(const struct row *row, double window, double uptime, struct fit *fit,
		    double *chance, long *tries)
{
	double n = fmax(1, ceil((row->total - row->rest_high) / (uptime + window)));
	double last = floor((row->total - row->rest_low) / (uptime - window));
	double nearest = INFINITY, one;
	struct fit found;

	/* beyond the row's calls there is no n, and beyond 2^53 no next one */
	last = fmin(last, row->count);
	*chance = last - n > CALLS_MAX || last >= 0x1p53 || uptime <= window ? 1 : 0;
	for (; n <= last && *chance < 1; n++, (*tries)++) {
		if (fits(row, window, n, &found, &one) &&
		    fabs(found.uptime - uptime) < fmin(nearest, window)) {
			nearest = fabs(found.uptime - uptime);
			*fit = found;
		}
		*chance += one;
	}
	return nearest < INFINITY;
}

/*
 * The least n of the row @anchor that fits, and whose uptime lets all of @rows fit, into @fit.
 * Returns how many fits were to be expected by chance up to it; INFINITY where none was found
 * before that was more than @most.
 */
static double search(const struct rows *rows, size_t anchor, double most, struct fit *fit)
{
	const struct row *first = &rows->list[anchor];
	double chance = 0, one, joint, uptime, n;
	long tries = 0;
	bool all;

	for (n = 1; n <= CALLS_MAX && tries < TRIES_MAX && n * 2 * rows->window < first->total;
	     n++) {
		all = fits(first, rows->window, n, &fit[anchor], &joint);
		uptime = all ? fit[anchor].uptime :
			 (first->total - (first->rest_low + first->rest_high) / 2) / n;
		for (size_t i = 0; i < rows->n; i++) {
			if (i == anchor)
				continue;
			all = fits_at(&rows->list[i], rows->window, uptime, &fit[i], &one,
				      &tries) && all;
			joint *= fmin(1, one);
		}
		chance += joint;
		if (chance > most)
			break;
		if (all)
			return chance;
	}
	return INFINITY;
}

static size_t report(const struct rows *rows, const struct fit *fit, double chance,
		     struct lost_timestamps *out)
{
	for (size_t i = 0; i < rows->n; i++)
		out[i] = (struct lost_timestamps){
			.function = rows->list[i].function,
			.n = fit[i].n,
			.uptime_s = fit[i].uptime / 1e6,
			.rest_mean_ns = fit[i].rest * 1e3 / (rows->list[i].count - fit[i].n),
			.chance = chance,
		};
	return rows->n;
}

/* Where not all rows have one uptime, the row that is explained best without the others. */
static size_t explain_one(const struct rows *rows, struct lost_timestamps *out)
{
	double best = INFINITY, chance;
	struct rows one = { .n = 1, .window = rows->window };
	struct fit fit;
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		one.list[0] = rows->list[i];
		chance = search(&one, 0, TIMESTAMPS_CHANCE / rows->n, &fit);
		if (chance >= best)
			continue;
		best = chance;
		n = report(&one, &fit, chance, out);
	}
	return n;
}

size_t timestamps_explain(const struct record *r, double window_ns, const bool *suspect,
			  struct lost_timestamps *out)
{
	struct rows rows = { .window = window_ns / 1e3 };
	struct fit fit[RECORD_FUNCTIONS_MAX];
	size_t anchor = 0;
	double chance;

	if (!(window_ns > 0))
		return 0;
	for (size_t i = 0; i < r->nr_functions; i++)
		if (suspect[i])
			add_row(r, suspect, i, &rows);
	if (!rows.n)
		return 0;
	/* The row with the least total has the fewest possible n. */
	for (size_t i = 1; i < rows.n; i++)
		if (rows.list[i].total < rows.list[anchor].total)
			anchor = i;
	chance = search(&rows, anchor, TIMESTAMPS_CHANCE, fit);
	if (chance <= TIMESTAMPS_CHANCE)
		return report(&rows, fit, chance, out);
	return rows.n > 1 ? explain_one(&rows, out) : 0;
}
