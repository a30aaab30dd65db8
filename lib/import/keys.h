/* SPDX-License-Identifier: GPL-2.0 */
/* The keys of a report's metric lines, and what the suite calls them. */
#ifndef IMPORT_KEYS_H
#define IMPORT_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/* Metrics that reports of the study hold, by the suite's names; NULL-terminated. */
extern const char *const keys_metrics[];

/* The suite's name for the key whose slug is @slug, or NULL. */
const char *keys_metric(const char *slug);

/* Is @unit, which stands after the number, none or the one that @metric has anyway? */
bool keys_unit_fits(const char *metric, const char *unit);

#endif
