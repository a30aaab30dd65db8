/* SPDX-License-Identifier: GPL-2.0 */
/* The rows of a report's tables as functions of a record. */
#ifndef IMPORT_FUNCTIONS_H
#define IMPORT_FUNCTIONS_H

#include "import/text.h"
#include "record/record.h"

/*
 * The functions of @run (may be NULL: the report lists none) in the order of its rows, which is
 * that in which the study attached its probes. Where a function has a row for all cores, that is
 * taken; otherwise those of its cores are summed, and mean and variance are absent. A row without a
 * count or a time becomes a function that is absent, and its count a reported FUNCTION.count.
 */
int functions_add(struct record *r, const struct import_run *run, const char *file, struct err *e);

/* Note the number @value that the report prints. False: no room or no memory. */
bool functions_add_reported(struct record *r, const char *metric, double value);

#endif
