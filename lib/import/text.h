/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of the reference study's reports, cut into sections: a heading, the run's name, lines
 * "KEY: NUMBER", and tables of functions. What the parts mean is not known here.
 *
 * Tolerant in layout: blanks, tabs or commas, fences, empty lines, prose between the sections,
 * missing parts, more lines and columns than are known. Never tolerant in values.
 */
#ifndef IMPORT_TEXT_H
#define IMPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

enum { IMPORT_SLUG_MAX = 64, IMPORT_ALL_CORES = -1 };

/* A line "KEY: NUMBER". */
struct import_metric {
	size_t line;
	char slug[IMPORT_SLUG_MAX];	/* of KEY; what stood under "stddev" ends in _stddev */
	double value;			/* NAN: the report prints nan or inf */
};

struct import_row {
	size_t line;
	char *function;
	int core;			/* IMPORT_ALL_CORES, or one of them */
	bool has_count, has_total;
	uint64_t count, total_ns;
	double mean_ns, variance_us2, count_per_page;	/* NAN: no such column, nan or inf */
};

/* The tables of functions of one run of the section; a section may average several. */
struct import_run {
	int number;			/* as in "-RUN-3/"; -1: not told */
	struct import_row *rows;	/* no two of one function and core */
	size_t nr_rows;
};

struct import_section {
	size_t line;			/* its first */
	char *heading;			/* "Guest: ..., Host: ..."; NULL: none */
	size_t heading_line;
	char *name;			/* of the run; NULL: none */
	struct import_metric *metrics;	/* no two of one slug */
	size_t nr_metrics;
	struct import_run *runs;
	size_t nr_runs;
};

struct import_text {
	struct import_section *sections;
	size_t n;
};

/*
 * Cut @len bytes of @text; @file names them in messages, which are all "FILE:LINE: what, and how to
 * mend it". -EINVAL or -ENOMEM; then there is nothing to free.
 */
int import_text_parse(const char *text, size_t len, const char *file, struct import_text *out,
		      struct err *e);

void import_text_free(struct import_text *t);

#endif
