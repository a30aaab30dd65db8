/* SPDX-License-Identifier: GPL-2.0 */
/* Tables for people. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stdio.h>

#include "judge/verdict.h"

/* Each returns 0 or -ENOMEM. */

/*
 * One record, read from the file @name: its verdict, what failed, the metrics that gate and those
 * of the whole, and a line a function; of two levels then report_attribution().
 */
int report_table(FILE *out, const struct judgement *j, const char *name);

/*
 * What a page costs guest, relay and host, a line a function, of the judged record of two levels;
 * nothing of another.
 */
int report_attribution(FILE *out, const struct judgement *j);

/* One line a scenario, and a line that counts the verdicts. */
int report_summary(FILE *out, struct judgement *const *list, size_t n);

/* The validity of one record: a line a check, and a line for each result that failed. */
int report_checks(FILE *out, const struct judgement *j, const char *name);

#endif
