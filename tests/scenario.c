// SPDX-License-Identifier: GPL-2.0
/*
 * The one test program that all scenarios are: the name it is called by says which. It measures
 * the scenario once, leaves the record in $IOMMU_PERF_OUT (or the current folder) and judges it
 * against its baseline. Its points are the record's validity and the gated metrics.
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

static int measure(const char *name, struct record **r, struct err *e)
{
	static struct settings settings;
	struct scenario scenario;
	int ret = scenario_parse(name, &scenario, e);

	if (!ret)
		ret = settings_load(&settings, e);
	return ret ? ret : emulated_run(&settings.testbed, &scenario, r, e);
}

static int save(const struct record *r, struct err *e)
{
	const char *dir = getenv("IOMMU_PERF_OUT");
	char path[PATH_MAX];
	int ret;

	if (!dir || !*dir)
		dir = ".";
	snprintf(path, sizeof(path), "%s/%s.json", dir, r->scenario.name);
	ret = file_make_folders(dir, e);
	if (!ret)
		ret = record_save(r, path, e);
	if (!ret)
		ksft_print_msg("record: %s\n", path);
	return ret;
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
	char *dir = places_baselines();
	struct judgement *j = NULL;
	struct baseline *b = NULL;
	struct record *r = NULL;
	struct err e = { "" };
	int ret;

	(void)argc;
	ksft_print_header();
	ret = dir ? measure(basename(argv[0]), &r, &e) : -ENOMEM;
	if (!ret)
		ret = save(r, &e);
	if (!ret)
		ret = judge_stored(r, dir, NULL, &b, &j, &e);
	if (ret)
		end_without_record(ret, &e);
	print_points(j);
	free(j);
	baseline_free(b);
	record_free(r);
	free(dir);
	ksft_finished();
}
