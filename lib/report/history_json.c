// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/history_table.h"
#include "util/date.h"
#include "util/json.h"

static void print_text(FILE *out, const char *key, const char *text)
{
	fprintf(out, ", \"%s\": ", key);
	json_print_string(out, text);
}

static void print_number(FILE *out, const char *key, double value)
{
	if (!isfinite(value))
		return;
	fprintf(out, ", \"%s\": ", key);
	json_print_real(out, value);
}

static void print_record(FILE *out, const char *key, const struct history_record *r)
{
	char at[DATE_TEXT];

	date_print(at, r->at);
	fprintf(out, ", \"%s\": {\"at\": \"%s\"", key, at);
	if (r->kernel)
		print_text(out, "kernel", r->kernel);
	print_text(out, "path", r->path);
	fputc('}', out);
}

static void print_part(FILE *out, const char *key, const struct series_segment *part)
{
	fprintf(out, ", \"%s\": {\"records\": %zu", key, part->n);
	print_number(out, "median", part->median);
	print_number(out, "mad", part->mad);
	fputc('}', out);
}

/* The members of a change; what it is of stands before them. */
static void print_change(FILE *out, const struct history_segment *s)
{
	print_number(out, "change", s->change);
	print_number(out, "share", history_share(s));
	fprintf(out, ", \"worse\": %s", s->worse ? "true" : "false");
	print_number(out, "p", s->part.p);
	print_part(out, "before", &s[-1].part);
	print_part(out, "after", &s->part);
	print_record(out, "last_before", &s[-1].last);
	print_record(out, "first", &s->first);
}

static void print_metric(FILE *out, const struct history_metric *m, long long since)
{
	const char *before = "\n";
	size_t i;

	fputs("\t\t\t\t", out);
	json_print_string(out, m->define.name);
	fprintf(out, ": {\"unit\": \"%s\", \"class\": \"%s\", \"better\": \"%s\", \"records\": %zu",
		m->define.unit, metric_class_name(m->define.class),
		m->define.better == BETTER_LOWER ? "lower" : "higher", m->n);
	print_number(out, "tolerance", m->rule.tolerance);
	print_number(out, "floor", m->rule.floor);
	print_number(out, "median", m->segments[m->nr_segments - 1].part.median);
	print_number(out, "spread", m->spread);
	if (m->n < SERIES_RECORDS)
		fprintf(out, ", \"too_short\": \"%zu record%s, it takes %d\"", m->n,
			m->n == 1 ? "" : "s", SERIES_RECORDS);
	fputs(", \"changes\": [", out);
	for (i = 1; i < m->nr_segments; i++) {
		if (m->segments[i].first.at < since)
			continue;
		fprintf(out, "%s\t\t\t\t\t{\"at\": %zu", before, m->segments[i].part.first);
		before = ",\n";
		print_change(out, &m->segments[i]);
		fputc('}', out);
	}
	fputs("]}", out);
}

static void print_series(FILE *out, const struct history_series *s)
{
	char first[DATE_TEXT], last[DATE_TEXT];

	date_print(first, s->first);
	date_print(last, s->last);
	fprintf(out, "\"series\": %s", s->key);
	fprintf(out, ", \"records\": %zu, \"invalid\": %zu, \"from\": \"%s\", \"to\": \"%s\"",
		s->records, s->invalid, first, last);
}

int report_history_json(FILE *out, const struct history_study *studies, size_t n, long long since)
{
	size_t i, k;

	fputs("{\n\t\"history\": [\n", out);
	for (i = 0; i < n; i++) {
		fputs("\t\t{\n\t\t\t", out);
		print_series(out, studies[i].series);
		fputs(",\n\t\t\t\"metrics\": {\n", out);
		for (k = 0; k < studies[i].n; k++) {
			print_metric(out, &studies[i].metrics[k], since);
			fputs(k + 1 < studies[i].n ? ",\n" : "\n", out);
		}
		fputs(i + 1 < n ? "\t\t\t}\n\t\t},\n" : "\t\t\t}\n\t\t}\n", out);
	}
	fputs("\t]\n}\n", out);
	return 0;
}

int report_history_changes_json(FILE *out, const struct history_study *studies, size_t n,
				long long since)
{
	struct history_change *changes;
	size_t i, nr, little = 0;
	int ret = history_changes(studies, n, since, &changes, &nr);

	if (ret)
		return ret;
	for (i = 0; i < n; i++)
		little += studies[i].series->records < SERIES_RECORDS;
	fprintf(out, "{\n\t\"series\": %zu, \"too_short\": %zu,\n\t\"changes\": [\n", n, little);
	for (i = 0; i < nr; i++) {
		fputs("\t\t{\"series\": ", out);
		fputs(changes[i].series->key, out);
		print_text(out, "metric", changes[i].metric->define.name);
		fprintf(out, ", \"unit\": \"%s\"", changes[i].metric->define.unit);
		print_change(out, changes[i].segment);
		fputs(i + 1 < nr ? "},\n" : "}\n", out);
	}
	fputs("\t]\n}\n", out);
	free(changes);
	return 0;
}
