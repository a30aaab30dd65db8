// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <stdio.h>

#include "cmd.h"
#include "report/json.h"
#include "report/table.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf check RECORD... [--json]\n"
	      "       iommu-perf check --list\n"
	      "Say of each record whether it is physically possible and complete.\n"
	      "\n"
	      "  --json   as JSON, with every single result\n"
	      "  --list   each check, and what holds where it passes\n"
	      "\n"
	      "Exit: 0 all are valid; 3 at least one is not.\n", out);
}

static int check(char **names, size_t n, int json)
{
	struct cmd_judged judged;
	struct record **records;
	int code = EXIT_OK;
	struct err e;
	size_t i;

	if (cmd_load_records(names, n, &records, &e))
		return cmd_error("%s", e.text);
	if (cmd_check_records(records, names, n, &judged, &e)) {
		cmd_free_records(records, n);
		return cmd_error("%s", e.text);
	}
	if (json)
		report_checks_json(stdout, judged.list, (const char *const *)names, n);
	for (i = 0; i < n; i++) {
		if (judged.list[i]->validity.failed)
			code = EXIT_INVALID;
		if (!json && report_checks(stdout, judged.list[i], names[i]))
			code = cmd_error("out of memory");
	}
	cmd_free_judged(&judged);
	cmd_free_records(records, n);
	return code;
}

static int list_checks(void)
{
	enum check_id id;

	for (id = 0; id < CHECKS; id++)
		printf("%-10s %s\n", check_name(id), check_meaning(id));
	return EXIT_OK;
}

int cmd_check(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ "list", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 }
	};
	int c, json = 0;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			usage(stdout);
			return EXIT_OK;
		}
		if (c == 'l')
			return list_checks();
		if (c != 'j')
			return cmd_error("see 'iommu-perf check --help'");
		json = 1;
	}
	if (optind == argc)
		return cmd_error("check: which records? See 'iommu-perf check --help'");
	return check(argv + optind, argc - optind, json);
}
