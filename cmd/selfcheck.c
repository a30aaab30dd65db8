// SPDX-License-Identifier: GPL-2.0
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "testbed/settings.h"
#include "trial/proof.h"

enum { TRACER_CPUS = 4 };

/* The tracer's proof needs several CPUs, the machine of this scenario; the other wants a steady one. */
#define TRACER_SCENARIO "strict-bare-%dflows"
#define PROOF_SCENARIO "strict-bare-4flows"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf selfcheck [--tracer [CPUS]]\n"
	      "Prove on this machine what the suite can detect, in some minutes: first that the tracer\n"
	      "pairs calls rightly, on 4 (or CPUS) virtual CPUs on which threads that call traced\n"
	      "functions are moved and preempted on purpose; then that boots of one kernel are found\n"
	      "equal, and that each of some small slow-downs that are injected is found. It is tried on\n"
	      "the machine with VT-d's IOMMU, into whose functions they are injected.\n"
	      "\n"
	      "  --tracer   the first part alone; prints a line of JSON: calls made, counted and lost\n"
	      "\n"
	      "Exit: 0 it does; 2 wrong usage; 3 it does not, or could not be tried.\n", out);
}

static int fail(const struct err *e)
{
	cmd_error("selfcheck: %s", e->text);
	return EXIT_INVALID;
}

/* The selftest's line of JSON is printed where @verbose, and where it does not hold. */
static int prove_tracer(struct settings *settings, int cpus, bool verbose)
{
	struct emulated testbed = settings->testbed;
	char name[SCENARIO_NAME_MAX], *text;
	struct scenario s;
	struct err e;
	json_t *result;
	bool ok;

	snprintf(name, sizeof(name), TRACER_SCENARIO, cpus);
	if (scenario_parse(name, &s, &e))
		return cmd_error("%s", e.text);
	testbed.wish.real_clock = true;
	if (emulated_selftest(&testbed, &s, &text, &e))
		return fail(&e);
	result = json_loads(text, 0, NULL);
	ok = json_is_true(json_object_get(result, "ok"));
	json_decref(result);
	if (verbose || !ok)
		fputs(text, stdout);
	else
		printf("tracer: every call on %d CPUs was paired or counted as lost\n\n", cpus);
	fflush(stdout);
	free(text);
	return ok ? EXIT_OK : EXIT_INVALID;
}

static int prove_detection(struct settings *settings)
{
	struct scenario s;
	struct err e;
	int failures;

	if (scenario_parse(PROOF_SCENARIO, &s, &e) ||
	    proof_run(&settings->testbed, &s, stdout, &failures, &e))
		return fail(&e);
	return failures ? EXIT_INVALID : EXIT_OK;
}

int cmd_selfcheck(int argc, char **argv)
{
	static struct settings settings;
	bool tracer = argc > 1 && !strcmp(argv[1], "--tracer");
	struct err e;
	int code;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		usage(stdout);
		return EXIT_OK;
	}
	if (argc > 3 || (argc > 1 && !tracer))
		return cmd_error("see 'iommu-perf selfcheck --help'");
	if (settings_load(&settings, &e))
		return cmd_error("%s", e.text);
	/* what is injected is injected into VT-d's functions */
	settings.testbed.wish.driver = DRIVER_VTD;
	code = prove_tracer(&settings, argc > 2 ? atoi(argv[2]) : TRACER_CPUS, tracer);
	return tracer || code ? code : prove_detection(&settings);
}
