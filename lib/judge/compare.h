/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two sets of records, side by side: usually those of two kernels. A pure function of them.
 *
 * Metrics that gate by default are decided on, see judge/gates.h and judge/decide.h. All others are
 * diagnostics: a rank test each, adjusted for their number, and no verdict.
 */
#ifndef JUDGE_COMPARE_H
#define JUDGE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/decide.h"
#include "judge/gates.h"
#include "judge/metrics.h"
#include "record/record.h"
#include "util/err.h"

enum compare_side { SIDE_BASE, SIDE_TEST, SIDES };

/* The share of wrong ones that those called significant may have. */
#define COMPARE_Q 0.05

/* One side's records, the caller's, and the files they come from. */
struct compare_input {
	struct record *const *records;
	char *const *names;
	size_t n;
};

enum run_use {
	RUN_USED,
	RUN_INVALID,	/* impossible or incomplete: left out */
	RUN_REPEATED,	/* the same as an earlier run to the last number: counts once with it */
};

struct compare_run {
	const struct record *record;	/* the caller's, as is @name */
	const char *name;
	enum run_use use;
	char why[400];		/* of one that is not used */
};

struct compare_metric {
	struct metric metric;	/* what it is; its value is none */
	double *values[SIDES];	/* of the runs used that have it, in their order */
	size_t n[SIDES];
	char absent[SIDES][160];	/* why a side has none */
	/* Where both sides have values; without a gate a change of any size is "regressed". */
	struct decision decision;
	bool gate;
	bool noisy;		/* it would gate, but the base's runs spread by more than is allowed */
	struct gate held;	/* of one that gates: to what */
	enum verdict verdict;	/* of one that gates */
	double p, q;		/* of a diagnostic that differs between any two runs; else NAN */
};

struct compare_scenario {
	struct scenario scenario;
	struct compare_run *runs[SIDES];
	size_t n[SIDES], used[SIDES];
	struct compare_metric *list;	/* in the record's order */
	size_t nr_metrics;
	enum verdict verdict;
	char reason[400];	/* the metrics that regressed, why invalid; or "" */
	char note[600];		/* what else to know; or "" */
};

struct comparison {
	struct compare_scenario *list;	/* by mode, then by flows */
	size_t n;
	enum verdict verdict;	/* of all */
	/* Scenarios that the other side lacks, with commas between them; from malloc, or NULL */
	char *only[SIDES];
	/* Of the diagnostics of all scenarios: */
	size_t diagnostics;	/* how many were tested */
	size_t significant;	/* with q <= COMPARE_Q */
	double least_p;		/* the smallest that these numbers of runs allow */
	size_t runs_needed;	/* a side, for least_p to reach COMPARE_Q / diagnostics */
};

const char *compare_side_name(enum compare_side side);

/*
 * Compare. The caller frees *@out with comparison_free(); the inputs must outlive it. -EINVAL:
 * records that must not be compared, @e says what differs; -ENOENT: no scenario is on both sides;
 * -ENOMEM.
 */
int compare(const struct compare_input sides[SIDES], struct comparison **out, struct err *e);
void comparison_free(struct comparison *c);

/* 1 where a scenario regressed, else 3 where one is invalid, else 0. */
int comparison_exit_code(const struct comparison *c);

const struct compare_metric *compare_find(const struct compare_scenario *s, const char *name);

/* The gated metric that changed most for the worse, in units of what it may; NULL: none did. */
const struct compare_metric *compare_worst(const struct compare_scenario *s);

/* A run that is used, and so says what the side is; NULL: there is none. */
const struct record *compare_example(const struct compare_scenario *s, enum compare_side side);

/*
 * Do the diagnostics say anything? Where none is significant and least_p exceeds what the first of
 * them needs, so few runs could not have told.
 */
bool compare_could_tell(const struct comparison *c);

#endif
