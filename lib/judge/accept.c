// SPDX-License-Identifier: GPL-2.0
/* How records become a baseline. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "judge/validity.h"

/*
 * What a scenario gates unless its baseline is edited: the length of the path through the functions
 * below, and how often they are called. A function that is never called stays gated by its count,
 * so that "passthrough maps nothing" is a test.
 */
static const char *const gated_functions[] = {
	"iommu_dma_map_page",
	"iommu_map",
	"intel_iommu_iotlb_sync_map",
	"cache_tag_flush_range_np",
	"iommu_dma_unmap_page",
	"__iommu_unmap",
	"intel_iommu_tlb_sync",
	"qi_submit_sync",
};

enum { GATE_CALLS = 1000 };	/* a mean over fewer calls is shown, not gated */

#define COUNT_TOLERANCE	0.01
#define COUNT_TOLERANCE_TX 0.05	/* how full a sender's segments are differs from boot to boot */
#define COUNT_WIDENING	2.0	/* at most, where the accepted runs spread by nearly as much or more */
#define SPREAD_MARGIN	1.5	/* a tolerance is at least so many times that spread */
#define COUNT_FLOOR	0.002	/* calls a page: a few stray calls in a window */
#define PATH_TOLERANCE	0.01
#define PATH_FLOOR	10.0	/* ns: five instructions, as short functions differ by boot */

/*
 * A report is one run, whose spread nobody knows: only changes that no run-to-run noise explains.
 */
#define REPORT_RATE_TOLERANCE	0.10
#define REPORT_TIME_TOLERANCE	0.25
#define REPORT_COUNT_TOLERANCE	0.20

/* Of what the whole machine did: what its IOMMU did for a page, or a report's throughput. */
static bool gates_whole(const struct metric *m, bool report)
{
	static const char *const counted[] = { "iotlb_lookup", "iotlb_miss", "iotlb_inv" };
	size_t i;

	if (report)
		return !strcmp(m->name, "throughput_gbps");
	for (i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		if (!strcmp(m->name, counted[i]))
			return true;
	return false;
}

static bool gates(const struct metric *m, bool report)
{
	const char *dot = strrchr(m->name, '.');
	size_t i, n = sizeof(gated_functions) / sizeof(gated_functions[0]);

	if (!dot)
		return gates_whole(m, report);
	for (i = 0; i < n; i++)
		if (strlen(gated_functions[i]) == (size_t)(dot - m->name) &&
		    !strncmp(gated_functions[i], m->name, dot - m->name))
			break;
	if (i == n)
		return false;
	if (!strcmp(dot, ".count_per_page"))
		return true;
	return !strcmp(dot, ".mean_ns") && (report || m->class == CLASS_PATH) &&
	       m->calls > GATE_CALLS;
}

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

static double count_tolerance(double spread, bool tx)
{
	double least = tx ? COUNT_TOLERANCE_TX : COUNT_TOLERANCE;

	return rounded(fmin(fmax(least, SPREAD_MARGIN * spread), COUNT_WIDENING * least), 2);
}

/* What the metric is held to, unless its runs spread by more than that. */
static void set_gate(struct baseline_metric *to, bool tx, bool report)
{
	static const double reports[] = {
		[CLASS_COUNT] = REPORT_COUNT_TOLERANCE, [CLASS_PATH] = REPORT_TIME_TOLERANCE,
		[CLASS_TIME] = REPORT_TIME_TOLERANCE, [CLASS_RATE] = REPORT_RATE_TOLERANCE,
	};

	if (report) {
		to->tolerance = reports[to->class];
	} else if (to->class == CLASS_COUNT) {
		to->tolerance = count_tolerance(to->spread, tx);
		to->floor = COUNT_FLOOR;
	} else {
		to->tolerance = PATH_TOLERANCE;
		to->floor = PATH_FLOOR;
	}
	to->noisy = to->spread * (to->value ? fabs(to->value) : 1) > baseline_allowed(to);
	to->gate = !to->noisy;
}

static void collect(const struct metrics *all, size_t n, bool tx, struct baseline *b,
		    double *values)
{
	bool counted = !strcmp(b->clock, "counted"), report = !strcmp(b->testbed, "imported");
	const struct metric *m;
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
		summarise(&b->list[b->n], m, values, n);
		if ((counted || report) && gates(m, report))
			set_gate(&b->list[b->n], tx, report);
		b->n++;
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
	       copy(&b->qemu, r->env.qemu) || copy(&b->clock, r->env.clock) ||
	       copy(&b->iperf3, r->env.iperf3) || copy(&b->tracer, r->env.tracer) ||
	       copy_traffic(&b->traffic, &r->traffic) ||
	       copy(&b->kernel, r->env.kernel) || copy(&b->accepted, day) ||
	       copy(&b->reason, reason);
}

/* A subject that was slowed or disturbed on purpose shows what the kernel does not. */
static bool tampered_with(const struct record *r)
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
	if (tampered_with(r))
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

	if (!b || !all || !v || !values || copy_head(b, records[0], n, day, reason)) {
		ret = err_set(e, ENOMEM, "out of memory");
		goto out;
	}
	for (i = 0, ret = 0; !ret && i < n; i++)
		ret = check_record_of(b, records[i], i, v, &all[i], e);
	if (ret)
		goto out;
	collect(all, n, records[0]->scenario.tx, b, values);
	*out = b;
	b = NULL;
out:
	baseline_free(b);
	free(all);
	free(v);
	free(values);
	return ret;
}
