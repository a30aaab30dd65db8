// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "report/columns.h"

struct libscols_table *columns_new(FILE *out, const struct column *titles, size_t n)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	if (!table)
		return NULL;
	for (i = 0; i < n; i++)
		if (!scols_table_new_column(table, titles[i].title, 0, titles[i].flags))
			goto fail;
	if (scols_table_set_stream(table, out) ||
	    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER))
		goto fail;
	return table;
fail:
	scols_unref_table(table);
	return NULL;
}

int columns_add(struct libscols_table *table, const char *const *texts, size_t n)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t i;

	if (!line)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		if (scols_line_set_data(line, i, texts[i]))
			return -ENOMEM;
	return 0;
}

int columns_finish(struct libscols_table *table, int ret)
{
	if (!ret && scols_print_table(table))
		ret = -ENOMEM;
	scols_unref_table(table);
	return ret;
}
