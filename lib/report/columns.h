/* SPDX-License-Identifier: GPL-2.0 */
/* Text in columns, by libsmartcols. */
#ifndef REPORT_COLUMNS_H
#define REPORT_COLUMNS_H

#include <libsmartcols/libsmartcols.h>
#include <stdio.h>

struct column {
	const char *title;
	int flags;	/* SCOLS_FL_RIGHT or 0 */
};

#define COLUMNS(array) (array), sizeof(array) / sizeof((array)[0])

/* A table to be printed to @out, the same to a terminal, a pipe or a file. NULL: no memory. */
struct libscols_table *columns_new(FILE *out, const struct column *titles, size_t n);

/* Add a line of @n texts, which are copied. 0 or -ENOMEM. */
int columns_add(struct libscols_table *table, const char *const *texts, size_t n);

/* Print the table unless @ret says that it could not be filled; free it. @ret or -ENOMEM. */
int columns_finish(struct libscols_table *table, int ret);

#endif
