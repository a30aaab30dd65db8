/* SPDX-License-Identifier: GPL-2.0 */
/* The judge: the runs of a scenario against its baseline. A pure function of both. */
#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/baseline.h"
#include "judge/metrics.h"
#include "judge/validity.h"

struct metric_verdict {
	char name[80];
	const struct metric *metric;		/* median over the runs; NULL: they lack it */
	const struct baseline_metric *baseline;	/* in the baseline; NULL: it lacks it */
	bool gate;
	enum verdict verdict;			/* of a gated one */
	double change;				/* absolute, when both are there */
	struct decision decision;		/* of a gated one that has its value in all runs */
	char reason[256];			/* for inconclusive and invalid */
};

struct judgement {
	const struct record *record;		/* the caller's: the first, or one that is invalid */
	size_t runs;
	const struct baseline *baseline;	/* the caller's; NULL: none, or not comparable */
	struct metrics metrics;			/* medians over the runs */
	struct validity validity;		/* of @record */
	enum verdict verdict;
	char reason[400];	/* why invalid, why no baseline; else "" */
	char note[800];		/* what else to know, such as another kernel; or "" */
	struct metric_verdict list[2 * METRICS_MAX];	/* the record's order, then what it lacks */
	size_t n;
};

/*
 * Judge @n > 0 runs of one scenario in one environment against @b; where @b is NULL, @why_none says
 * why. One invalid record makes the judgement invalid. Records and @b must outlive the judgement,
 * which is from malloc; the caller frees it. NULL: no memory.
 */
struct judgement *judge_runs(const struct record *const *records, size_t n,
			     const struct baseline *b, const char *why_none);

/* The same of one run. */
struct judgement *judge(const struct record *r, const struct baseline *b, const char *why_none);

/*
 * Judge runs against the baseline in @file, or where @file is NULL against their own in the folder
 * @dir. A baseline that is not there is no error, one that cannot be read is. The caller frees *@b
 * (NULL: none) and *@j.
 */
int judge_stored(const struct record *const *records, size_t n, const char *dir, const char *file,
		 struct baseline **b, struct judgement **j, struct err *e);

/*
 * How many runs in all the verdict takes to stand: j->runs where it does. On the counted clock, and
 * over two levels on any, a regression must show again, in one more run. On the real clock an
 * interval takes DECIDE_RUNS runs, then 7, then 10, while it is inconclusive; and a regression must
 * stand with 10.
 */
size_t judgement_wants(const struct judgement *j);

/* May @a and @b be runs of one judgement? They are of one kernel, and a baseline of @a fits @b. */
bool judge_together(const struct record *a, const struct record *b);

/* The gated metric that changed most for the worse, in units of what it may; NULL: none did. */
const struct metric_verdict *judgement_worst(const struct judgement *j);

/*
 * The exit code that @n judgements make: 1 where one regressed, else 3 where one is invalid, else 4
 * where none had a baseline, else 0.
 */
int judgements_exit_code(struct judgement *const *list, size_t n);

#endif
