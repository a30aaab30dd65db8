/* SPDX-License-Identifier: GPL-2.0 */
/* Edits of several numbers of a record at once: its rows. For mutations.h. */
#ifndef UNIT_MUTATIONS_OF_ROWS_H
#define UNIT_MUTATIONS_OF_ROWS_H

enum mutation_rows {
	ROWS_SWAPPED, ROWS_NUMBERS_SWAPPED, ROWS_CALLS_MOVED, ROWS_BUCKET_MOVED,
	ROWS_BUCKET_DROPPED, ROWS_BUCKET_DOUBLED, ROWS_MULTIPLIED, ROWS_ALL_MULTIPLIED,
	ROWS_DURATIONS_MULTIPLIED, ROWS_CPU_DROPPED, ROWS_CPU_TWICE, ROWS_STATES_SPLIT,
	ROWS_FLOW_DROPPED, ROWS_FLOWS_SWAPPED, ROWS_TRAFFIC_DOUBLED, ROWS_COUNTERS_SWAPPED,
	ROWS_COUNTERS_MULTIPLIED, ROWS_KINDS,
	/* of a report: a row that is consistent in itself */
	ROWS_TOTAL_AND_MEAN = ROWS_KINDS, ROWS_COUNT_AND_TOTAL, ROWS_WITH_CALLEE, ROWS_OF_REPORT
};

enum { ROWS_EACH = 8 };		/* of each kind, per round */

static inline size_t mutation_rows_count(const struct record *r)
{
	return ROWS_EACH * (r->report ? 4 : ROWS_KINDS);
}

/* A function with calls; at random. NULL: there is none. */
static inline struct record_function *rows_any(struct record *r, uint64_t *seed)
{
	size_t at = mutation_random(seed) % (r->nr_functions + 1);

	for (size_t i = 0; i < r->nr_functions; i++) {
		struct record_function *f = &r->functions[(at + i) % r->nr_functions];

		if (!f->absent && f->count)
			return f;
	}
	return NULL;
}

static inline enum mutation_truth rows_swap(struct record *r, uint64_t *seed)
{
	struct record_function *a = rows_any(r, seed), *b = rows_any(r, seed), both;
	double apart;

	if (!a || a == b)
		return MUTATION_UNSURE;
	both = *a;
	*a = *b;
	*b = both;
	b->name = a->name;
	a->name = both.name;
	apart = fabs((double)a->total_ns - b->total_ns) / fmax(a->total_ns, b->total_ns);
	return apart > (mutation_is_exact(r) ? 0 : 0.05) ? MUTATION_IMPOSSIBLE : MUTATION_UNSURE;
}

/* Two numbers of one row. */
static inline enum mutation_truth rows_swap_numbers(struct record *r, uint64_t *seed)
{
	struct record_function *f = rows_any(r, seed);
	uint64_t *pairs[][2] = { { &f->count, &f->total_ns }, { &f->total_ns, &f->self_ns },
				 { &f->min_ns, &f->max_ns } };
	size_t i = mutation_random(seed) % (r->report ? 1 : 3);
	uint64_t first;

	if (!f)
		return MUTATION_UNSURE;
	first = *pairs[i][0];
	*pairs[i][0] = *pairs[i][1];
	*pairs[i][1] = first;
	if (i == 2 && loglin_index(f->min_ns) == loglin_index(f->max_ns))
		return MUTATION_UNSURE;
	return *pairs[i][0] == *pairs[i][1] ? MUTATION_UNSURE : MUTATION_IMPOSSIBLE;
}

/* Some calls with their time go from one function to another, in its histogram too. */
static inline enum mutation_truth rows_move_calls(struct record *r, uint64_t *seed)
{
	struct record_function *from = rows_any(r, seed), *to = rows_any(r, seed);
	struct record_bucket *b;
	uint64_t n, time;

	if (!from || from == to)
		return MUTATION_UNSURE;
	b = &from->buckets[mutation_random(seed) % from->nr_buckets];
	if (b->count < 2)
		return MUTATION_UNSURE;
	n = 1 + mutation_random(seed) % (b->count - 1);
	time = n * loglin_low(b->index);
	b->count -= n;
	from->count -= n;
	from->total_ns -= time;
	from->self_ns -= time < from->self_ns ? time : from->self_ns;
	to->buckets[to->nr_buckets / 2].count += n;
	to->count += n;
	to->total_ns += time;
	to->self_ns += time;
	return mutation_is_exact(r) || n > 0.05 * from->count ? MUTATION_IMPOSSIBLE :
								MUTATION_UNSURE;
}

/* The calls of a bucket become a quarter longer or more. */
static inline enum mutation_truth rows_move_bucket(struct record *r, uint64_t *seed)
{
	struct record_function *f = rows_any(r, seed);
	size_t i = f ? mutation_random(seed) % f->nr_buckets : 0;
	double most = 0, least = 0;

	if (!f || f->buckets[i].index > LOGLIN_SLOTS - 200)
		return MUTATION_UNSURE;
	for (size_t k = 0; k < f->nr_buckets; k++) {
		uint32_t index = f->buckets[k].index + (k == i ? 20 + mutation_random(seed) % 100 : 0);

		f->buckets[k].index = index;
		least += (double)f->buckets[k].count * loglin_low(index);
		most += (double)f->buckets[k].count * loglin_high(index);
	}
	if (i == 0 || i + 1 == f->nr_buckets || f->total_ns < least || f->total_ns > most)
		return MUTATION_IMPOSSIBLE;
	return MUTATION_UNSURE;
}

static inline enum mutation_truth rows_change_bucket(struct record *r, uint64_t *seed, bool drop)
{
	struct record_function *f = rows_any(r, seed);
	size_t i = f ? mutation_random(seed) % f->nr_buckets : 0;

	if (!f)
		return MUTATION_UNSURE;
	if (!drop)
		f->buckets[i].count *= 2;
	else
		memmove(&f->buckets[i], &f->buckets[i + 1],
			(--f->nr_buckets - i) * sizeof(f->buckets[0]));
	return MUTATION_IMPOSSIBLE;
}

static inline void rows_multiply(struct record_function *f, uint64_t by)
{
	f->count *= by;
	f->total_ns *= by;
	f->self_ns *= by;
	for (size_t i = 0; i < f->nr_buckets; i++)
		f->buckets[i].count *= by;
}

/* All functions as often again and again: their flushes are more than the IOMMU saw. */
static inline enum mutation_truth rows_multiply_all(struct record *r, uint64_t *seed)
{
	const struct record_function *f = calltree_traced(r, "qi_submit_sync");
	uint64_t by = 2 + mutation_random(seed) % 50;

	for (size_t i = 0; i < r->nr_functions; i++)
		rows_multiply(&r->functions[i], by);
	return f && f->count ? MUTATION_IMPOSSIBLE : MUTATION_UNSURE;
}

/* All calls of one function longer, by as many powers of two, in its histogram too. */
static inline enum mutation_truth rows_multiply_durations(struct record *r, uint64_t *seed)
{
	struct record_function *f = rows_any(r, seed);
	uint64_t bits = 1 + mutation_random(seed) % 8;

	/* on a real clock the function may have become slow, and interrupts with it */
	if (!f || f->min_ns < 128 || f->max_ns >> 24 || !mutation_is_exact(r))
		return MUTATION_UNSURE;
	f->total_ns <<= bits;
	f->self_ns <<= bits;
	f->min_ns <<= bits;
	f->max_ns <<= bits;
	for (size_t i = 0; i < f->nr_buckets; i++)
		f->buckets[i].index += bits << LOGLIN_BITS;
	return MUTATION_IMPOSSIBLE;
}

static inline enum mutation_truth rows_change_cpus(struct record *r, bool drop)
{
	if (drop)
		r->nr_cpus--;
	else
		r->cpus[r->nr_cpus++] = r->cpus[0];
	return MUTATION_IMPOSSIBLE;
}

/* A CPU did the same for others: possible. */
static inline enum mutation_truth rows_split_states(struct record *r, uint64_t *seed)
{
	uint64_t *states = &r->cpus[mutation_random(seed) % r->nr_cpus].user_ns;
	size_t from = mutation_random(seed) % 8, to = mutation_random(seed) % 8;
	uint64_t ticks = states[from] / r->cpu_tick_ns;

	ticks = ticks ? mutation_random(seed) % (ticks + 1) : 0;
	states[from] -= ticks * r->cpu_tick_ns;
	states[to] += ticks * r->cpu_tick_ns;
	return MUTATION_POSSIBLE;
}

static inline enum mutation_truth rows_drop_flow(struct record *r)
{
	r->payload_bytes -= r->flows[--r->nr_flows].window_bytes;
	return MUTATION_IMPOSSIBLE;
}

/* Another flow was the faster: possible. */
static inline enum mutation_truth rows_swap_flows(struct record *r, uint64_t *seed)
{
	size_t a = mutation_random(seed) % r->nr_flows, b = mutation_random(seed) % r->nr_flows;
	uint64_t bytes = r->flows[a].window_bytes;

	r->flows[a].window_bytes = r->flows[b].window_bytes;
	r->flows[b].window_bytes = bytes;
	return MUTATION_POSSIBLE;
}

/* Twice the bytes in the same time, with the probes: faster than without. */
static inline enum mutation_truth rows_double_traffic(struct record *r)
{
	bool fits = true;

	for (size_t i = 0; i < r->nr_flows; i++) {
		r->flows[i].window_bytes *= 2;
		fits &= r->flows[i].window_bytes <= r->flows[i].sent_bytes;
	}
	r->payload_bytes *= 2;
	return fits && strcmp(r->env.clock, "counted") ? MUTATION_UNSURE : MUTATION_IMPOSSIBLE;
}

static inline bool rows_is_exact(const char *event)
{
	static const char *const exact[] = {
		"inv_wait", "iotlb_update", "cc_hit", "cc_update", "fault",
	};

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		if (!strcmp(exact[i], event))
			return true;
	return false;
}

static inline enum mutation_truth rows_swap_counters(struct record *r, uint64_t *seed)
{
	struct record_counter *a = &r->counters[mutation_random(seed) % r->nr_counters];
	struct record_counter *b = &r->counters[mutation_random(seed) % r->nr_counters];
	double apart = fabs((double)a->value - b->value) / fmax(1, fmax(a->value, b->value));
	uint64_t value = a->value;
	/* what missed in the IOTLB found its context by a hit or by an update, all the same */
	bool contexts = !strncmp(a->event, "cc_", 3) && !strncmp(b->event, "cc_", 3);

	a->value = b->value;
	b->value = value;
	if (!apart)
		return MUTATION_UNSURE;
	if (contexts)
		return MUTATION_POSSIBLE;
	return apart > (mutation_is_exact(r) ? 0 : 0.05) &&
	       (rows_is_exact(a->event) || rows_is_exact(b->event)) ? MUTATION_IMPOSSIBLE :
								      MUTATION_UNSURE;
}

static inline enum mutation_truth rows_multiply_counters(struct record *r, uint64_t *seed)
{
	const struct record_function *f = calltree_traced(r, "qi_submit_sync");
	uint64_t by = 2 + mutation_random(seed) % 100;

	for (size_t i = 0; i < r->nr_counters; i++)
		r->counters[i].value *= by;
	return f && f->count ? MUTATION_IMPOSSIBLE : MUTATION_UNSURE;
}

/* Longer calls, in total and mean: more than all CPUs have time for. */
static inline enum mutation_truth rows_multiply_total(struct record *r, uint64_t *seed)
{
	struct record_function *f = rows_any(r, seed);
	uint64_t by = 2 + mutation_random(seed) % 1000;
	static struct windows w;
	double room;

	windows_estimate(r, &w);
	room = w.nominal_ns * r->env.vcpus * w.function[f - r->functions].factor;
	f->total_ns *= by;
	f->reported.mean_ns *= by;
	return f->total_ns > 1.05 * room ? MUTATION_IMPOSSIBLE : MUTATION_UNSURE;
}

/* More calls, in count, total and count per page, of one that is called once by another. */
static inline enum mutation_truth rows_multiply_count(struct record *r, uint64_t *seed)
{
	struct record_function *f = rows_any(r, seed);
	uint64_t by = 2 + mutation_random(seed) % 20;
	bool once = false;

	for (size_t i = 0; i < calltree_nr_groups; i++)
		for (size_t k = 0; k < CALLTREE_GROUP && calltree_groups[i].functions[k]; k++)
			once |= calltree_applies(&calltree_groups[i].scope, r) &&
				!strcmp(calltree_groups[i].functions[k], f->name);
	f->count *= by;
	f->total_ns *= by;
	f->reported.count_per_page *= by;
	return once ? MUTATION_IMPOSSIBLE : MUTATION_UNSURE;
}

/* A caller's row and its callee's for each other, so that the callee takes longer. */
static inline enum mutation_truth rows_swap_with_callee(struct record *r, uint64_t *seed)
{
	const struct calltree_nesting *n =
		&calltree_nestings[mutation_random(seed) % calltree_nr_nestings];
	struct record_function *callee, *caller, both;

	callee = (struct record_function *)calltree_traced(r, n->callee);
	caller = (struct record_function *)calltree_traced(r, n->callers[0]);
	if (!calltree_applies(&n->scope, r) || !callee || !caller || n->callers[1] ||
	    callee->total_ns > 0.9 * caller->total_ns)
		return MUTATION_UNSURE;
	both = *callee;
	*callee = *caller;
	*caller = both;
	caller->name = callee->name;
	callee->name = both.name;
	return MUTATION_IMPOSSIBLE;
}

static inline enum mutation_truth rows_edit(struct record *r, enum mutation_rows kind,
					    uint64_t *seed)
{
	struct record_function *f;

	switch (kind) {
	case ROWS_SWAPPED:
		return rows_swap(r, seed);
	case ROWS_NUMBERS_SWAPPED:
		return rows_swap_numbers(r, seed);
	case ROWS_CALLS_MOVED:
		return rows_move_calls(r, seed);
	case ROWS_BUCKET_MOVED:
		return rows_move_bucket(r, seed);
	case ROWS_BUCKET_DROPPED:
		return rows_change_bucket(r, seed, true);
	case ROWS_BUCKET_DOUBLED:
		return rows_change_bucket(r, seed, false);
	case ROWS_MULTIPLIED:
		f = rows_any(r, seed);
		if (f)
			rows_multiply(f, 2 + mutation_random(seed) % 20);
		return f ? MUTATION_IMPOSSIBLE : MUTATION_UNSURE;
	case ROWS_ALL_MULTIPLIED:
		return rows_multiply_all(r, seed);
	case ROWS_DURATIONS_MULTIPLIED:
		return rows_multiply_durations(r, seed);
	case ROWS_CPU_DROPPED:
	case ROWS_CPU_TWICE:
		return rows_change_cpus(r, kind == ROWS_CPU_DROPPED);
	case ROWS_STATES_SPLIT:
		return rows_split_states(r, seed);
	case ROWS_FLOW_DROPPED:
		return rows_drop_flow(r);
	case ROWS_FLOWS_SWAPPED:
		return rows_swap_flows(r, seed);
	case ROWS_TRAFFIC_DOUBLED:
		return rows_double_traffic(r);
	case ROWS_COUNTERS_SWAPPED:
		return rows_swap_counters(r, seed);
	case ROWS_COUNTERS_MULTIPLIED:
		return rows_multiply_counters(r, seed);
	case ROWS_TOTAL_AND_MEAN:
		return rows_multiply_total(r, seed);
	case ROWS_COUNT_AND_TOTAL:
		return rows_multiply_count(r, seed);
	case ROWS_WITH_CALLEE:
		return rows_swap_with_callee(r, seed);
	default:
		return MUTATION_UNSURE;
	}
}

static inline void mutation_edit_rows(struct record *r, size_t nth, uint64_t *seed,
				      struct mutation *m)
{
	static const enum mutation_class classes[ROWS_KINDS] = {
		MUTATION_ROWS, MUTATION_ROWS, MUTATION_ROWS, MUTATION_BUCKETS, MUTATION_BUCKETS,
		MUTATION_BUCKETS, MUTATION_ROWS, MUTATION_ROWS, MUTATION_ROWS, MUTATION_CPU,
		MUTATION_CPU, MUTATION_CPU, MUTATION_BYTES, MUTATION_BYTES, MUTATION_BYTES,
		MUTATION_COUNTERS, MUTATION_COUNTERS,
	};
	static const enum mutation_rows of_report[] = {
		ROWS_NUMBERS_SWAPPED, ROWS_TOTAL_AND_MEAN, ROWS_COUNT_AND_TOTAL, ROWS_WITH_CALLEE,
	};
	static const char *const names[ROWS_OF_REPORT] = {
		"rows swapped", "numbers of a row swapped", "calls moved", "bucket moved",
		"bucket dropped", "bucket doubled", "row multiplied", "all rows multiplied",
		"durations multiplied", "CPU dropped", "CPU twice", "states split",
		"flow dropped", "flows swapped", "traffic doubled", "counters swapped",
		"counters multiplied", "total and mean multiplied", "count and total multiplied",
		"row swapped with its callee's",
	};
	enum mutation_rows kind = r->report ? of_report[nth / ROWS_EACH] : nth / ROWS_EACH;

	m->class = r->report ? MUTATION_REPORT_ROWS : classes[kind];
	m->truth = rows_edit(r, kind, seed);
	snprintf(m->what, sizeof(m->what), "%s", names[kind]);
}

#endif
