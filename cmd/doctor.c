// SPDX-License-Identifier: GPL-2.0
/* What a machine's IOMMU can count, and which metrics that gives. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/counters.h"
#include "cmd.h"
#include "judge/counters.h"
#include "report/columns.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf doctor [--root DIR]\n"
	      "Say what the IOMMU of this machine can count: every event of every PMU found, the\n"
	      "sources that are not there and why, and which metrics each source gives.\n"
	      "\n"
	      "  --root DIR   look at the copy of /proc and /sys in DIR, and open nothing\n", out);
}

/* The CPUs as sysfs would list them, but without ranges: there is one a socket. */
static void print_cpus(const struct pmu_cpus *cpus, char *text, size_t size)
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < cpus->n && n + 1 < size; i++)
		n += snprintf(text + n, size - n, "%s%d", i ? "," : "", cpus->list[i]);
}

static int add_event(struct libscols_table *table, const struct planned *p)
{
	char type[16] = "", config[24] = "", cpus[64] = "";
	const char *texts[] = {
		p->source, p->device ? p->device : "-", p->event, type, config, cpus,
		p->absent ? p->absent :
		p->counter0 ? "counter 0 only: one such event at a time" : "",
	};

	if (p->cpus) {
		snprintf(type, sizeof(type), "%" PRIu32, p->type);
		snprintf(config, sizeof(config), "0x%" PRIx64, p->config[0]);
		print_cpus(p->cpus, cpus, sizeof(cpus));
	}
	return columns_add(table, texts, 7);
}

static int print_events(const struct plan *plan)
{
	static const struct column titles[] = {
		{ "SOURCE", 0 }, { "DEVICE", 0 }, { "EVENT", 0 }, { "TYPE", SCOLS_FL_RIGHT },
		{ "CONFIG", SCOLS_FL_RIGHT }, { "CPUS", 0 }, { "", 0 },
	};
	struct libscols_table *table = columns_new(stdout, COLUMNS(titles));
	int ret = 0;

	if (!table)
		return -ENOMEM;
	for (size_t i = 0; !ret && i < plan->n; i++)
		ret = add_event(table, &plan->list[i]);
	return columns_finish(table, ret);
}

/* A record as if each event of @source that can be opened had counted nothing. */
static struct record *pretend(const struct plan *plan, const char *source)
{
	struct record *r = record_new();
	struct record_counter *c;

	for (size_t i = 0; r && i < plan->n; i++) {
		const struct planned *p = &plan->list[i];

		if (strcmp(p->source, source))
			continue;
		c = record_add_counter(r, p->source, p->device, p->event);
		if (!c)
			break;
		c->whole_window = true;
		c->absent = p->absent ? strdup(p->absent) : NULL;
	}
	return r;
}

/* What @source gives by definition, and here: events may be missing. */
static int add_metrics(struct libscols_table *table, const struct plan *plan, const char *source)
{
	struct record *r = pretend(plan, source);
	int ret = r ? 0 : -ENOMEM;
	char text[256], why[512];
	double value;

	for (const char *const *m = counters_metrics; !ret && *m; m++) {
		bool defined = counters_define(*m, source, text, sizeof(text));
		bool here = !r->nr_counters ||
			    counters_metric(r, *m, &value, why, sizeof(why));
		const char *texts[] = { source, *m, defined ? text : "-",
					!defined ? text : here ? "" : why };

		ret = columns_add(table, texts, 4);
	}
	record_free(r);
	return ret;
}

static bool in_plan(const struct plan *plan, const char *source)
{
	for (size_t i = 0; i < plan->n; i++)
		if (!strcmp(plan->list[i].source, source))
			return true;
	return false;
}

static int print_metrics(const struct plan *plan)
{
	static const struct column titles[] = {
		{ "SOURCE", 0 }, { "METRIC", 0 }, { "BY", 0 }, { "", 0 },
	};
	struct libscols_table *table = columns_new(stdout, COLUMNS(titles));
	int ret = 0;

	if (!table)
		return -ENOMEM;
	for (const char *const *s = counters_sources; !ret && *s; s++)
		if (in_plan(plan, *s) || !strcmp(*s, "qemu-vtd"))
			ret = add_metrics(table, plan, *s);
	return columns_finish(table, ret);
}

static int print_plan(const struct plan *plan, const char *root)
{
	char path[4096];
	struct stat st;
	int ret = 0;

	if (plan->n)
		ret = print_events(plan);
	for (size_t i = 0; i < plan->nr_none; i++)
		printf("%s: %s\n", plan->none[i].source, plan->none[i].why);
	snprintf(path, sizeof(path), "%s/sys/kernel/debug/iommu/intel/dmar_perf_latency", root);
	printf("dmar_perf_latency: %s%s%s\n", path, stat(path, &st) ? ": " : " is there",
	       stat(path, &st) ? strerror(errno) : "");
	putchar('\n');
	return ret ? ret : print_metrics(plan);
}

/*
 * Only opening shows what this machine permits; it leaves the slow sources alone, so the plan of
 * what was opened lacks them at its end.
 */
static int take_reasons(struct plan *plan)
{
	const struct plan *opened;
	struct counters *c;
	struct err e;
	int ret = counters_open("", false, &c, &e);

	if (ret)
		return ret;
	opened = counters_plan(c);
	for (size_t i = 0; !ret && i < opened->n && i < plan->n; i++) {
		if (!opened->list[i].absent || plan->list[i].absent)
			continue;
		plan->list[i].absent = strdup(opened->list[i].absent);
		ret = plan->list[i].absent ? 0 : -ENOMEM;
	}
	counters_close(c);
	return ret;
}

static int doctor(const char *root)
{
	struct plan *plan;
	struct stat st;
	int ret;

	if (root[0] && (stat(root, &st) || !S_ISDIR(st.st_mode)))
		return cmd_error("--root: there is no folder '%s'", root);
	ret = plan_make(root, true, &plan);
	if (!ret && !root[0])
		ret = take_reasons(plan);
	if (!ret)
		ret = print_plan(plan, root);
	plan_free(plan);
	return ret ? cmd_error("out of memory") : EXIT_OK;
}

int cmd_doctor(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "root", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 }
	};
	const char *root = "";
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			usage(stdout);
			return EXIT_OK;
		}
		if (c != 'r')
			return cmd_error("see 'iommu-perf doctor --help'");
		root = optarg;
	}
	if (optind < argc)
		return cmd_error("doctor takes no '%s'; see 'iommu-perf doctor --help'",
				 argv[optind]);
	return doctor(root);
}
