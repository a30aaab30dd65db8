// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "import/table.h"
#include "import/value.h"

enum { NAME_LENGTH_MAX = 60, CORE_MAX = 65535 };

static const struct {
	const char *name;
	enum table_column column;
} columns[] = {
	{ "function", TABLE_FUNCTION },
	{ "core", TABLE_CORE },
	{ "cpu", TABLE_CORE },
	{ "count", TABLE_COUNT },
	{ "total_duration_ns", TABLE_TOTAL },
	{ "total_ns", TABLE_TOTAL },
	{ "mean_ns", TABLE_MEAN },
	{ "variance_us", TABLE_VARIANCE },
	{ "variance_us2", TABLE_VARIANCE },
	{ "count_per_page", TABLE_PER_PAGE },
	{ "type", TABLE_TYPE },		/* always -1, and of no use */
	{ "bucket", TABLE_HISTOGRAM },
};

int table_wrong(const struct table_place *at, const char *fmt, ...)
{
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return err_set(at->e, EINVAL, "%s:%zu: %s", at->file, at->line, message);
}

/* Cut @line into @fields; returns how many there are, though it keeps TABLE_FIELDS_MAX alone. */
static size_t split_blanks(char *line, char **fields)
{
	size_t n = 0;
	char *save, *field;

	for (field = strtok_r(line, " \t\v\f", &save); field;
	     field = strtok_r(NULL, " \t\v\f", &save))
		if (n++ < TABLE_FIELDS_MAX)
			fields[n - 1] = field;
	return n;
}

static size_t split_commas(char *line, char **fields)
{
	size_t n = 0, len;
	char *next;

	for (; line; line = next) {
		next = strchr(line, ',');
		if (next)
			*next++ = '\0';
		line += strspn(line, " \t\"");
		for (len = strlen(line); len && strchr(" \t\"", line[len - 1]);)
			line[--len] = '\0';
		if (n++ < TABLE_FIELDS_MAX)
			fields[n - 1] = line;
	}
	return n;
}

static size_t split(char *line, char separator, char **fields)
{
	return separator == ',' ? split_commas(line, fields) : split_blanks(line, fields);
}

static int find_column(const char *name)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (!strcasecmp(columns[i].name, name))
			return columns[i].column;
	return -1;
}

bool table_is_header(char *line)
{
	char *fields[TABLE_FIELDS_MAX];
	size_t n = split(line, strchr(line, ',') ? ',' : ' ', fields), known = 0;
	bool function = false;

	for (size_t i = 0; i < n && i < TABLE_FIELDS_MAX; i++) {
		known += find_column(fields[i]) >= 0;
		function |= find_column(fields[i]) == TABLE_FUNCTION;
	}
	return function && known >= 3;
}

/* A name of a function of C, as kallsyms gives it. */
static bool is_symbol(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("_.$", *name))
			return false;
	return true;
}

static bool is_index(const char *field)
{
	return *field && !field[strspn(field, "0123456789")];
}

bool table_is_stray_row(const char *line)
{
	char copy[512], *fields[TABLE_FIELDS_MAX];
	size_t n, name, numbers = 0;

	if (strlen(line) >= sizeof(copy))
		return false;
	strcpy(copy, line);
	n = split_blanks(copy, fields);
	if (n < 4 || n > TABLE_FIELDS_MAX)
		return false;
	name = is_index(fields[0]);
	for (size_t i = name + 1; i < n; i++)
		numbers += value_is_likely(fields[i]);
	return is_symbol(fields[name]) && numbers >= 3 && numbers == n - name - 1;
}

int table_read_header(char *line, const struct table_place *at, struct table *out)
{
	char *fields[TABLE_FIELDS_MAX];
	int column;

	memset(out->at, -1, sizeof(out->at));
	out->separator = strchr(line, ',') ? ',' : ' ';
	out->columns = split(line, out->separator, fields);
	if (out->columns > TABLE_FIELDS_MAX)
		return table_wrong(at, "the table has %zu columns, more than %d", out->columns,
				   TABLE_FIELDS_MAX);
	for (size_t i = 0; i < out->columns; i++) {
		column = find_column(fields[i]);
		if (column < 0)
			continue;
		if (out->at[column] >= 0)
			return table_wrong(at, "the table has two columns for '%.60s': remove one",
					   fields[i]);
		out->at[column] = i;
	}
	if (out->at[TABLE_COUNT] < 0)
		return table_wrong(at, "the table has no column 'count': restore it");
	return 0;
}

static int read_whole(const struct table_place *at, const struct table *table, char **fields,
		      enum table_column column, const char *what, bool *has, uint64_t *out)
{
	int ret;

	*has = false;
	*out = 0;
	if (table->at[column] < 0)
		return 0;
	ret = value_whole(fields[table->at[column]], has, out);
	if (ret)
		return table_wrong(at, "%s of %.60s: '%.60s' %s", what,
				   fields[table->at[TABLE_FUNCTION]], fields[table->at[column]],
				   value_fault(ret));
	return 0;
}

static int read_real(const struct table_place *at, const struct table *table, char **fields,
		     enum table_column column, const char *what, double *out)
{
	int ret;

	*out = NAN;
	if (table->at[column] < 0)
		return 0;
	ret = value_real(fields[table->at[column]], out);
	if (ret)
		return table_wrong(at, "%s of %.60s: '%.60s' %s", what,
				   fields[table->at[TABLE_FUNCTION]], fields[table->at[column]],
				   value_fault(ret));
	if (column != TABLE_VARIANCE && *out < 0)
		return table_wrong(at, "%s of %.60s: '%.60s' must not be negative", what,
				   fields[table->at[TABLE_FUNCTION]], fields[table->at[column]]);
	return 0;
}

static int read_core(const struct table_place *at, const struct table *table, char **fields,
		     int *out)
{
	const char *field;
	double core;

	*out = IMPORT_ALL_CORES;
	if (table->at[TABLE_CORE] < 0)
		return 0;
	field = fields[table->at[TABLE_CORE]];
	if (!strcasecmp(field, "all"))
		return 0;
	if (value_real(field, &core) || !(core >= -1 && core <= CORE_MAX) || core != floor(core))
		return table_wrong(at, "core of %.60s: '%.60s' must be -1 for all cores, or the "
				   "number of one", fields[table->at[TABLE_FUNCTION]], field);
	*out = core;
	return 0;
}

/*
 * Cut @line into the fields of the columns. A row that pandas printed begins with its index, for
 * which the header has no name.
 */
static int read_fields(char *line, const struct table_place *at, const struct table *table,
		       char **fields)
{
	size_t n = split(line, table->separator, fields), columns = table->columns;
	bool indexed;

	if (n > TABLE_FIELDS_MAX)
		return table_wrong(at, "the row has %zu fields, and the table %zu columns", n,
				   columns);
	indexed = n > 0 && is_index(fields[0]) &&
		  (n == columns + 1 || (n <= columns && table->at[TABLE_FUNCTION] == 0));
	if (indexed) {
		n--;
		memmove(fields, fields + 1, n * sizeof(fields[0]));
	}
	if (n < columns)
		return table_wrong(at, "the row has %zu of the table's %zu columns: restore the "
				   "others, or remove the row (put an empty line before what is "
				   "no row)", n, columns);
	if (n > columns)
		return table_wrong(at, "the row has %zu fields for the table's %zu columns: remove "
				   "what is too many, or put an empty line before what is no row",
				   n, columns);
	return 0;
}

int table_read_row(char *line, const struct table_place *at, const struct table *table,
		   struct import_row *out)
{
	char *fields[TABLE_FIELDS_MAX], *name;

	if (read_fields(line, at, table, fields))
		return -EINVAL;
	name = fields[table->at[TABLE_FUNCTION]];
	if (!is_symbol(name) || strlen(name) > NAME_LENGTH_MAX)
		return table_wrong(at, "'%.80s' is not the name of a function of at most %d "
				   "characters", name, NAME_LENGTH_MAX);
	out->line = at->line;
	out->function = name;
	if (read_core(at, table, fields, &out->core) ||
	    read_whole(at, table, fields, TABLE_COUNT, "count", &out->has_count, &out->count) ||
	    read_whole(at, table, fields, TABLE_TOTAL, "total_duration_ns", &out->has_total,
		       &out->total_ns) ||
	    read_real(at, table, fields, TABLE_MEAN, "mean_ns", &out->mean_ns) ||
	    read_real(at, table, fields, TABLE_VARIANCE, "variance_us", &out->variance_us2) ||
	    read_real(at, table, fields, TABLE_PER_PAGE, "count_per_page", &out->count_per_page))
		return -EINVAL;
	return 0;
}
