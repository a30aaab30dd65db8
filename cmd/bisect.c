// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "bisect_git.h"
#include "cmd.h"
#include "report/bisect.h"

static void usage(FILE *out)
{
	fputs("Usage: iommu-perf bisect --good VERSION --bad VERSION SCENARIO METRIC\n"
	      "       iommu-perf bisect --tree DIR --good REV --bad REV SCENARIO METRIC\n"
	      "       git bisect run iommu-perf bisect --step DIR SCENARIO METRIC\n"
	      "Find the first kernel in which a metric is on the bad end's side: of Debian's stock\n"
	      "kernels between two versions, or of the commits of the git tree DIR, each of which is\n"
	      "built, booted and measured, in a worktree of its own. Both ends are measured first, and\n"
	      "the threshold is in the middle between them; ends that cannot be told apart are refused.\n"
	      "\n"
	      "  --good WHAT, --bad WHAT\n"
	      "                      the ends: versions such as 6.12.90, or revisions of the tree\n"
	      "  --tree DIR          bisect the commits of this kernel tree, by git\n"
	      "  --step DIR          judge the kernel that is checked out in DIR now, and exit as\n"
	      "                      'git bisect run' wants it\n"
	      "  --good-value X, --bad-value Y\n"
	      "                      with --step: the values of the ends, where they were not measured\n"
	      "                      by --tree\n"
	      "  --state DIR         where all records are kept, and where the same command goes on\n"
	      "                      after a crash (default: bisect in this folder; of a tree,\n"
	      "                      iommu-perf-bisect in its .git)\n"
	      "  --build DIR         of a tree: the folder of the worktree and the objects, some 2 GB\n"
	      "                      (default: build in --state)\n"
	      "  --clock CLOCK       counted (default): one run says it, or three in doubt. real: 3 to 7\n"
	      "                      runs vote\n"
	      "  --iommu IOMMU       of the machine: vtd (default), amd or virtio\n"
	      "  --timeout SECONDS   end a machine that takes longer (default 300)\n"
	      "\n"
	      "Exit: 0 the first bad one is found, or with --step: good; 1 with --step: bad; 125 it\n"
	      "cannot be told; 128 and more: refused, wrong usage, or the laboratory is broken.\n", out);
}

int bisect_broken(const struct err *e)
{
	cmd_error("bisect: %s", e->text);
	return BISECT_EXIT_BROKEN;
}

void bisect_progress(const struct bisection *b, const struct candidate *c)
{
	fprintf(stderr, "# bisect: %s: ", c->name);
	report_candidate(stderr, c, b->unit);
	if (c->title)
		fprintf(stderr, ": %s", c->title);
	fputc('\n', stderr);
}

int bisect_end(struct bisection *b, const char *name, const char *title,
	       bisection_prepare prepare, void *context, struct err *e)
{
	struct candidate c = { .name = name, .title = title };
	int ret = bisection_measure(b, &c, bisection_end_runs(b), prepare, context, e);

	if (ret)
		return ret;
	bisect_progress(b, &c);
	if (c.answer != BISECT_SKIP)
		return 0;
	bisection_forget(b, name);	/* the same command may try again */
	return err_set(e, ERANGE, "the end %.100s cannot be told: %s", name, c.why);
}

int bisect_conclude(const struct bisect_arguments *a, struct bisect_statement *s)
{
	s->scenario = a->scenario;
	s->metric = a->metric;
	s->unit = a->b.unit;
	s->clock = bisection_clock(&a->b);
	s->threshold = a->b.threshold;
	s->state = a->b.state;
	report_bisect(stdout, s);
	return report_bisect_found(s) ? BISECT_EXIT_GOOD : BISECT_EXIT_SKIP;
}

enum { OPT_GOOD = 256, OPT_BAD, OPT_TREE, OPT_STEP, OPT_GOOD_VALUE, OPT_BAD_VALUE, OPT_STATE,
       OPT_BUILD, OPT_CLOCK, OPT_IOMMU, OPT_TIMEOUT };

static int take_option(struct bisect_arguments *a, int c, struct err *e)
{
	switch (c) {
	case OPT_GOOD: a->good = optarg; return 0;
	case OPT_BAD: a->bad = optarg; return 0;
	case OPT_STEP: a->step = true; a->tree = optarg; return 0;
	case OPT_TREE: a->tree = optarg; return 0;
	case OPT_GOOD_VALUE: a->good_value = optarg; return 0;
	case OPT_BAD_VALUE: a->bad_value = optarg; return 0;
	case OPT_STATE: a->state = optarg; return 0;
	case OPT_BUILD: a->build = optarg; return 0;
	case OPT_CLOCK: return settings_use_clock(&a->settings, optarg, e);
	case OPT_IOMMU: return settings_use_iommu(&a->settings, optarg, e);
	case OPT_TIMEOUT:
		return cmd_parse_count("--timeout", optarg, 86400, &a->settings.testbed.timeout_s, e);
	default: return err_set(e, EINVAL, "see 'iommu-perf bisect --help'");
	}
}

static int check_arguments(const struct bisect_arguments *a, int left, struct err *e)
{
	if (left != 2)
		return err_set(e, EINVAL, "one scenario and one metric: see 'iommu-perf bisect --help'");
	if (!a->step && (!a->good || !a->bad))
		return err_set(e, EINVAL, "between which ends? --good and --bad name them");
	if (a->step && (a->good || a->bad))
		return err_set(e, EINVAL, "--step judges one kernel: --good and --bad are for --tree");
	if (!a->step && (a->good_value || a->bad_value))
		return err_set(e, EINVAL, "--good-value and --bad-value are for --step: the ends are "
			       "measured");
	if (!a->good_value != !a->bad_value)
		return err_set(e, EINVAL, "--good-value and --bad-value: both or none");
	if (a->build && !a->tree)
		return err_set(e, EINVAL, "--build is for --tree and --step");
	return 0;
}

/* A step runs where git bisect is, which is in the tree. The text stays until the end. */
static int absolute(const char **path, struct err *e)
{
	char *text, *here;

	if (!*path || **path == '/')
		return 0;
	here = realpath(".", NULL);
	if (!here || asprintf(&text, "%s/%s", here, *path) < 0)
		return err_set(e, ENOMEM, "out of memory");
	free(here);
	*path = text;
	return 0;
}

static int parse_arguments(struct bisect_arguments *a, int argc, char **argv, struct err *e)
{
	static const struct option options[] = {
		{ "good", required_argument, NULL, OPT_GOOD },
		{ "bad", required_argument, NULL, OPT_BAD },
		{ "tree", required_argument, NULL, OPT_TREE },
		{ "step", required_argument, NULL, OPT_STEP },
		{ "good-value", required_argument, NULL, OPT_GOOD_VALUE },
		{ "bad-value", required_argument, NULL, OPT_BAD_VALUE },
		{ "state", required_argument, NULL, OPT_STATE },
		{ "build", required_argument, NULL, OPT_BUILD },
		{ "clock", required_argument, NULL, OPT_CLOCK },
		{ "iommu", required_argument, NULL, OPT_IOMMU },
		{ "timeout", required_argument, NULL, OPT_TIMEOUT },
		{ NULL, 0, NULL, 0 }
	};
	int c, ret;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		ret = take_option(a, c, e);
		if (ret)
			return ret;
	}
	if (argc - optind >= 2) {
		a->scenario = argv[optind];
		a->metric = argv[optind + 1];
	}
	ret = check_arguments(a, argc - optind, e);
	if (ret)
		return ret;
	ret = absolute(&a->tree, e);
	if (!ret)
		ret = absolute(&a->build, e);
	if (ret)
		return ret;
	return bisection_init(&a->b, &a->settings, a->scenario, a->metric, e);
}

int cmd_bisect(int argc, char **argv)
{
	static struct bisect_arguments a;
	struct err e;
	int code;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		usage(stdout);
		return EXIT_OK;
	}
	cmd_end_when_interrupted();
	git_forget_environment();
	if (settings_load(&a.settings, &e) || parse_arguments(&a, argc, argv, &e))
		return bisect_broken(&e);
	if (a.step)
		code = bisect_step(&a);
	else
		code = a.tree ? bisect_tree(&a) : bisect_packages(&a);
	bisection_free(&a.b);
	return code;
}
