/* SPDX-License-Identifier: GPL-2.0 */
/* The two ways of iommu-perf bisect; nobody else includes it. */
#ifndef CMD_BISECT_H
#define CMD_BISECT_H

#include "report/bisect.h"
#include "trial/bisection.h"

/* As git bisect run wants them. */
enum {
	BISECT_EXIT_GOOD = 0,
	BISECT_EXIT_BAD = 1,
	BISECT_EXIT_SKIP = 125,
	BISECT_EXIT_BROKEN = 128,	/* the laboratory, or the command; it ends a git bisect */
};

struct bisect_arguments {
	struct settings settings;
	const char *good, *bad;		/* ends: revisions or versions */
	const char *good_value, *bad_value;
	const char *tree;		/* of --tree and --step */
	const char *state, *build;
	bool step;
	const char *scenario, *metric;
	struct bisection b;
};

/* Print "iommu-perf: bisect: message" to stderr; BISECT_EXIT_BROKEN. */
int bisect_broken(const struct err *e);

/* Say on stderr how a kernel came out. */
void bisect_progress(const struct bisection *b, const struct candidate *c);

/* Measure an end, which must give a value; -ERANGE where it does not. */
int bisect_end(struct bisection *b, const char *name, const char *title,
	       bisection_prepare prepare, void *context, struct err *e);

/* Print the statement, of which list and outcome are there, and return the exit code. */
int bisect_conclude(const struct bisect_arguments *a, struct bisect_statement *s);

/* Exit codes: packages between two versions; a git tree between two revisions; one step of that. */
int bisect_packages(struct bisect_arguments *a);
int bisect_tree(struct bisect_arguments *a);
int bisect_step(struct bisect_arguments *a);

#endif
