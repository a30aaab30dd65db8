/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random edits of good records, and whether the rest of the record leaves them possible.
 *
 * Each number has a range in which it contradicts no other: one value for what is counted twice
 * (calls and their histogram, bytes and their sum, a total and what it consists of), a wide
 * one for what is bounded on one side (a transfer lasts at least as long as the window in it), all
 * for what stands alone (packets dropped). Beyond it an edit is impossible. Where several CPUs or a
 * real clock blur the range by up to 5 %, nothing is claimed of what lies in between.
 */
#ifndef UNIT_MUTATIONS_H
#define UNIT_MUTATIONS_H

#include <math.h>

#include "judge/calltree.h"
#include "judge/windows.h"
#include "loglin.h"
#include "record/record.h"

#define MUTATION_CLASS_LIST(x)						\
	x(WINDOW, "window") x(BYTES, "bytes") x(FLOW_TIMES, "flow times")	\
	x(SEGMENTS, "segments") x(CALLS, "calls") x(TOTALS, "totals")		\
	x(SELF, "self times") x(EXTREMES, "min, max") x(LOST, "lost calls")	\
	x(BUCKETS, "histograms") x(ROWS, "rows") x(CPU, "cpu") x(COUNTERS, "counters")	\
	x(PLAIN, "plain pass") x(TRAFFIC, "traffic") x(NIC, "nic")		\
	x(REPORT_ROWS, "report rows") x(REPORT_METRICS, "metrics")

#define MUTATION_ENUM(id, name) MUTATION_##id,
enum mutation_class { MUTATION_CLASS_LIST(MUTATION_ENUM) MUTATION_CLASSES };

enum mutation_truth { MUTATION_POSSIBLE, MUTATION_IMPOSSIBLE, MUTATION_UNSURE };

struct mutation {
	enum mutation_class class;
	enum mutation_truth truth;
	char what[200];
};

static inline const char *mutation_class_name(enum mutation_class class)
{
#define MUTATION_NAME(id, name) name,
	static const char *const names[] = { MUTATION_CLASS_LIST(MUTATION_NAME) };

	return names[class];
}

/* One number of a record, of one of three types, and the values that are possible. */
struct mutation_field {
	enum mutation_class class;
	const char *of, *name;
	uint64_t *u;
	int *i;
	double *d;
	double low, high;
	double step;		/* possible values are multiples of it; 0: any */
	double blur;		/* share of it and calls that are neither nor */
	bool tick;		/* the CPUs' tick, of which all their times are multiples */
};

struct mutation_fields {
	struct mutation_field list[2048];
	size_t n;
};

/* splitmix64: the same edits on every machine */
static inline uint64_t mutation_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline struct mutation_field *mutation_add(struct mutation_fields *to,
						  enum mutation_class class, const char *of,
						  const char *name, uint64_t *u, double low,
						  double high)
{
	struct mutation_field *f = &to->list[to->n++];

	if (to->n > sizeof(to->list) / sizeof(to->list[0]))
		abort();
	*f = (struct mutation_field){ .class = class, .of = of, .name = name, .u = u,
				      .low = fmax(low, 0), .high = high };
	return f;
}

static inline struct mutation_field *mutation_exact(struct mutation_fields *to,
						    enum mutation_class class, const char *of,
						    const char *name, uint64_t *u)
{
	return mutation_add(to, class, of, name, u, *u, *u);
}

#include "mutations_of_numbers.h"

/* Another value for @f, by one of several ways of being wrong; or one that is possible. */
static inline double mutation_value(const struct mutation_field *f, uint64_t *seed,
				    const char **how)
{
	double old = mutation_get(f), x = (mutation_random(seed) >> 11) * 0x1p-53;
	double factor = 1.5 * pow(1000 / 1.5, x), top = fmin(f->high, 2 * f->low + 1e6);

	switch (mutation_random(seed) % 8) {
	case 0:
	case 1:
		*how = "multiplied";
		return old * factor;
	case 2:
	case 3:
		*how = "divided";
		return f->d ? old / factor : floor(old / factor);
	case 4:
		*how = "zero";
		return 0;
	case 5:
		*how = f->d ? "negative" : "one more";
		return f->d ? -old : old + 1;
	case 6:
		*how = "a bit flipped";
		return f->d ? old * 2 : (double)((uint64_t)old ^ 1ull << mutation_random(seed) % 40);
	default:
		*how = "within its range";
		x = f->low + x * (top - f->low);
		return f->step ? floor(x / f->step) * f->step : f->d ? x : floor(x);
	}
}

static inline bool mutation_ticks_fit(const struct record *r)
{
	double window = r->close_ns - r->open_ns, sum;
	bool fit = r->cpu_tick_ns;

	for (size_t i = 0; fit && i < r->nr_cpus; i++) {
		const uint64_t *times = &r->cpus[i].user_ns;

		sum = 0;
		for (size_t k = 0; k < 8; k++) {
			fit &= times[k] % r->cpu_tick_ns == 0;
			sum += times[k];
		}
		fit &= fabs(sum - window) <= 8.0 * r->cpu_tick_ns;
	}
	return fit;
}

static inline enum mutation_truth mutation_truth_of(const struct record *r,
						    const struct mutation_field *f, double old)
{
	double now = mutation_get(f);

	/* 0 would say "not there", or "a timed transfer" */
	if (now == old || (!now && (f->i || !strcmp(f->name, "asked_bytes"))))
		return MUTATION_UNSURE;
	if (f->tick)
		return mutation_ticks_fit(r) ? MUTATION_POSSIBLE : MUTATION_IMPOSSIBLE;
	if (now >= f->low && now <= f->high && (!f->step || !fmod(now, f->step)))
		return MUTATION_POSSIBLE;
	if (now >= f->low - f->blur * fabs(f->low) - (f->blur && f->u ? 64 : 0) &&
	    now <= f->high + f->blur * fabs(f->high) + (f->blur && f->u ? 64 : 0))
		return MUTATION_UNSURE;
	return MUTATION_IMPOSSIBLE;
}

static inline void mutation_edit(struct record *r, const struct mutation_field *f, uint64_t *seed,
				 struct mutation *m)
{
	double old = mutation_get(f);
	const char *how;

	mutation_set(f, mutation_value(f, seed, &how));
	m->class = f->class;
	m->truth = mutation_truth_of(r, f, old);
	snprintf(m->what, sizeof(m->what), "%s %s: %s, %.17g becomes %.17g (%.17g .. %.17g)", f->of,
		 f->name, how, old, mutation_get(f), f->low, f->high);
}

#include "mutations_of_rows.h"

static inline size_t mutation_count(struct record *r)
{
	static struct mutation_fields fields;

	mutation_collect(r, &fields);
	return fields.n + mutation_rows_count(r);
}

/* Make edit @nth of @r, with what @seed gives, and say in @m what it is. */
static inline void mutation_apply(struct record *r, size_t nth, uint64_t *seed,
				  struct mutation *m)
{
	static struct mutation_fields fields;

	mutation_collect(r, &fields);
	if (nth < fields.n)
		mutation_edit(r, &fields.list[nth], seed, m);
	else
		mutation_edit_rows(r, nth - fields.n, seed, m);
}

#endif
