// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "util/version.h"

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "baseline", cmd_baseline },
	{ "bisect", cmd_bisect },
	{ "check", cmd_check },
	{ "compare", cmd_compare },
	{ "doctor", cmd_doctor },
	{ "history", cmd_history },
	{ "import", cmd_import },
	{ "judge", cmd_judge },
	{ "list", cmd_list },
	{ "run", cmd_run },
	{ "selfcheck", cmd_selfcheck },
};

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf VERB [ARGUMENT...]\n"
	      "Measure what DMA protection costs, and judge it against accepted measurements.\n"
	      "\n"
	      "  list [--tier T]                         the scenarios\n"
	      "  run SCENARIO...                         measure scenarios and judge them\n"
	      "  doctor [--root DIR]                     what this machine's IOMMU can count\n"
	      "  selfcheck                               prove what the suite can detect, here\n"
	      "  check RECORD...                         are these records possible and complete?\n"
	      "  judge RECORD... [--baseline FILE]       verdicts of records\n"
	      "  compare BASE... --with TEST...          two sets of records, side by side\n"
	      "  bisect --good V --bad V SCENARIO METRIC the kernel that made a metric worse\n"
	      "  import FILE... --out DIR                another tool's report as records\n"
	      "  baseline accept RECORD... | show SCENARIO | diff SCENARIO RECORD...\n"
	      "  history add RECORD... | list | show SCENARIO | scan\n"
	      "                                          when metrics changed, over many records\n"
	      "\n"
	      "  iommu-perf VERB --help                  the options of a verb\n"
	      "  iommu-perf --version\n"
	      "\n"
	      "Exit: 0 all well; 1 a regression; 2 wrong usage or unreadable input; 3 an invalid\n"
	      "measurement; 4 nothing could run, or there was no baseline to judge by.\n", out);
}

/* What was printed must have arrived: a full disk is no success. */
static int finish(int code)
{
	if (!ferror(stdout) && !fclose(stdout))
		return code;
	return cmd_error("cannot write the output: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return finish(EXIT_OK);
	}
	if (!strcmp(argv[1], "--version")) {
		puts("iommu-perf " SUITE_VERSION);
		return finish(EXIT_OK);
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return finish(verbs[i].run(argc - 1, argv + 1));
	return cmd_error("'%s' is no verb; 'iommu-perf --help' lists them", argv[1]);
}
