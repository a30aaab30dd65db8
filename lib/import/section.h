/* SPDX-License-Identifier: GPL-2.0 */
/* Between text.c, which tells what a line is, and section.c, which puts it where it belongs. */
#ifndef IMPORT_SECTION_H
#define IMPORT_SECTION_H

#include "import/table.h"
#include "import/text.h"

struct reader {
	struct table_place at;
	struct import_text *out;
	struct import_section *section;	/* the one that is open, or NULL */
	char *heading;			/* waits for its section */
	size_t heading_line;
	bool in_fence;
	bool fenced;			/* the section's numbers are inside a fence */
	bool stddev;			/* the metrics that follow are of the runs' spread */
	bool in_table;
	bool gap;			/* an empty line since the table's last row */
	int run;			/* that the next table is of; -1: not told */
	bool new_run;
	struct table table;
};

/* Each returns 0, or -EINVAL or -ENOMEM with the reader's error set. */

int section_take_heading(struct reader *r, const char *line);

/* The line of a run's name, or the one above its metrics (@banner; then it may be ""). */
int section_take_name(struct reader *r, const char *name, bool banner);

int section_take_stddev(struct reader *r, const char *name);

/* Open the section that a number belongs to, if none is open. */
int section_need(struct reader *r);

bool section_has_data(const struct import_section *s);
int section_add_metric(struct reader *r, const char *slug, double value);

/* @row's name is copied. */
int section_add_row(struct reader *r, const struct import_row *row);

/* Does each section hold something, and is there one? */
int section_check_all(struct reader *r);

int section_no_memory(struct reader *r);

#endif
