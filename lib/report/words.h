/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers of a verdict in words, the same in tables and in TAP. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include <stddef.h>

#include "judge/verdict.h"

/* "+0.05 %", or "+0.5" from a baseline of 0; "" where there is nothing to compare. */
void words_change(char *text, size_t size, const struct metric_verdict *m);

/* What a gated metric may change by: "1 %"; "0.002" of one that is 0. */
void words_tolerance(char *text, size_t size, const struct baseline_metric *b);

/*
 * The interval of the change, "-1.2 .. +3.4 %", and the smallest change that the runs could have
 * shown, "2.1 %", of a gated metric that has its value; "-" where there is no interval.
 */
void words_interval(char *text, size_t size, const struct metric_verdict *m);
void words_resolves(char *text, size_t size, const struct metric_verdict *m);

#endif
