// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "report/attribution_picture.h"
#include "report/json.h"
#include "report/table.h"
#include "util/file.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf judge RECORD... [--baseline FILE] [--json] [--summary]\n"
	      "                        [--picture FILE]\n"
	      "Judge records against the baselines of their scenarios and testbeds; several of\n"
	      "one scenario and kernel are runs, and judged together.\n"
	      "\n"
	      "  --baseline FILE  against this one instead\n"
	      "  --json           as JSON\n"
	      "  --summary        one line a scenario\n"
	      "  --picture FILE   draw too what a page costs guest, relay and host, as SVG, of the\n"
	      "                   first record, which must be one of two levels\n"
	      "\n"
	      "Exit: 0 none regressed; 1 at least one did; 3 at least one record is invalid;\n"
	      "4 none has a baseline. The baselines are in $IOMMU_PERF_BASELINES, else in the\n"
	      "source tree.\n", out);
}

struct arguments {
	const char *baseline, *picture;
	bool json, summary;
};

static int print(const struct arguments *a, const struct cmd_judged *judged)
{
	int ret = 0;
	size_t i;

	if (a->json)
		report_json(stdout, judged->list, (const char *const *)judged->names, judged->n);
	else if (a->summary)
		ret = report_summary(stdout, judged->list, judged->n);
	for (i = 0; !ret && !a->json && !a->summary && i < judged->n; i++) {
		if (i)
			putchar('\n');
		ret = report_table(stdout, judged->list[i], judged->names[i]);
	}
	return ret ? cmd_error("out of memory") : judgements_exit_code(judged->list, judged->n);
}

static int draw(const char *path, const struct record *r, const char *name, struct err *e)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int ret = out ? attribution_picture(out, r) : -ENOMEM;

	if (out && fclose(out))
		ret = -ENOMEM;
	if (ret == -EINVAL)
		err_set(e, EINVAL, "--picture: %s is of one level; what is drawn is of a host and "
			"its guest, as strict-shadow-4flows", name);
	else if (ret)
		err_set(e, ENOMEM, "out of memory");
	else
		ret = file_write_atomic(path, text, len, e);
	free(text);
	return ret;
}

static int judge_files(const struct arguments *a, char **names, size_t n)
{
	struct cmd_judged judged;
	struct record **records;
	struct err e;
	int code;

	if (cmd_load_records(names, n, &records, &e))
		return cmd_error("%s", e.text);
	if (a->picture && draw(a->picture, records[0], names[0], &e)) {
		code = cmd_error("%s", e.text);
	} else if (cmd_judge_records(records, names, n, a->baseline, &judged, &e)) {
		code = cmd_error("%s", e.text);
	} else {
		code = print(a, &judged);
		cmd_free_judged(&judged);
	}
	cmd_free_records(records, n);
	return code;
}

int cmd_judge(int argc, char **argv)
{
	static const struct option options[] = {
		{ "baseline", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ "picture", required_argument, NULL, 'p' },
		{ "summary", no_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 }
	};
	struct arguments a = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'h':
			usage(stdout);
			return EXIT_OK;
		case 'b':
			a.baseline = optarg;
			break;
		case 'j':
			a.json = true;
			break;
		case 'p':
			a.picture = optarg;
			break;
		case 's':
			a.summary = true;
			break;
		default:
			return cmd_error("see 'iommu-perf judge --help'");
		}
	}
	if (optind == argc)
		return cmd_error("judge: which records? See 'iommu-perf judge --help'");
	return judge_files(&a, argv + optind, argc - optind);
}
