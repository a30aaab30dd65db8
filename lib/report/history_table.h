/* SPDX-License-Identifier: GPL-2.0 */
/* A history as tables, and as JSON. Those that return something: 0 or -ENOMEM. */
#ifndef REPORT_HISTORY_TABLE_H
#define REPORT_HISTORY_TABLE_H

#include <limits.h>
#include <stdio.h>

#include "history/changes.h"

#define HISTORY_ALWAYS LLONG_MIN	/* since when: whatever there is */

/* One line for each scenario on each testbed. */
int report_history_list(FILE *out, const struct history_summary *list, size_t n);

/* Series with each of their metrics, and its changes from @since on. */
int report_history(FILE *out, const struct history_study *studies, size_t n, long long since);
int report_history_json(FILE *out, const struct history_study *studies, size_t n,
			long long since);

/* All changes from @since on, one line each, the newest first. */
int report_history_changes(FILE *out, const struct history_study *studies, size_t n,
			   long long since);
int report_history_changes_json(FILE *out, const struct history_study *studies, size_t n,
				long long since);

#endif
