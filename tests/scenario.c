// SPDX-License-Identifier: GPL-2.0
/*
 * The one test program that all scenarios are: the name it is called by says which. It measures
 * the scenario as often as its verdict takes, leaves the records in $IOMMU_PERF_OUT (or the current
 * folder) and judges them against the baseline. Its points are their validity and the gated metrics.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest.h"

#include "judge/verdict.h"
#include "report/tap.h"
#include "testbed/settings.h"
#include "trial/trial.h"
#include "util/file.h"
#include "util/places.h"

/* A scenario that gave no record: one point that says why, or a skip. */
static _Noreturn void end_without_record(int error, struct err *e)
{
	tap_clean(e->text);
	if (error == -ENOTSUP)
		ksft_exit_skip("%s\n", e->text);
	ksft_set_plan(1);
	ksft_test_result_fail("measured: %s\n", e->text);
	ksft_finished();
}

/* What trial_run() calls: SCENARIO.json in $IOMMU_PERF_OUT, or SCENARIO.2.json and so on. */
static int keep(const struct trial *t, const struct record *r, size_t run, struct err *e)
{
	const char *dir = t->context;
	char path[PATH_MAX], number[24] = "";
	int ret;

	if (run)
		snprintf(number, sizeof(number), ".%zu", run + 1);
	snprintf(path, sizeof(path), "%s/%s%s.json", dir, r->scenario.name, number);
	ret = file_make_folders(dir, e);
	if (!ret)
		ret = record_save(r, path, e);
	if (!ret)
		ksft_print_msg("record: %s\n", path);
	return ret;
}

static int measure(const char *name, const char *baselines, struct trial_result *out,
		   struct err *e)
{
	static struct settings settings;
	char *dir = getenv("IOMMU_PERF_OUT");
	struct trial t = {
		.baselines = baselines, .keep = keep, .context = dir && *dir ? dir : ".",
	};
	int ret = scenario_parse(name, &t.scenario, e);

	if (!ret)
		ret = settings_load(&settings, e);
	t.testbed = settings.testbed;
	return ret ? ret : trial_run(&t, out, e);
}

/* What the probes themselves cost belongs beside every figure they gave. */
static void print_probe_cost(const struct judgement *j)
{
	const struct metric *cost = metrics_find(&j->metrics, "probe_cost");
	const struct metric *plain = metrics_find(&j->metrics, "plain_throughput_gbps");

	if (cost && plain && cost->state == METRIC_PRESENT)
		ksft_print_msg("probes: %+.1f %% time a byte; without them %.4g Gbit/s\n",
			       cost->value, plain->value);
	else if (cost)
		ksft_print_msg("probes: their cost is not known: %s\n", cost->absent);
}

static void print_points(const struct judgement *j)
{
	struct tap_points points;

	if (tap_make(j, &points))
		ksft_exit_fail_msg("out of memory\n");
	ksft_set_plan(points.n);
	if (j->note[0])
		ksft_print_msg("%s\n", j->note);
	print_probe_cost(j);
	for (size_t i = 0; i < points.n; i++) {
		const struct tap_point *p = &points.list[i];

		if (p->outcome == TAP_SKIP)
			ksft_test_result_skip("%s\n", p->text);
		else
			ksft_test_result(p->outcome == TAP_OK, "%s\n", p->text);
	}
	tap_free(&points);
}

int main(int argc, char **argv)
{
	char *baselines = places_baselines();
	struct trial_result result;
	struct err e = { "out of memory" };
	int ret;

	(void)argc;
	ksft_print_header();
	ret = baselines ? measure(basename(argv[0]), baselines, &result, &e) : -ENOMEM;
	if (ret)
		end_without_record(ret, &e);
	print_points(result.judgement);
	trial_free(&result);
	free(baselines);
	ksft_finished();
}
