// SPDX-License-Identifier: GPL-2.0
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "testbed/settings.h"

/* The proof needs several CPUs and threads that contend: the machine of this scenario. */
#define SCENARIO "strict-bare-%dflows"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf selfcheck [CPUS]\n"
	      "Prove on this machine that the tracer pairs calls rightly: on CPUS (4, default, or\n"
	      "another number of flows) virtual CPUs, threads that call traced functions are moved\n"
	      "and preempted on purpose. Prints one line of JSON: calls made, counted and lost.\n"
	      "\n"
	      "Exit: 0 it does; 2 wrong usage; 3 it does not, or could not be tried.\n", out);
}

static int run(int cpus)
{
	static struct settings settings;
	char name[SCENARIO_NAME_MAX], *text;
	struct scenario s;
	struct err e;
	json_t *result;
	bool ok;

	snprintf(name, sizeof(name), SCENARIO, cpus);
	if (settings_load(&settings, &e) || scenario_parse(name, &s, &e))
		return cmd_error("%s", e.text);
	settings.testbed.wish.real_clock = true;
	if (emulated_selftest(&settings.testbed, &s, &text, &e)) {
		cmd_error("selfcheck: %s", e.text);
		return EXIT_INVALID;
	}
	fputs(text, stdout);
	result = json_loads(text, 0, NULL);
	ok = json_is_true(json_object_get(result, "ok"));
	json_decref(result);
	free(text);
	return ok ? EXIT_OK : EXIT_INVALID;
}

int cmd_selfcheck(int argc, char **argv)
{
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		usage(stdout);
		return EXIT_OK;
	}
	if (argc > 2)
		return cmd_error("see 'iommu-perf selfcheck --help'");
	return run(argc > 1 ? atoi(argv[1]) : 4);
}
