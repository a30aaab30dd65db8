/* SPDX-License-Identifier: GPL-2.0 */
/* A judgement as the points of one TAP test. */
#ifndef REPORT_TAP_H
#define REPORT_TAP_H

#include <stddef.h>

#include "judge/verdict.h"

enum tap_outcome {
	TAP_OK,
	TAP_NOT_OK,
	TAP_SKIP,	/* nothing to judge it by; the text says why */
};

struct tap_point {
	enum tap_outcome outcome;
	char text[480];	/* one line, without '#' and words that log readers take as results */
};

struct tap_points {
	struct tap_point *list;
	size_t n;
};

/*
 * A point for each check of validity that the record has something for, one for each of its results
 * that failed, and one for each gated metric:
 *	valid: lost: at most 0.1 % of samples were lost, and none on one CPU: all 12
 *	iommu_map.mean_ns 3690 ns, baseline 3688, +0.05 %, tolerance 1 %, resolves 0.2 %
 * One that is inconclusive is skipped, and says what the runs resolve. An invalid record has no metric
 * points; one without a baseline has one that says so, and is skipped. -ENOMEM. The caller frees them with tap_free().
 */
int tap_make(const struct judgement *j, struct tap_points *points);
void tap_free(struct tap_points *points);

/* Make @text fit for a TAP line, in place. */
void tap_clean(char *text);

#endif
