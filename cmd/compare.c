// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "judge/compare.h"
#include "report/compare.h"
#include "util/file.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf compare BASE... --with TEST... [OPTION...]\n"
	      "       iommu-perf compare --kernels A B SCENARIO... [OPTION...]\n"
	      "Compare two sets of records, as of two kernels, scenario by scenario. Or measure two\n"
	      "kernels in turn, A B B A, and compare those records.\n"
	      "\n"
	      "  --plain      for a mail: ASCII, 76 columns\n"
	      "  --json       everything as JSON\n"
	      "  --html FILE  write a page with pictures too; it needs nothing else\n"
	      "\n"
	      "With --kernels, each of which is one as 'iommu-perf run --kernel' takes it:\n"
	      "  --runs N     of each kernel (default 3, on the real clock 5); on the counted clock\n"
	      "               several come from a boot each\n"
	      "  --clock CLOCK\n"
	      "               counted (default) or real\n"
	      "  --iommu IOMMU\n"
	      "               of the machine: vtd (default), amd, virtio or smmuv3\n"
	      "  --fresh      boot anew for each run on the real clock too\n"
	      "  --timeout SECONDS\n"
	      "               end a machine that takes longer (default 300)\n"
	      "  --out DIR    write the records to DIR/base and DIR/test (default: this folder)\n"
	      "\n"
	      "Exit: 0 none regressed; 1 at least one scenario did; 2 wrong usage, or records that\n"
	      "must not be compared; 3 at least one scenario has no valid record on a side, or a run\n"
	      "failed; 4 no scenario is on both sides, or none could run.\n", out);
}

struct arguments {
	bool plain, json;
	const char *html;
	char **names[SIDES];
	size_t n[SIDES];
	bool two_kernels;	/* names[SIDE_BASE] are two folders and scenarios then */
	struct cmd_kernels kernels;
};

static int print(const struct arguments *a, const struct comparison *c)
{
	if (a->json)
		return report_compare_json(stdout, c);
	return a->plain ? report_compare_plain(stdout, c) : report_compare_table(stdout, c);
}

static int write_html(const char *path, const struct comparison *c, struct err *e)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int ret = out ? report_compare_html(out, c) : -ENOMEM;

	if (out && fclose(out))
		ret = -ENOMEM;
	if (ret)
		err_set(e, ENOMEM, "out of memory");
	else
		ret = file_write_atomic(path, text, len, e);
	free(text);
	return ret;
}

static int report(const struct arguments *a, const struct compare_input sides[SIDES])
{
	struct comparison *c;
	struct err e;
	int ret, code;

	ret = compare(sides, &c, &e);
	if (ret) {
		code = cmd_error("compare: %s", e.text);
		return ret == -ENOENT ? EXIT_SKIP : code;
	}
	code = comparison_exit_code(c);
	if (a->html && write_html(a->html, c, &e))
		code = cmd_error("%s", e.text);
	else if (print(a, c))
		code = cmd_error("out of memory");
	comparison_free(c);
	return code;
}

static int compare_files(const struct arguments *a)
{
	struct compare_input sides[SIDES];
	struct record **records[SIDES] = { NULL, NULL };
	struct err e;
	int code = 0;
	size_t side;

	for (side = 0; !code && side < SIDES; side++) {
		if (cmd_load_records(a->names[side], a->n[side], &records[side], &e))
			code = cmd_error("%s", e.text);
		sides[side] = (struct compare_input) {
			records[side], a->names[side], a->n[side],
		};
	}
	if (!code)
		code = report(a, sides);
	for (side = 0; side < SIDES; side++)
		cmd_free_records(records[side], a->n[side]);
	return code;
}

static int compare_kernels(struct arguments *a)
{
	struct compare_input sides[SIDES];
	struct cmd_measured m;
	struct err e;
	size_t side;
	int code;

	a->kernels.dirs = a->names[SIDE_BASE];
	a->kernels.scenarios = a->names[SIDE_BASE] + 2;
	a->kernels.nr_scenarios = a->n[SIDE_BASE] - 2;
	if (cmd_measure_kernels(&a->kernels, &m, &e))
		return cmd_error("%s", e.text);
	for (side = 0; side < SIDES; side++)
		sides[side] = (struct compare_input) { m.records[side], m.names[side], m.n[side] };
	if (m.n[SIDE_BASE] && m.n[SIDE_TEST])
		code = report(a, sides);
	else
		code = m.failed ? EXIT_INVALID : EXIT_SKIP;
	if (m.failed && code == EXIT_OK)
		code = EXIT_INVALID;
	cmd_free_measured(&m);
	return code;
}

/* The options that only measuring takes, or only records. */
static int check_arguments(const struct arguments *a, bool with, const char *measuring,
			   struct err *e)
{
	if (a->plain && a->json)
		return err_set(e, EINVAL, "compare: --plain or --json, not both");
	if (a->two_kernels && with)
		return err_set(e, EINVAL, "compare: --kernels measures, --with compares records: "
			       "not both");
	if (a->two_kernels && a->n[SIDE_BASE] < 3)
		return err_set(e, EINVAL, "compare: --kernels A B SCENARIO...: two kernels "
			       "and at least one scenario; 'iommu-perf list' names them");
	if (a->two_kernels)
		return 0;
	if (measuring)
		return err_set(e, EINVAL, "compare: --%s is for --kernels; records are as they are",
			       measuring);
	if (!a->n[SIDE_BASE] || !a->n[SIDE_TEST])
		return err_set(e, EINVAL, "compare: which records? BASE... --with TEST...; see "
			       "'iommu-perf compare --help'");
	return 0;
}

enum { OPT_HTML = 256, OPT_JSON, OPT_PLAIN, OPT_WITH, OPT_KERNELS,
       /* of --kernels alone */
       OPT_RUNS, OPT_CLOCK, OPT_IOMMU, OPT_OUT, OPT_TIMEOUT, OPT_FRESH };

static int take_measuring(struct cmd_kernels *k, int c, struct err *e)
{
	switch (c) {
	case OPT_RUNS: return cmd_parse_count("--runs", optarg, 1000, &k->runs, e);
	case OPT_TIMEOUT: return cmd_parse_count("--timeout", optarg, 86400, &k->timeout_s, e);
	case OPT_CLOCK: k->clock = optarg; return 0;
	case OPT_IOMMU: k->iommu = optarg; return 0;
	case OPT_OUT: k->out = optarg; return 0;
	default: k->fresh = true; return 0;
	}
}

/* Names that are no options come as option 1, in their place: --with parts them. */
static int parse_arguments(struct arguments *a, int argc, char **argv, struct err *e)
{
	static const struct option options[] = {
		{ "clock", required_argument, NULL, OPT_CLOCK },
		{ "fresh", no_argument, NULL, OPT_FRESH },
		{ "html", required_argument, NULL, OPT_HTML },
		{ "iommu", required_argument, NULL, OPT_IOMMU },
		{ "json", no_argument, NULL, OPT_JSON },
		{ "kernels", no_argument, NULL, OPT_KERNELS },
		{ "out", required_argument, NULL, OPT_OUT },
		{ "plain", no_argument, NULL, OPT_PLAIN },
		{ "runs", required_argument, NULL, OPT_RUNS },
		{ "timeout", required_argument, NULL, OPT_TIMEOUT },
		{ "with", no_argument, NULL, OPT_WITH },
		{ NULL, 0, NULL, 0 }
	};
	enum compare_side side = SIDE_BASE;
	const char *measuring = NULL;
	int c, index = 0, ret = 0;

	while (!ret && (c = getopt_long(argc, argv, "-", options, &index)) != -1) {
		switch (c) {
		case 1: a->names[side][a->n[side]++] = optarg; break;
		case OPT_HTML: a->html = optarg; break;
		case OPT_JSON: a->json = true; break;
		case OPT_PLAIN: a->plain = true; break;
		case OPT_KERNELS: a->two_kernels = true; break;
		case OPT_WITH:
			if (side == SIDE_TEST)
				return err_set(e, EINVAL, "compare: --with twice: it stands once, "
					       "between the two sets of records");
			side = SIDE_TEST;
			break;
		case '?': return err_set(e, EINVAL, "see 'iommu-perf compare --help'");
		default:
			measuring = options[index].name;
			ret = take_measuring(&a->kernels, c, e);
		}
	}
	while (optind < argc)
		a->names[side][a->n[side]++] = argv[optind++];
	return ret ? ret : check_arguments(a, side == SIDE_TEST, measuring, e);
}

int cmd_compare(int argc, char **argv)
{
	struct arguments a = {
		.names = { calloc(argc, sizeof(char *)), calloc(argc, sizeof(char *)) },
		.kernels.out = ".",
	};
	struct err e;
	int code;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		usage(stdout);
		code = EXIT_OK;
	} else if (!a.names[SIDE_BASE] || !a.names[SIDE_TEST]) {
		code = cmd_error("out of memory");
	} else if (parse_arguments(&a, argc, argv, &e)) {
		code = cmd_error("%s", e.text);
	} else {
		code = a.two_kernels ? compare_kernels(&a) : compare_files(&a);
	}
	free(a.names[SIDE_BASE]);
	free(a.names[SIDE_TEST]);
	return code;
}
