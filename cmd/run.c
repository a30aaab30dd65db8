// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "report/json.h"
#include "report/table.h"
#include "testbed/subject.h"
#include "trial/trial.h"
#include "util/file.h"
#include "util/places.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf run SCENARIO... [OPTION...]\n"
	      "Measure scenarios on the emulated testbed, and judge the records.\n"
	      "\n"
	      "  --runs N            measure each exactly N times, and judge the runs together.\n"
	      "                      Default: once, and once more from another boot where that\n"
	      "                      regressed; on the real clock, where there is a baseline, 5 times,\n"
	      "                      7 or 10\n"
	      "  --out DIR           write the records there (default: this folder)\n"
	      "  --clock CLOCK       counted (default) or real\n"
	      "  --iommu IOMMU       of the machine: vtd (default), amd, virtio, or smmuv3, which is an arm64\n"
	      "                      machine; but for vtd the bare scenarios, on the counted clock\n"
	      "  --kernel WHAT       boot another kernel: a .deb, a package of Debian's archive, an image\n"
	      "                      or a folder with its modules, or the tree that it was built in\n"
	      "  --fresh             boot anew for each run instead of restoring a snapshot; each boot\n"
	      "                      has a seed of its own, so several runs show how boots differ\n"
	      "  --seed N            counted clock: seed of what the machine draws by chance (default 7)\n"
	      "  --no-plain          leave out the pass without probes, half of the time\n"
	      "  --probes SET        all (default), none, or functions with commas between them\n"
	      "  --inject WHAT       prove that it is seen, when the subject is made worse:\n"
	      "      FUNCTION:N        N instructions more in each call (fewer than 8 take 4, 6 or 8)\n"
	      "      doorbell:N        N more in each submission to VT-d's queue, its lock held (at\n"
	      "                        least 158)\n"
	      "      lock:N[:ABOVE]    N more there for each other CPU that flushes beyond ABOVE\n"
	      "      flush:EVERY       an invalidation more for each EVERY unmaps\n"
	      "      host:...          the same of a guest's host, as host:__iommu_map:300\n"
	      "  --disturb           move and preempt the flows' processes while they run\n"
	      "  --tracepoints       count by the kernel's tracepoints too: a second source, and a\n"
	      "                      longer path, so for a look and not for a baseline\n"
	      "  --congestion NAME   TCP congestion control of the flows, such as dctcp\n"
	      "  --mtu BYTES         of both NICs\n"
	      "  --ring N            descriptors of each ring of the subject's NIC\n"
	      "  --socket-buffer BYTES\n"
	      "                      of a socket that sends; one that receives has twice that\n"
	      "  --offloads LIST     those of the subject's NIC to be on: gro,gso,lro,rx-checksum,tso\n"
	      "                      or fewer, or none\n"
	      "  --timeout SECONDS   end a machine that takes longer (default 300)\n"
	      "  --baseline FILE     judge against this baseline\n"
	      "  --json              print the judgements as JSON\n"
	      "\n"
	      "Exit: 0 all well; 1 a regression; 2 wrong usage; 3 an invalid or failed measurement;\n"
	      "4 nothing could run, or there was no baseline to judge by.\n", out);
}

struct arguments {
	struct settings settings;
	int runs;		/* 0: as many as the verdict takes */
	const char *out, *baseline, *kernel;
	bool unkept;		/* a record could not be written */
	bool json;
	struct scenario *scenarios;
	size_t nr_scenarios;
};

/* What running came to: the trials that gave records, and how many did not. */
struct outcome {
	struct trial_result *trials;
	size_t n;
	size_t failed, skipped;
};

static int parse_seed(const char *text, unsigned int *out, struct err *e)
{
	int n, ret = cmd_parse_count("--seed", text, 1000000, &n, e);

	if (!ret)
		*out = n;
	return ret;
}

enum { OPT_RUNS = 256, OPT_OUT, OPT_CLOCK, OPT_IOMMU, OPT_KERNEL, OPT_FRESH, OPT_NO_PLAIN, OPT_SEED,
       OPT_PROBES, OPT_INJECT, OPT_DISTURB, OPT_TRACEPOINTS, OPT_TIMEOUT, OPT_BASELINE, OPT_JSON,
       OPT_TRAFFIC };

static int take_option(struct arguments *a, int c, struct err *e)
{
	struct emulated *t = &a->settings.testbed;

	switch (c) {
	case OPT_RUNS: return cmd_parse_count("--runs", optarg, 1000, &a->runs, e);
	case OPT_OUT: a->out = optarg; return 0;
	case OPT_CLOCK: return settings_use_clock(&a->settings, optarg, e);
	case OPT_IOMMU: return settings_use_iommu(&a->settings, optarg, e);
	case OPT_KERNEL: a->kernel = optarg; return 0;
	case OPT_FRESH: t->fresh = true; return 0;
	case OPT_NO_PLAIN: t->unplain = true; return 0;
	case OPT_SEED: return parse_seed(optarg, &t->wish.seed, e);
	case OPT_PROBES: t->wish.probes = optarg; return 0;
	case OPT_INJECT: return inject_parse(optarg, &t->inject, e);
	case OPT_DISTURB: t->disturb = true; return 0;
	case OPT_TRACEPOINTS: t->tracepoints = true; return 0;
	case OPT_TIMEOUT: return cmd_parse_count("--timeout", optarg, 86400, &t->timeout_s, e);
	case OPT_BASELINE: a->baseline = optarg; return 0;
	case OPT_JSON: a->json = true; return 0;
	default: return err_set(e, EINVAL, "see 'iommu-perf run --help'");
	}
}

static int parse_arguments(struct arguments *a, int argc, char **argv, struct err *e)
{
	static const struct option options[] = {
		{ "runs", required_argument, NULL, OPT_RUNS },
		{ "out", required_argument, NULL, OPT_OUT },
		{ "clock", required_argument, NULL, OPT_CLOCK },
		{ "iommu", required_argument, NULL, OPT_IOMMU },
		{ "kernel", required_argument, NULL, OPT_KERNEL },
		{ "fresh", no_argument, NULL, OPT_FRESH },
		{ "no-plain", no_argument, NULL, OPT_NO_PLAIN },
		{ "seed", required_argument, NULL, OPT_SEED },
		{ "probes", required_argument, NULL, OPT_PROBES },
		{ "inject", required_argument, NULL, OPT_INJECT },
		{ "disturb", no_argument, NULL, OPT_DISTURB },
		{ "tracepoints", no_argument, NULL, OPT_TRACEPOINTS },
		{ "timeout", required_argument, NULL, OPT_TIMEOUT },
		{ "baseline", required_argument, NULL, OPT_BASELINE },
		{ "json", no_argument, NULL, OPT_JSON },
		{ "congestion", required_argument, NULL, OPT_TRAFFIC },
		{ "mtu", required_argument, NULL, OPT_TRAFFIC },
		{ "ring", required_argument, NULL, OPT_TRAFFIC },
		{ "socket-buffer", required_argument, NULL, OPT_TRAFFIC },
		{ "offloads", required_argument, NULL, OPT_TRAFFIC },
		{ NULL, 0, NULL, 0 }
	};
	int c, ret, index = 0;

	while ((c = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (c == OPT_TRAFFIC)
			ret = traffic_set(&a->settings.testbed.traffic, options[index].name, optarg,
					  e);
		else
			ret = take_option(a, c, e);
		if (ret)
			return ret;
	}
	if (optind == argc)
		return err_set(e, EINVAL, "run: which scenarios? 'iommu-perf list' names them");
	a->nr_scenarios = argc - optind;
	return cmd_parse_scenarios(argv + optind, a->nr_scenarios, &a->scenarios, e);
}

/* SCENARIO.json; of several runs those after the first, or all where so many were asked for, count. */
static char *record_name(const struct arguments *a, const struct scenario *s, size_t run)
{
	char *name;
	int n = run || a->runs > 1 ? asprintf(&name, "%s/%s.%zu.json", a->out, s->name, run + 1) :
				     asprintf(&name, "%s/%s.json", a->out, s->name);

	return n < 0 ? NULL : name;
}

/* What trial_run() calls. A record that cannot be kept ends all. */
static int keep(const struct trial *t, const struct record *r, size_t run, struct err *e)
{
	struct arguments *a = t->context;
	char *name = record_name(a, &t->scenario, run);
	int ret = name ? record_save(r, name, e) : err_set(e, ENOMEM, "out of memory");

	free(name);
	a->unkept = ret;
	if (!ret && isatty(STDERR_FILENO))
		fprintf(stderr, "# %s: run %zu is there\n", t->scenario.name, run + 1);
	return ret;
}

/* 0 also for a trial that failed or was skipped, which @o counts; an error ends all. */
static int run_one(struct arguments *a, const struct scenario *s, const char *baselines,
		   struct outcome *o, struct err *e)
{
	struct trial t = {
		.testbed = a->settings.testbed, .scenario = *s, .runs = a->runs,
		.baselines = baselines, .baseline = a->baseline, .keep = keep, .context = a,
	};
	int ret = trial_run(&t, &o->trials[o->n], e);

	if (!ret) {
		o->n++;
		return 0;
	}
	if (a->unkept)
		return ret;
	cmd_error("%s: %s%s", s->name, ret == -ENOTSUP ? "skipped: " : "", e->text);
	*(ret == -ENOTSUP ? &o->skipped : &o->failed) += 1;
	return 0;
}

static int print(const struct arguments *a, const struct outcome *o, struct err *e)
{
	struct judgement **list = calloc(o->n, sizeof(*list));
	char **names = calloc(o->n, sizeof(*names));
	int code = list && names ? 0 : err_set(e, ENOMEM, "out of memory");
	size_t i;

	for (i = 0; !code && i < o->n; i++) {
		char *first = record_name(a, &o->trials[i].records[0]->scenario, 0);

		list[i] = o->trials[i].judgement;
		names[i] = first ? cmd_name_records(first, o->trials[i].n) : NULL;
		free(first);
		if (!names[i])
			code = err_set(e, ENOMEM, "out of memory");
	}
	if (!code && a->json)
		report_json(stdout, list, (const char *const *)names, o->n);
	else if (!code && o->n > 1)
		code = report_summary(stdout, list, o->n);
	else if (!code)
		code = report_table(stdout, list[0], names[0]);
	code = code ? cmd_error("out of memory") : judgements_exit_code(list, o->n);
	for (i = 0; names && i < o->n; i++)
		free(names[i]);
	free(names);
	free(list);
	return code;
}

static int conclude(const struct arguments *a, const struct outcome *o, struct err *e)
{
	int code;

	if (!o->n)
		return o->failed ? EXIT_INVALID : EXIT_SKIP;
	code = print(a, o, e);
	return o->failed && code != EXIT_REGRESSED ? EXIT_INVALID : code;
}

static int run_all(struct arguments *a, struct err *e)
{
	struct outcome o = { .trials = calloc(a->nr_scenarios, sizeof(o.trials[0])) };
	char *baselines = places_baselines();
	int ret = o.trials && baselines ? 0 : err_set(e, ENOMEM, "out of memory");
	int code;

	for (size_t i = 0; !ret && i < a->nr_scenarios; i++)
		ret = run_one(a, &a->scenarios[i], baselines, &o, e);
	code = ret ? cmd_error("%s", e->text) : conclude(a, &o, e);
	for (size_t i = 0; i < o.n; i++)
		trial_free(&o.trials[i]);
	free(o.trials);
	free(baselines);
	return code;
}

int cmd_run(int argc, char **argv)
{
	static struct arguments a = { .out = "." };
	struct err e;
	int code;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		usage(stdout);
		return EXIT_OK;
	}
	cmd_end_when_interrupted();
	if (settings_load(&a.settings, &e) || parse_arguments(&a, argc, argv, &e) ||
	    (a.kernel && subject_use(&a.settings, a.kernel, &e)) || file_make_folders(a.out, &e))
		code = cmd_error("%s", e.text);
	else
		code = run_all(&a, &e);
	free(a.scenarios);
	return code;
}
