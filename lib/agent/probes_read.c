// SPDX-License-Identifier: GPL-2.0
/*
 * What the tracer counted, summed over CPUs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/probes_impl.h"

static int functions_map(const struct probes *p)
{
	return bpf_map__fd(p->skel->maps.functions);
}

int probes_forget(struct probes *p)
{
	int cpus = libbpf_num_possible_cpus(), err = 0;
	struct tracer_function *zero;

	if (!p->tracer)
		return 0;
	if (cpus < 0)
		return cpus;
	zero = calloc(cpus, sizeof(*zero));
	if (!zero)
		return -ENOMEM;
	for (__u32 slot = 0; slot < (__u32)p->nr_slots && !err; slot++)
		err = bpf_map_update_elem(functions_map(p), &slot, zero, BPF_ANY);
	free(zero);
	memset(p->tracer->loss, 0, sizeof(p->tracer->loss));
	memset(p->tracer->stacks, 0, sizeof(p->tracer->stacks));
	return err;
}

int probes_count_misses(struct probes *p, bool end)
{
	for (size_t i = 0; i < p->nr; i++) {
		struct probe *f = &p->f[i];
		struct bpf_prog_info info = { 0 };
		__u32 len = sizeof(info);
		int err;

		if (f->absent)
			continue;
		err = bpf_obj_get_info_by_fd(bpf_program__fd(p->entry[f->slot]), &info, &len);
		if (err)
			return err;
		f->missed = info.recursion_misses - (end ? f->missed : 0);
	}
	return 0;
}

/* The histogram's occupied buckets into @f, and the calls in them. */
static int add_buckets(struct record_function *f, const uint64_t *hist)
{
	size_t n = 0;

	for (int i = 0; i < LOGLIN_SLOTS; i++)
		n += hist[i] > 0;
	if (!n)
		return 0;
	f->buckets = calloc(n, sizeof(*f->buckets));
	if (!f->buckets)
		return -ENOMEM;
	for (int i = 0; i < LOGLIN_SLOTS; i++) {
		if (!hist[i])
			continue;
		f->buckets[f->nr_buckets++] = (struct record_bucket){ i, hist[i] };
		f->count += hist[i];
	}
	return 0;
}

/* Sum @cpus values of one function into @f. */
static int sum(struct record_function *f, const struct tracer_function *v, int cpus)
{
	uint64_t hist[LOGLIN_SLOTS] = { 0 };

	f->timed = true;
	f->min_ns = UINT64_MAX;
	for (int c = 0; c < cpus; c++, v++) {
		f->total_ns += v->total_ns;
		f->self_ns += v->self_ns;
		if (v->seen && v->min_ns < f->min_ns)
			f->min_ns = v->min_ns;
		if (v->seen && v->min_ns + v->span_ns > f->max_ns)
			f->max_ns = v->min_ns + v->span_ns;
		for (int i = 0; i < LOGLIN_SLOTS; i++)
			hist[i] += v->hist[i];
	}
	if (f->min_ns == UINT64_MAX)	/* no call, or none that took any time */
		f->min_ns = 0;
	return add_buckets(f, hist);
}

int probes_calls(struct probes *p, const char *function, uint64_t *calls, struct err *e)
{
	const struct probe *probe = probes_find(p, function);
	int cpus = libbpf_num_possible_cpus(), err;
	struct tracer_function *values;
	__u32 key;

	*calls = 0;
	if (!probe || probe->absent)
		return err_set(e, ENOENT, "the calls of %s can't be counted: %s", function,
			       probe ? probe->absent : "it is not traced");
	values = cpus < 0 ? NULL : calloc(cpus, sizeof(*values));
	if (!values)
		return err_set(e, ENOMEM, "out of memory");
	key = probe->slot;
	err = bpf_map_lookup_elem(functions_map(p), &key, values);
	for (int c = 0; c < cpus && !err; c++)
		for (int i = 0; i < LOGLIN_SLOTS; i++)
			*calls += values[c].hist[i];
	free(values);
	return err ? err_set(e, -err, "tracer: its counts can't be read: %s", strerror(-err)) : 0;
}

/* Frames still set when the tracer is off, wherever they lie: their exits never came. */
static void count_left_behind(const struct tracer *t, uint64_t orphaned[PROBES_MAX])
{
	for (size_t s = 0; s < STACK_HOMES + STACK_WAYS; s++) {
		for (int i = 0; i < STACK_DEPTH; i++) {
			const struct frame *f = &t->stacks[s].frames[i];

			if (f->tag && f->what & 1)
				orphaned[(f->what >> 1) % PROBES_MAX]++;
		}
	}
}

bool probes_in_flight(const struct probes *p)
{
	uint64_t there[PROBES_MAX] = { 0 }, sum = 0;

	if (p->tracer)
		count_left_behind(p->tracer, there);
	for (int i = 0; i < PROBES_MAX; i++)
		sum += there[i];
	return sum > 0;
}

static int read_one(struct probes *p, const struct probe *probe, uint64_t left_behind,
		    struct tracer_function *values, int cpus, struct record_function *f)
{
	const struct tracer_loss *loss = &p->tracer->loss[probe->slot];
	__u32 key = probe->slot;
	int err = bpf_map_lookup_elem(functions_map(p), &key, values);

	if (err)
		return err;
	f->missed = probe->missed;
	f->orphaned = loss->orphaned + left_behind;
	f->unmatched = loss->unmatched;
	f->overflowed = loss->overflowed;
	f->backward = loss->backward;
	return sum(f, values, cpus);
}

static int read_all(struct probes *p, struct record_function *f)
{
	uint64_t left_behind[PROBES_MAX] = { 0 };
	int cpus = libbpf_num_possible_cpus(), err = 0;
	struct tracer_function *values;

	if (cpus < 0)
		return cpus;
	values = calloc(cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	if (p->tracer)
		count_left_behind(p->tracer, left_behind);
	for (size_t i = 0; i < p->nr && !err; i++) {
		const struct probe *probe = &p->f[i];

		f[i].name = strdup(probe->name);
		if (probe->absent)
			f[i].absent = strdup(probe->absent);
		if (!probe->absent && strcmp(probe->symbol, probe->name))
			f[i].symbol = strdup(probe->symbol);
		if (!f[i].name || (probe->absent && !f[i].absent))
			err = -ENOMEM;
		else if (!probe->absent)
			err = read_one(p, probe, left_behind[probe->slot], values, cpus, &f[i]);
	}
	free(values);
	return err;
}

int probes_read(struct probes *p, struct record_function *f, size_t n, struct err *e)
{
	int err;

	if (n != p->nr)
		return err_set(e, EINVAL, "%zu functions to read, but %zu are traced", n, p->nr);
	memset(f, 0, n * sizeof(*f));
	err = read_all(p, f);
	if (!err)
		return 0;
	for (size_t i = 0; i < n; i++) {
		free(f[i].name);
		free(f[i].symbol);
		free(f[i].absent);
		free(f[i].buckets);
	}
	memset(f, 0, n * sizeof(*f));
	return err_set(e, -err, "tracer: its counts can't be read: %s", strerror(-err));
}
