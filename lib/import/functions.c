// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/functions.h"
#include "import/table.h"

enum { METRIC_LENGTH_MAX = 60 };

bool functions_add_reported(struct record *r, const char *metric, double value)
{
	struct record_reported *to = &r->reported[r->nr_reported];

	if (r->nr_reported == RECORD_REPORTED_MAX)
		return false;
	to->metric = strdup(metric);
	to->value = value;
	r->nr_reported += !!to->metric;
	return to->metric;
}

static bool is_first(const struct import_run *run, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (!strcmp(run->rows[i].function, run->rows[row].function))
			return false;
	return true;
}

/* Add the row of one core to @sum. */
static int add_core(struct import_row *sum, const struct import_row *row,
		    const struct table_place *at)
{
	sum->has_count = sum->has_count && row->has_count;
	sum->has_total = sum->has_total && row->has_total;
	sum->count_per_page += row->count_per_page;
	if (row->count > INT64_MAX - sum->count || row->total_ns > INT64_MAX - sum->total_ns)
		return table_wrong(at, "the cores of %s sum up to more than a record holds",
				   row->function);
	sum->count += row->count;
	sum->total_ns += row->total_ns;
	return 0;
}

/* All rows of the function whose first is @row, as one. */
static int sum_cores(const struct import_run *run, size_t row, const char *file,
		     struct import_row *out, struct err *e)
{
	const char *name = run->rows[row].function;
	struct import_row sum = {
		.line = run->rows[row].line, .function = run->rows[row].function,
		.has_count = true, .has_total = true, .mean_ns = NAN, .variance_us2 = NAN,
	};
	struct table_place at = { .file = file, .e = e };

	for (size_t i = row; i < run->nr_rows; i++) {
		if (strcmp(run->rows[i].function, name))
			continue;
		if (run->rows[i].core == IMPORT_ALL_CORES) {
			*out = run->rows[i];
			return 0;
		}
		at.line = run->rows[i].line;
		if (add_core(&sum, &run->rows[i], &at))
			return -EINVAL;
	}
	*out = sum;
	return 0;
}

/* A row that is no timing: what it counts is kept beside the metrics, where there is room. */
static bool add_untimed(struct record *r, struct record_function *f, const struct import_row *row)
{
	char metric[METRIC_LENGTH_MAX + 1];
	int len = snprintf(metric, sizeof(metric), "%s.count", row->function);

	f->absent = strdup(row->has_count ? "the report gives how often it was called, not for "
			   "how long" : "the report prints no number for it");
	if (row->has_count && len <= METRIC_LENGTH_MAX && r->nr_reported < RECORD_REPORTED_MAX &&
	    !functions_add_reported(r, metric, row->count))
		return false;
	return f->absent;
}

static int add_function(struct record *r, const struct import_row *row,
			const struct table_place *at)
{
	struct record_function *f = &r->functions[r->nr_functions];

	if (r->nr_functions == RECORD_FUNCTIONS_MAX)
		return table_wrong(at, "more functions than the %d that a record holds: remove "
				   "rows", RECORD_FUNCTIONS_MAX);
	f->name = strdup(row->function);
	if (!f->name)
		return err_set(at->e, ENOMEM, "%s: out of memory", at->file);
	r->nr_functions++;
	f->reported.mean_ns = row->mean_ns;
	f->reported.variance_us2 = row->variance_us2;
	f->reported.count_per_page = row->count_per_page;
	if ((!row->has_count || !row->has_total) && !add_untimed(r, f, row))
		return err_set(at->e, ENOMEM, "%s: out of memory", at->file);
	f->count = row->count;
	f->total_ns = row->total_ns;
	return 0;
}

static bool any_timed(const struct record *r)
{
	for (size_t i = 0; i < r->nr_functions; i++)
		if (!r->functions[i].absent)
			return true;
	return false;
}

int functions_add(struct record *r, const struct import_run *run, const char *file, struct err *e)
{
	struct table_place at = { .file = file, .e = e };
	struct import_row row;
	int ret = 0;

	for (size_t i = 0; run && i < run->nr_rows && !ret; i++) {
		if (!is_first(run, i))
			continue;
		at.line = run->rows[i].line;
		ret = sum_cores(run, i, file, &row, e);
		if (!ret)
			ret = add_function(r, &row, &at);
	}
	if (!ret && !r->nr_functions && record_set_absent(r, "functions",
							  "the report lists none"))
		ret = err_set(e, ENOMEM, "%s: out of memory", file);
	if (!ret && any_timed(r) &&
	    record_set_absent(r, "functions.histogram",
			      "the report gives sums: no extremes, no histogram, no lost calls"))
		ret = err_set(e, ENOMEM, "%s: out of memory", file);
	return ret;
}
