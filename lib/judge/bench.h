/* SPDX-License-Identifier: GPL-2.0 */
/* What verdict.c and gated.c share; nobody else includes it. */
#ifndef JUDGE_BENCH_H
#define JUDGE_BENCH_H

#include "judge/verdict.h"

/* What is judged, while it is. */
struct bench {
	struct judgement *j;
	struct metrics *runs;	/* of each record */
	double *values;		/* room for a value of each */
};

/* The values that the runs have of the metric @name, which all of them have, into b->values. */
void bench_collect(struct bench *b, const char *name);

/* Fill in the list of metric verdicts. 0 or -ENOMEM. */
int judge_metrics(struct bench *b);

#endif
