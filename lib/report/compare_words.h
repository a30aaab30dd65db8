/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers of a comparison in words, the same in each of its reports. */
#ifndef REPORT_COMPARE_WORDS_H
#define REPORT_COMPARE_WORDS_H

#include <stddef.h>

#include "judge/compare.h"

enum { WORD_MAX = 64 };

/* Six digits, without an exponent up to a million million. */
void word_number(char text[WORD_MAX], double value);

/* The median of a side; "-" where it has none. */
void word_median(char text[WORD_MAX], const struct compare_metric *m, enum compare_side side);

/* Standard deviation of a side's runs in % of their mean: "0.02"; "-" of fewer than two runs. */
void word_deviation(char text[WORD_MAX], const struct compare_metric *m, enum compare_side side);

/* "+0.05%", or "+0.5" from 0; "" where a side has no value. */
void word_change(char text[WORD_MAX], const struct compare_metric *m);

/* "-0.31% .. +0.22%"; "" where there is none. */
void word_interval(char text[WORD_MAX], const struct compare_metric *m);

/*
 * Names and reasons as people say them: each that is the host's, "host:__iommu_map.mean_ns", as
 * "the host's __iommu_map.mean_ns".
 */
enum { WORD_NAME_MAX = 96, WORD_TEXT_MAX = 640 };
void word_levels(char *text, size_t size, const char *from);

/* What a gated metric may change by: "1%", or "0.002" from 0. */
void word_allowed(char text[WORD_MAX], const struct compare_metric *m);

/* What a gated one was decided by: "medians", "98.4% interval"; of another "p .008, q .03". */
void word_test(char text[WORD_MAX], const struct compare_metric *m);

/* Why a gated metric is inconclusive; "" where it is not. */
void word_reason(char text[160], const struct compare_metric *m);

/* "5 runs", "4 of 5 runs" */
void word_runs(char text[WORD_MAX], const struct compare_scenario *s, enum compare_side side);

/* The kernel of a side, its release alone; "unknown". */
void word_kernel(char text[WORD_MAX], const struct compare_scenario *s, enum compare_side side);

/* What the diagnostics of @c can say and do say, in one sentence. */
void word_diagnostics(char text[320], const struct comparison *c);

/* Invalid run number @i, from 0, of both sides, and whose it is; NULL: there are no more. */
const struct compare_run *compare_left_out(const struct compare_scenario *s, size_t i,
					   enum compare_side *side);

/* The diagnostics of @s that are significant, the smallest q first; -ENOMEM. The caller frees. */
int compare_significant(const struct compare_scenario *s, const struct compare_metric ***out,
			size_t *n);

#endif
