/* SPDX-License-Identifier: GPL-2.0 */
/* Baselines for people. */
#ifndef REPORT_BASELINE_TABLE_H
#define REPORT_BASELINE_TABLE_H

#include <stdio.h>

#include "judge/baseline.h"

/* The baseline @b, from the file @name. 0 or -ENOMEM. */
int report_baseline(FILE *out, const struct baseline *b, const char *name);

/* What would change if @now took the place of @before. 0 or -ENOMEM. */
int report_baseline_diff(FILE *out, const struct baseline *before, const struct baseline *now);

#endif
