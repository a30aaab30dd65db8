/* SPDX-License-Identifier: GPL-2.0 */
/* One table of functions: its header says where which number stands. */
#ifndef IMPORT_TABLE_H
#define IMPORT_TABLE_H

#include "import/text.h"

enum { TABLE_FIELDS_MAX = 64 };

enum table_column {
	TABLE_FUNCTION, TABLE_CORE, TABLE_COUNT, TABLE_TOTAL, TABLE_MEAN, TABLE_VARIANCE,
	TABLE_PER_PAGE, TABLE_TYPE, TABLE_HISTOGRAM, TABLE_COLUMNS
};

struct table {
	char separator;		/* ',' or ' ' for any blanks */
	size_t columns;
	int at[TABLE_COLUMNS];	/* which column holds it; -1: none does */
};

/* Where in which file, for messages. */
struct table_place {
	const char *file;
	size_t line;
	struct err *e;
};

/* Leave "FILE:LINE: message" in the place's error and return -EINVAL. */
__attribute__((format(printf, 2, 3)))
int table_wrong(const struct table_place *at, const char *fmt, ...);

/* Is @line, which it cuts into fields, the header of a table of functions? */
bool table_is_header(char *line);

/* Could @line be a row that stands under no header? */
bool table_is_stray_row(const char *line);

/* Read the header @line, which it cuts into fields. */
int table_read_header(char *line, const struct table_place *at, struct table *out);

/* Read the row @line, which it cuts into fields. The name in @out points into @line. */
int table_read_row(char *line, const struct table_place *at, const struct table *table,
		   struct import_row *out);

#endif
