// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "judge/baseline.h"
#include "report/baseline_table.h"
#include "util/places.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf baseline accept RECORD... [--reason TEXT] [--dir DIR]\n"
	      "       iommu-perf baseline show SCENARIO [--dir DIR]\n"
	      "       iommu-perf baseline diff SCENARIO RECORD... [--dir DIR]\n"
	      "accept makes the records the baselines of their scenarios: several records of one\n"
	      "scenario are one baseline of several runs. show prints a scenario's baselines.\n"
	      "diff says what accepting the records would change.\n"
	      "\n"
	      "  --reason TEXT  why; needed where a baseline is replaced\n"
	      "  --dir DIR      the baselines' folder; else $IOMMU_PERF_BASELINES, else that of\n"
	      "                 the source tree\n"
	      "\n"
	      "Exit: 0 done; 2 otherwise, with every file as it was.\n", out);
}

struct arguments {
	const char *reason;
	const char *dir;
};

/* What is to become of the records of one scenario on one testbed. */
struct acceptance {
	char *path;
	struct baseline *baseline;
};

static void today(char *day, size_t size)
{
	time_t now = time(NULL);
	struct tm tm;

	strftime(day, size, "%Y-%m-%d", gmtime_r(&now, &tm));
}

static int make(const struct arguments *a, struct record *const *records, size_t n,
		struct acceptance *to, struct err *e)
{
	const char *reason = a->reason ? a->reason : "first baseline";
	char day[16];

	if (!a->reason && !access(to->path, F_OK))
		return err_set(e, EINVAL, "%s exists: say with --reason why it is replaced",
			       to->path);
	today(day, sizeof(day));
	return baseline_accept((const struct record *const *)records, n, day, reason,
			       &to->baseline, e);
}

/* Sort the records by the file they belong to and make a baseline of those of each. */
static int make_all(const struct arguments *a, struct record **records, size_t n,
		    struct acceptance *list, size_t *made, struct err *e)
{
	struct record **group = calloc(n, sizeof(*group));
	size_t i, k, in_group;
	char *path = NULL;
	int ret = group ? 0 : err_set(e, ENOMEM, "out of memory");

	for (i = 0; !ret && i < n; i++) {
		free(path);
		path = baseline_path(a->dir, records[i]);
		if (!path) {
			ret = err_set(e, ENOMEM, "out of memory");
			break;
		}
		for (k = 0; k < *made && strcmp(list[k].path, path); k++)
			;
		if (k < *made)
			continue;
		for (in_group = 0, k = i; k < n; k++)
			if (!strcmp(records[k]->scenario.name, records[i]->scenario.name) &&
			    !strcmp(records[k]->env.testbed, records[i]->env.testbed) &&
			    !strcmp(records[k]->env.clock, records[i]->env.clock))
				group[in_group++] = records[k];
		list[*made].path = path;
		path = NULL;
		ret = make(a, group, in_group, &list[(*made)++], e);
	}
	free(path);
	free(group);
	return ret;
}

static void tell(const struct acceptance *a)
{
	const struct baseline *b = a->baseline;
	size_t i, gated = 0;

	for (i = 0; i < b->n; i++)
		gated += b->list[i].gate;
	printf("%s: %d run%s, %zu of %zu metrics gate\n", a->path, b->runs,
	       b->runs == 1 ? "" : "s", gated, b->n);
	for (i = 0; i < b->n; i++)
		if (b->list[i].noisy)
			printf("  %s does not gate: the runs spread by %.2g %%, its tolerance is "
			       "%.2g %%\n", b->list[i].name, 100 * b->list[i].spread,
			       100 * b->list[i].tolerance);
}

static int accept_records(const struct arguments *a, char **names, size_t n)
{
	struct acceptance *list = calloc(n, sizeof(*list));
	struct record **records = NULL;
	int ret, code = EXIT_OK;
	size_t made = 0, i;
	struct err e;

	ret = list ? cmd_load_records(names, n, &records, &e) :
		     err_set(&e, ENOMEM, "out of memory");
	if (!ret)
		ret = make_all(a, records, n, list, &made, &e);
	/* Nothing is written before all is known to be right. */
	for (i = 0; !ret && i < made; i++) {
		ret = baseline_save(list[i].baseline, list[i].path, &e);
		if (!ret)
			tell(&list[i]);
	}
	if (ret)
		code = cmd_error("%s", e.text);
	for (i = 0; list && i < made; i++) {
		free(list[i].path);
		baseline_free(list[i].baseline);
	}
	free(list);
	cmd_free_records(records, n);
	return code;
}

static int show(const struct arguments *a, const char *name)
{
	static const char *const testbeds[] = {
		"emulated", "emulated-real", "emulated-amd", "emulated-virtio", "emulated-smmuv3",
		"local", "local-real",
	};
	struct scenario scenario;
	struct baseline *b;
	struct err e;
	size_t i, shown = 0;
	char *path;
	int ret;

	if (scenario_parse(name, &scenario, &e))
		return cmd_error("%s", e.text);
	for (i = 0; i < sizeof(testbeds) / sizeof(testbeds[0]); i++) {
		if (asprintf(&path, "%s/%s/%s.json", a->dir, testbeds[i], name) < 0)
			return cmd_error("out of memory");
		ret = baseline_load(path, &b, &e);
		if (!ret) {
			shown++;
			ret = report_baseline(stdout, b, path);
			baseline_free(b);
		}
		free(path);
		if (ret && ret != -ENOENT)
			return cmd_error("%s", ret == -ENOMEM ? "out of memory" : e.text);
	}
	return shown ? EXIT_OK : cmd_error("%s has no baseline in %s", name, a->dir);
}

static int diff_records(const struct arguments *a, const char *name, struct record **records,
			size_t n, struct err *e)
{
	struct baseline *before = NULL, *now = NULL;
	char *path;
	size_t i;
	int ret;

	for (i = 0; i < n; i++)
		if (strcmp(records[i]->scenario.name, name))
			return err_set(e, EINVAL, "record %zu is of %s, not of %s", i + 1,
				       records[i]->scenario.name, name);
	path = baseline_path(a->dir, records[0]);
	ret = path ? baseline_load(path, &before, e) : err_set(e, ENOMEM, "out of memory");
	if (!ret)
		ret = baseline_accept((const struct record *const *)records, n, "", "", &now, e);
	if (!ret && report_baseline_diff(stdout, before, now))
		ret = err_set(e, ENOMEM, "out of memory");
	baseline_free(before);
	baseline_free(now);
	free(path);
	return ret;
}

static int diff(const struct arguments *a, char **names, size_t n)
{
	struct scenario scenario;
	struct record **records;
	struct err e;
	int ret;

	if (n < 2)
		return cmd_error("baseline diff: which scenario and records? See --help");
	if (scenario_parse(names[0], &scenario, &e) ||
	    cmd_load_records(names + 1, n - 1, &records, &e))
		return cmd_error("%s", e.text);
	ret = diff_records(a, names[0], records, n - 1, &e);
	cmd_free_records(records, n - 1);
	return ret ? cmd_error("%s", e.text) : EXIT_OK;
}

static int dispatch(const struct arguments *a, char **words, size_t n)
{
	if (!strcmp(words[0], "accept"))
		return n > 1 ? accept_records(a, words + 1, n - 1) :
			       cmd_error("baseline accept: which records? See --help");
	if (!strcmp(words[0], "show"))
		return n == 2 ? show(a, words[1]) :
				cmd_error("baseline show: which one scenario? See --help");
	if (!strcmp(words[0], "diff"))
		return diff(a, words + 1, n - 1);
	return cmd_error("baseline '%s' must be accept, show or diff", words[0]);
}

int cmd_baseline(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "reason", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 }
	};
	struct arguments a = { NULL, NULL };
	char *dir = places_baselines();
	int c, code;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'h':
			usage(stdout);
			free(dir);
			return EXIT_OK;
		case 'd':
			a.dir = optarg;
			break;
		case 'r':
			a.reason = optarg;
			break;
		default:
			free(dir);
			return cmd_error("see 'iommu-perf baseline --help'");
		}
	}
	if (!a.dir)
		a.dir = dir;
	if (!a.dir)
		return cmd_error("out of memory");
	code = optind < argc ? dispatch(&a, argv + optind, argc - optind) :
			       cmd_error("baseline accept, show or diff? See --help");
	free(dir);
	return code;
}
