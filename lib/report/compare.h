/* SPDX-License-Identifier: GPL-2.0 */
/* A comparison for people and for programs. Each returns 0 or -ENOMEM. */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include <stdio.h>

#include "judge/compare.h"

/* For a terminal: per scenario what gates, and the diagnostics that differ; then a summary. */
int report_compare_table(FILE *out, const struct comparison *c);

/* For a mail: ASCII, at most COMPARE_PLAIN_WIDTH columns wide. */
enum { COMPARE_PLAIN_WIDTH = 76 };
int report_compare_plain(FILE *out, const struct comparison *c);

/* Everything, each value of each run too. */
int report_compare_json(FILE *out, const struct comparison *c);

/* One HTML page that needs nothing else: no file, no network, no script. */
int report_compare_html(FILE *out, const struct comparison *c);

#endif
