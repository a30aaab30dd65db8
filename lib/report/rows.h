/* SPDX-License-Identifier: GPL-2.0 */
/* Each row of an imported report: which of its numbers can be. */
#ifndef REPORT_ROWS_H
#define REPORT_ROWS_H

#include <stdio.h>

#include "judge/verdict.h"

/*
 * One line a function of @j's record: its count per page, mean and standard deviation, or
 * "impossible"; and the names of the checks that say so, or "sound". -ENOMEM.
 */
int report_rows(FILE *out, const struct judgement *j);

#endif
