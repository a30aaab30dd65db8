// SPDX-License-Identifier: GPL-2.0
/* How records become a baseline. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "judge/conditions.h"
#include "judge/gates.h"
#include "judge/validity.h"

static double rounded(double value, int digits)
{
	char text[40];

	snprintf(text, sizeof(text), "%.*g", digits, value);
	return strtod(text, NULL);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct baseline_metric *)a)->name,
		      ((const struct baseline_metric *)b)->name);
}

/* Runs of almost nothing and of much may spread by more than a number can say. */
#define SPREAD_MAX	1e300

/* Fill in value and spread from the @n @values of the metric @first. */
static void summarise(struct baseline_metric *to, const struct metric *first, double *values,
		      size_t n)
{
	double median;

	qsort(values, n, sizeof(*values), by_value);
	median = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
	*to = (struct baseline_metric){ .class = first->class, .value = rounded(median, 6) };
	snprintf(to->name, sizeof(to->name), "%s", first->name);
	to->spread = values[n - 1] - values[0];
	if (median)
		to->spread /= fabs(median);
	to->spread = rounded(fmin(to->spread, SPREAD_MAX), 3);
}

/* What the metric is held to, unless its runs spread by more than that may be. */
static void set_gate(struct baseline_metric *to, struct gate *gate, size_t runs)
{
	double needed = gate_widen(gate, to->spread, to->samples, runs);

	to->floor = gate->floor;
	to->tolerance = gate->tolerance;
	to->noisy = gate->interval ? !(needed <= to->tolerance) :
		    baseline_spread(to) > baseline_allowed(to);
	to->gate = !to->noisy;
	if (!to->gate)
		to->nr_samples = 0;
}

/* The runs' values, which an interval is made of. */
static void keep_samples(struct baseline_metric *to, const double *values, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		to->samples[i] = rounded(values[i], 6);
	to->nr_samples = n;
}

static void collect(const struct metrics *all, const struct record *r, size_t n,
		    struct baseline *b, double *values)
{
	struct baseline_metric *to;
	const struct metric *m;
	struct gate gate;
	size_t i, run;

	for (i = 0; i < all[0].n; i++) {
		for (run = 0; run < n; run++) {
			m = metrics_find(&all[run], all[0].list[i].name);
			if (!m || m->state != METRIC_PRESENT)
				break;
			values[run] = m->value;
		}
		if (run < n)
			continue;
		m = &all[0].list[i];
		to = &b->list[b->n++];
		summarise(to, m, values, n);
		if (!gate_default(m, r, &gate) || (gate.interval && n < DECIDE_RUNS))
			continue;
		if (gate.interval)
			keep_samples(to, values, n);
		set_gate(to, &gate, n);
	}
	qsort(b->list, b->n, sizeof(b->list[0]), by_name);
}

static int copy(char **to, const char *from)
{
	if (!from)
		return 0;
	*to = strdup(from);
	return *to ? 0 : -ENOMEM;
}

static int copy_traffic(struct record_traffic *to, const struct record_traffic *from)
{
	*to = *from;
	to->congestion = to->offloads = NULL;
	return copy(&to->congestion, from->congestion) || copy(&to->offloads, from->offloads);
}

static int copy_head(struct baseline *b, const struct record *r, int runs, const char *day,
		     const char *reason)
{
	b->vcpus = r->env.vcpus;
	b->runs = runs;
	return copy(&b->scenario, r->scenario.name) || copy(&b->testbed, r->env.testbed) ||
	       copy(&b->iommu, r->env.iommu) ||
	       copy(&b->qemu, r->env.qemu) || copy(&b->clock, r->env.clock) ||
	       copy(&b->host, r->env.host) ||
	       copy(&b->iperf3, r->env.iperf3) || copy(&b->tracer, r->env.tracer) ||
	       copy_traffic(&b->traffic, &r->traffic) ||
	       copy(&b->guests_qemu, r->host.qemu) ||
	       copy(&b->host_kernel, r->host.kernel) || copy(&b->kernel, r->env.kernel) || copy(&b->accepted, day) ||
	       copy(&b->reason, reason);
}

bool baseline_tampered(const struct record *r)
{
	return strstr(r->reproduce, " --inject ") || strstr(r->reproduce, " --disturb") ||
	       strstr(r->reproduce, " --tracepoints");
}

/* Does record @i belong to the first, and is it possible? Its metrics, what is sound, in @m. */
static int check_record_of(const struct baseline *b, const struct record *r, size_t i,
			   struct validity *v, struct metrics *m, struct err *e)
{
	const char *kernel = r->env.kernel ? r->env.kernel : "unknown";
	const struct check_result *c;
	char why[256];

	if (!baseline_matches(b, r, why, sizeof(why)))
		return err_set(e, EINVAL, "record %zu does not belong with the first: %s", i + 1,
			       why);
	if (strcmp(b->kernel ? b->kernel : "unknown", kernel))
		return err_set(e, EINVAL, "record %zu is of kernel %.100s, the first of %.100s",
			       i + 1, kernel, b->kernel ? b->kernel : "unknown");
	if (!condition_same("the host's kernel", r->host.kernel, b->host_kernel, "the first", why,
			    sizeof(why)))
		return err_set(e, EINVAL, "record %zu does not belong with the first: %s", i + 1,
			       why);
	if (baseline_tampered(r))
		return err_set(e, EINVAL, "record %zu of %s was made with --inject, "
			       "--disturb or --tracepoints; measure it without", i + 1, b->scenario);
	metrics_derive(r, m);
	validity_check(r, v);
	c = validity_first_failure(v);
	if (c && !validity_by_row(r, v))
		return err_set(e, EINVAL, "record %zu of %s is invalid (%s: %s%s%s); measure it "
			       "again", i + 1, b->scenario, check_name(c->id), c->subject,
			       c->subject[0] ? ": " : "", c->detail);
	validity_condemn(v, m);
	return 0;
}

int baseline_accept(const struct record *const *records, size_t n, const char *day,
		    const char *reason, struct baseline **out, struct err *e)
{
	struct baseline *b = calloc(1, sizeof(*b));
	struct metrics *all = calloc(n, sizeof(*all));
	struct validity *v = calloc(1, sizeof(*v));
	double *values = calloc(n, sizeof(*values));
	size_t i;
	int ret;

	if (n > BASELINE_SAMPLES_MAX) {
		ret = err_set(e, EINVAL, "%zu records of %s: a baseline is made of at most %d", n,
			      records[0]->scenario.name, BASELINE_SAMPLES_MAX);
		goto out;
	}
	if (!b || !all || !v || !values || copy_head(b, records[0], n, day, reason)) {
		ret = err_set(e, ENOMEM, "out of memory");
		goto out;
	}
	for (i = 0, ret = 0; !ret && i < n; i++)
		ret = check_record_of(b, records[i], i, v, &all[i], e);
	if (ret)
		goto out;
	collect(all, records[0], n, b, values);
	*out = b;
	b = NULL;
out:
	baseline_free(b);
	free(all);
	free(v);
	free(values);
	return ret;
}
