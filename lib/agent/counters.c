// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/counters_impl.h"

static bool same_device(const struct planned *a, const struct planned *b)
{
	return a->device == b->device && a->source == b->source;
}

static int open_plan(struct counters *c)
{
	size_t from, to, n = c->plan->n;
	int ret = 0;

	c->list = calloc(n ? n : 1, sizeof(*c->list));
	if (!c->list)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		c->list[i].plan = &c->plan->list[i];
	for (from = 0; !ret && from < n; from = to) {
		for (to = from + 1; to < n; to++)
			if (!same_device(c->list[from].plan, c->list[to].plan))
				break;
		ret = counters_open_device(c, from, to);
	}
	return ret;
}

int counters_open_on(const struct perf_layer *perf, const char *root, bool slow,
		     struct counters **out, struct err *e)
{
	struct counters *c = calloc(1, sizeof(*c));
	int ret = -ENOMEM;

	*out = NULL;
	if (c) {
		c->perf = perf;
		c->root = strdup(root);
		ret = c->root ? plan_make(root, slow, &c->plan) : -ENOMEM;
	}
	if (!ret)
		ret = open_plan(c);
	if (!ret && slow)
		ret = dmar_latency_open(root, &c->latency);
	if (ret) {
		counters_close(c);
		return err_set(e, -ret, "agent: counters: %s", strerror(-ret));
	}
	*out = c;
	return 0;
}

int counters_open(const char *root, bool slow, struct counters **out, struct err *e)
{
	return counters_open_on(&perf_layer_kernel, root, slow, out, e);
}

const struct plan *counters_plan(const struct counters *c)
{
	return c->plan;
}

/* What each source takes, the verb doctor says. */
const char *counters_none(const struct counters *c)
{
	if (c->plan->n || c->latency)
		return NULL;
	for (size_t i = 0; i < c->plan->nr_none; i++)
		if (c->plan->none[i].unknown)
			return c->plan->none[i].why;
	return "the subject's kernel has no PMU of an IOMMU (dmar*, uncore_iio_*, amd_iommu_*, "
	       "smmuv3_pmcg_*)";
}

/* Do @how to all groups. One that fails takes the events of its group with it. */
static void switch_all(struct counters *c, int (*how)(void *ctx, int file), const char *what)
{
	for (size_t i = 0; i < c->plan->n; i++) {
		const struct opened *leader = &c->list[i];
		int ret = 0;

		if (!leader->leads)
			continue;
		for (size_t k = 0; !ret && k < leader->plan->cpus->n; k++)
			ret = how(c->perf->ctx, leader->files[k]);
		/* Backwards: the leader, which the loop looks at, goes last. */
		for (size_t k = c->plan->n; ret && k-- > i; )
			if (c->list[k].files && c->list[k].leader == i)
				counters_give_up(c, &c->list[k], "it cannot be switched %s: %s",
						 what, strerror(-ret));
	}
}

void counters_on(struct counters *c)
{
	if (c->latency)
		dmar_latency_on(c->latency);
	switch_all(c, c->perf->enable, "on");
}

void counters_off(struct counters *c)
{
	switch_all(c, c->perf->disable, "off");
	if (c->latency)
		dmar_latency_off(c->latency);
}

/*
 * The sum over the CPUs; the times are those of the CPU where it ran for the smallest share. Only
 * idle counters are read: amd_iommu adds its whole count at each read of one that runs.
 */
static int read_values(const struct counters *c, const struct opened *o, struct perf_value *out)
{
	struct perf_value now;
	int ret = 0;

	for (size_t i = 0; !ret && i < o->plan->cpus->n; i++) {
		ret = c->perf->read(c->perf->ctx, o->files[i], &now);
		if (ret)
			break;
		now.enabled_ns -= o->before[i].enabled_ns;
		now.running_ns -= o->before[i].running_ns;
		out->value += now.value - o->before[i].value;
		if (!i || (double)now.running_ns * out->enabled_ns <
			  (double)out->running_ns * now.enabled_ns) {
			out->enabled_ns = now.enabled_ns;
			out->running_ns = now.running_ns;
		}
	}
	return ret;
}

/* Read @o into @out; where it did not count, note why. -ENOMEM. */
static int read_one(struct counters *c, struct opened *o, struct perf_value *out)
{
	int ret;

	*out = (struct perf_value) { 0 };
	if (!o->files)
		return 0;
	ret = read_values(c, o, out);
	if (ret)
		return counters_give_up(c, o, "it cannot be read: %s", strerror(-ret));
	if (out->enabled_ns && !out->running_ns)
		return counters_give_up(c, o, "it never ran: other users of perf have the "
					"device's counters");
	return 0;
}

static int fill_one(struct counters *c, struct opened *o, struct record *r)
{
	struct record_counter *to = record_add_counter(r, o->plan->source, o->plan->device,
						       o->plan->event);
	struct perf_value v;

	if (!to || read_one(c, o, &v))
		return -ENOMEM;
	if (o->plan->absent) {
		to->absent = strdup(o->plan->absent);
		return to->absent ? 0 : -ENOMEM;
	}
	to->value = v.value;
	to->unit = strdup(o->plan->unit);
	to->whole_window = true;
	to->enabled_ns = v.enabled_ns;
	to->running_ns = v.running_ns;
	return to->unit ? 0 : -ENOMEM;
}

/* All counters of one source or none: a sum over some of the devices would be wrong. */
static int fill_source(struct counters *c, size_t from, size_t to, struct record *r)
{
	char field[64], why[128];
	int ret = 0;

	if (to - from > RECORD_COUNTERS_MAX - r->nr_counters) {
		snprintf(field, sizeof(field), "counters.%s", c->plan->list[from].source);
		snprintf(why, sizeof(why), "a record has room for %d counters, and these are %zu "
			 "more than that", RECORD_COUNTERS_MAX,
			 to - from + r->nr_counters - RECORD_COUNTERS_MAX);
		return record_set_absent(r, field, why);
	}
	for (size_t i = from; !ret && i < to; i++)
		ret = fill_one(c, &c->list[i], r);
	return ret;
}

static int fill_missing(const struct counters *c, struct record *r)
{
	char field[64];
	int ret = 0;

	for (size_t i = 0; !ret && i < c->plan->nr_none; i++) {
		snprintf(field, sizeof(field), "counters.%s", c->plan->none[i].source);
		ret = record_set_absent(r, field, c->plan->none[i].why);
	}
	return ret;
}

int counters_fill(struct counters *c, struct record *r, struct err *e)
{
	size_t from, to, n = c->plan->n;
	const char *none = counters_none(c);
	int ret = none ? record_set_absent(r, "counters", none) : 0;

	for (from = 0; !ret && from < n; from = to) {
		for (to = from + 1; to < n; to++)
			if (c->plan->list[to].source != c->plan->list[from].source)
				break;
		ret = fill_source(c, from, to, r);
	}
	if (!ret && c->latency)
		ret = dmar_latency_fill(c->latency, r);
	if (!ret && !none)
		ret = fill_missing(c, r);
	return ret ? err_set(e, -ret, "agent: counters: %s", strerror(-ret)) : 0;
}

void counters_close(struct counters *c)
{
	if (!c)
		return;
	for (size_t i = c->list ? c->plan->n : 0; i-- > 0; )
		for (size_t k = 0; c->list[i].files && k < c->list[i].plan->cpus->n; k++)
			c->perf->close(c->perf->ctx, c->list[i].files[k]);
	for (size_t i = 0; c->list && i < c->plan->n; i++) {
		free(c->list[i].files);
		free(c->list[i].before);
	}
	dmar_latency_close(c->latency);
	plan_free(c->plan);
	free(c->list);
	free(c->root);
	free(c);
}
