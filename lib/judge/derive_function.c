// SPDX-License-Identifier: GPL-2.0
/* The metrics of one traced function. */
#include <math.h>

#include "judge/derive.h"
#include "judge/histogram.h"

/* The metrics that take calls to derive, from mean_ns on. */
static void derive_latency(const struct record *r, const struct record_function *f,
			   struct metrics *m)
{
	static const char *const suffixes[] = {
		".mean_ns", ".stddev_ns", ".p50_ns", ".p99_ns", ".p999_ns",
	};
	double values[5] = { 0 };
	struct metric *to;
	size_t i;

	if (f->count) {
		values[0] = (double)f->total_ns / f->count;
		values[1] = histogram_stddev(f, values[0]);
		values[2] = histogram_percentile(f, 500);
		values[3] = histogram_percentile(f, 990);
		values[4] = histogram_percentile(f, 999);
	}
	for (i = 0; i < 5; i++) {
		to = derive_add(m, r, f->name, suffixes[i]);
		if (!to)
			continue;
		to->calls = f->count;
		to->value = values[i];
		if (!f->count)
			derive_absent(to, METRIC_TOO_FEW, "never called in the window");
		else if (i && !f->nr_buckets)
			derive_absent(to, METRIC_MISSING, "%s", f->timed ? "its histogram is empty" :
				      derive_reason(r, "functions.histogram"));
		else if (i == 4 && f->count < METRICS_P999_CALLS)
			derive_absent(to, METRIC_TOO_FEW, "%llu calls, it takes %d",
				      (unsigned long long)f->count, METRICS_P999_CALLS);
	}
}

/* What a report says in other words: a count per page, and a variance in square microseconds. */
static void take_reported(const struct record_function *f, struct metric *count,
			  struct metric *stddev)
{
	if (count && !isnan(f->reported.count_per_page)) {
		count->state = METRIC_PRESENT;
		count->value = f->reported.count_per_page;
	}
	if (stddev && f->count && f->reported.variance_us2 >= 0) {
		stddev->state = METRIC_PRESENT;
		stddev->value = 1000 * sqrt(f->reported.variance_us2);
	}
}

void derive_function(const struct record *r, const struct record_function *f, double pages,
		     struct metrics *m)
{
	size_t first = m->n, i;
	struct metric *to, *count;

	count = derive_add(m, r, f->name, ".count_per_page");
	derive_ratio(count, f->count, pages,
		     r->has_window ? "no payload in the window" : derive_reason(r, "window"));
	if (count)
		count->calls = f->count;
	derive_latency(r, f, m);
	to = derive_add(m, r, f->name, ".self_ns_per_page");
	if (f->timed)
		derive_ratio(to, f->self_ns, pages, "no payload in the window");
	else
		derive_absent(to, METRIC_MISSING, "%s", derive_reason(r, "functions.histogram"));
	if (to)
		to->calls = f->count;
	if (!f->absent && !f->timed && m->n == first + 7)
		take_reported(f, count, &m->list[first + 2]);
	for (i = first; f->absent && i < m->n; i++)
		derive_absent(&m->list[i], METRIC_MISSING, "%s", f->absent);
}
