// SPDX-License-Identifier: GPL-2.0
/* The checks of each traced function by itself. */
#include "judge/checks.h"
#include "judge/histogram.h"
#include "loglin.h"

#define LOST_PERMILLE 1

typedef unsigned long long ull;

static void check_clock(const struct record_function *f, struct validity *v)
{
	check_add(v, CHECK_CLOCK, pass_if(!f->backward), f->name, "%llu of %llu calls ran backward",
		  (ull)f->backward, (ull)f->count);
}

static void check_lost(const struct record *r, const struct record_function *f,
		       struct validity *v)
{
	struct level level = level_of(r, f->name);
	ull lost = function_lost(f);
	bool ok = level.under_way ? lost * 1000.0 <= (double)LOST_PERMILLE * f->count : !lost;

	/* A call of the host that outlasts the window has no exit in it. */
	ok |= level.host && lost <= (ull)level.under_way;
	check_add(v, CHECK_LOST, pass_if(ok), f->name,
		  "%llu of %llu (missed %llu, orphaned %llu, unmatched %llu, overflowed %llu)%s",
		  lost, (ull)f->count, (ull)f->missed, (ull)f->orphaned, (ull)f->unmatched,
		  (ull)f->overflowed, level.under_way ? "" : ", one CPU may lose none");
}

static void check_histogram(const struct record_function *f, struct validity *v)
{
	const struct record_bucket *first = f->buckets, *last = f->buckets + f->nr_buckets - 1;
	ull sum = histogram_count(f);

	if (sum != f->count)
		check_add(v, CHECK_HISTOGRAM, CHECK_FAIL, f->name,
			  "its buckets hold %llu calls, counted were %llu", sum, (ull)f->count);
	else if (f->nr_buckets && (loglin_index(f->min_ns) != first->index ||
				   loglin_index(f->max_ns) != last->index))
		check_add(v, CHECK_HISTOGRAM, CHECK_FAIL, f->name,
			  "its buckets span %llu .. %llu ns, min is %llu and max %llu ns",
			  (ull)loglin_low(first->index), (ull)loglin_high(last->index),
			  (ull)f->min_ns, (ull)f->max_ns);
	else
		check_add(v, CHECK_HISTOGRAM, CHECK_PASS, f->name, "%llu calls", sum);
}

static void check_order(const struct record *r, const struct record_function *f,
			struct validity *v)
{
	double window = level_of(r, f->name).window_ns;
	double mean = f->count ? (double)f->total_ns / f->count : 0;
	bool ok = f->self_ns <= f->total_ns;

	if (f->count)
		ok = ok && f->min_ns <= mean && mean <= f->max_ns && f->max_ns <= window;
	else
		ok = ok && !f->total_ns;
	check_add(v, CHECK_ORDER, pass_if(ok), f->name,
		  "min %llu, mean %.1f, max %llu, window %.0f ns; self %llu, total %llu ns",
		  (ull)f->min_ns, mean, (ull)f->max_ns, window, (ull)f->self_ns,
		  (ull)f->total_ns);
}

static void check_fits(const struct record *r, const struct record_function *f,
		       struct validity *v)
{
	struct level on = level_of(r, f->name);
	/* A guest's CPU that halts is in a call of the host, which takes none of the host's then. */
	int cpus = on.host && r->env.vcpus > on.vcpus ? r->env.vcpus : on.vcpus;

	check_add(v, CHECK_FITS, pass_if(f->total_ns <= on.window_ns * cpus), f->name,
		  "%llu ns in %.0f ns x %d CPUs", (ull)f->total_ns, on.window_ns, cpus);
}

void check_functions(const struct record *r, struct validity *v)
{
	const struct record_function *f;
	size_t i;

	for (i = 0; i < r->nr_functions; i++) {
		f = &r->functions[i];
		if (f->absent || !f->timed)
			continue;
		check_clock(f, v);
		check_lost(r, f, v);
		check_histogram(f, v);
		check_order(r, f, v);
		check_fits(r, f, v);
	}
}
