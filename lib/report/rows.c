// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/columns.h"
#include "report/rows.h"

/* The names of the checks that @function failed, or "sound". */
static void name_findings(const struct judgement *j, const char *function, char *text,
			  size_t size)
{
	const struct check_result *c;
	size_t i, len = 0;

	snprintf(text, size, "sound");
	for (i = 0; i < j->validity.n && len + 1 < size; i++) {
		c = &j->validity.list[i];
		if (c->outcome == CHECK_FAIL && !strcmp(c->subject, function))
			len += snprintf(text + len, size - len, "%s%s", len ? ", " : "",
					check_name(c->id));
	}
}

static int add_row(struct libscols_table *table, const struct judgement *j,
		   const struct metrics *sound, const struct record_function *f)
{
	static const char *const suffixes[] = { "count_per_page", "mean_ns", "stddev_ns" };
	char values[3][32], name[128], findings[128];
	const char *texts[5] = { f->name };
	const struct metric *m;
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s.%s", f->name, suffixes[i]);
		m = metrics_find(sound, name);
		if (m && m->state == METRIC_PRESENT)
			snprintf(values[i], sizeof(values[i]), "%.5g", m->value);
		else
			snprintf(values[i], sizeof(values[i]), "%s",
				 m && m->state == METRIC_IMPOSSIBLE ? "impossible" : "-");
		texts[1 + i] = values[i];
	}
	name_findings(j, f->name, findings, sizeof(findings));
	texts[4] = f->absent ? f->absent : findings;
	return columns_add(table, texts, 5);
}

int report_rows(FILE *out, const struct judgement *j)
{
	static const struct column titles[] = {
		{ "FUNCTION", 0 }, { "/PAGE", SCOLS_FL_RIGHT }, { "MEAN NS", SCOLS_FL_RIGHT },
		{ "STDDEV", SCOLS_FL_RIGHT }, { "ROW", 0 },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	struct metrics *sound = malloc(sizeof(*sound));
	int ret = table && sound ? 0 : -ENOMEM;
	size_t i;

	if (sound) {
		*sound = j->metrics;
		validity_condemn(&j->validity, sound);
	}
	for (i = 0; !ret && i < j->record->nr_functions; i++)
		ret = add_row(table, j, sound, &j->record->functions[i]);
	free(sound);
	ret = table ? columns_finish(table, ret) : ret;
	fputc('\n', out);
	return ret;
}
