// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "scenario/matrix.h"
#include "testbed/settings.h"
#include "util/places.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf list [--tier TIER]\n"
	      "List the scenarios of the matrix, one \"NAME TIER\" a line, and for each that this\n"
	      "machine cannot run, why not.\n"
	      "\n"
	      "  --tier quick   the handful that touches every mode\n"
	      "  --tier full    all, as without the option\n"
	      "\n"
	      "The matrix is $IOMMU_PERF_MATRIX, else tests/matrix of the source tree.\n", out);
}

/* Why @s cannot run, or NULL. QEMU's part of it is the same for all of a mode: ask once. */
static const char *why_not(const struct scenario *s)
{
	static struct settings settings;
	static struct scenario asked;
	static struct err e;
	static int ret;

	if (asked.flows && asked.host == s->host && asked.guest == s->guest)
		return ret ? e.text : NULL;
	asked = *s;
	ret = settings_load(&settings, &e);
	if (!ret)
		ret = emulated_can_run(&settings.testbed, s, &e);
	return ret ? e.text : NULL;
}

static void print_entry(const struct matrix_entry *entry)
{
	const char *why = why_not(&entry->scenario);

	printf("%-*s %s%s%s\n", 32, entry->scenario.name, entry->quick ? "quick" : "full",
	       why ? "  cannot run: " : "", why ? why : "");
}

static int list(bool quick)
{
	struct matrix *m = malloc(sizeof(*m));
	char *path = places_matrix();
	int code = EXIT_OK;
	struct err e;
	size_t i;

	if (!m || !path) {
		code = cmd_error("out of memory");
	} else if (matrix_load(path, m, &e)) {
		code = cmd_error("%s", e.text);
	} else {
		for (i = 0; i < m->n; i++)
			if (m->list[i].quick || !quick)
				print_entry(&m->list[i]);
	}
	free(path);
	free(m);
	return code;
}

int cmd_list(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "tier", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 }
	};
	bool quick = false;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			usage(stdout);
			return EXIT_OK;
		}
		if (c != 't')
			return cmd_error("see 'iommu-perf list --help'");
		if (strcmp(optarg, "quick") && strcmp(optarg, "full"))
			return cmd_error("tier '%s' must be quick or full", optarg);
		quick = !strcmp(optarg, "quick");
	}
	if (optind < argc)
		return cmd_error("list takes no '%s'; see 'iommu-perf list --help'", argv[optind]);
	return list(quick);
}
