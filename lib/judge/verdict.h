/* SPDX-License-Identifier: GPL-2.0 */
/* The judge: a record against a baseline. A pure function of both. */
#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/baseline.h"
#include "judge/metrics.h"
#include "judge/validity.h"

enum verdict {
	VERDICT_OK,
	VERDICT_IMPROVED,	/* beyond the tolerance in the better direction */
	VERDICT_REGRESSED,	/* beyond it in the worse direction */
	VERDICT_INCONCLUSIVE,	/* too few calls to say */
	VERDICT_INVALID,	/* the measurement is impossible or incomplete */
	VERDICT_NO_BASELINE,	/* nothing to compare with */
};

struct metric_verdict {
	char name[80];
	const struct metric *metric;		/* in the judgement; NULL: the record lacks it */
	const struct baseline_metric *baseline;	/* in the baseline; NULL: it lacks it */
	bool gate;
	enum verdict verdict;			/* of a gated one */
	double change;				/* value - baseline, when both are there */
	char reason[256];			/* for inconclusive and invalid */
};

struct judgement {
	const struct record *record;		/* the caller's */
	const struct baseline *baseline;	/* the caller's; NULL: none, or not comparable */
	struct metrics metrics;
	struct validity validity;
	enum verdict verdict;
	char reason[400];	/* why invalid, why no baseline; else "" */
	char note[320];		/* what else to know, such as another kernel; or "" */
	struct metric_verdict list[2 * METRICS_MAX];	/* the record's order, then what it lacks */
	size_t n;
};

const char *verdict_name(enum verdict verdict);

/*
 * Judge @r against @b; where @b is NULL, @why_none says why. @r and @b must outlive the judgement,
 * which is from malloc; the caller frees it. NULL: no memory.
 */
struct judgement *judge(const struct record *r, const struct baseline *b, const char *why_none);

/*
 * Judge @r against the baseline in @file, or where @file is NULL against its own in the folder
 * @dir. A baseline that is not there is no error, one that cannot be read is. The caller frees *@b
 * (NULL: none) and *@j.
 */
int judge_stored(const struct record *r, const char *dir, const char *file, struct baseline **b,
		 struct judgement **j, struct err *e);

/* The gated metric that changed most for the worse, in units of what it may; NULL: none did. */
const struct metric_verdict *judgement_worst(const struct judgement *j);

/*
 * The exit code that @n judgements make: 1 where one regressed, else 3 where one is invalid, else 4
 * where none had a baseline, else 0.
 */
int judgements_exit_code(struct judgement *const *list, size_t n);

#endif
