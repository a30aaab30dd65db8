// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/columns.h"
#include "report/history_table.h"
#include "report/picture.h"
#include "util/date.h"
#include "util/json.h"

/* The release is the first word of what a kernel says of itself. */
static int release_length(const char *kernel)
{
	return kernel ? strcspn(kernel, " ") : 0;
}

int report_history_list(FILE *out, const struct history_summary *list, size_t n)
{
	static const struct column titles[] = {
		{ "SCENARIO", 0 }, { "TESTBED", 0 }, { "SERIES", SCOLS_FL_RIGHT },
		{ "RECORDS", SCOLS_FL_RIGHT }, { "INVALID", SCOLS_FL_RIGHT }, { "FROM", 0 },
		{ "TO", 0 }, { "KERNELS", SCOLS_FL_RIGHT }, { "LAST KERNEL", 0 },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	char numbers[4][24], first[DATE_TEXT], last[DATE_TEXT], kernel[80];
	int ret = 0;
	size_t i;

	if (!table)
		return -ENOMEM;
	for (i = 0; !ret && i < n; i++) {
		const struct history_summary *s = &list[i];
		const char *texts[] = {
			s->scenario, s->testbed, numbers[0], numbers[1], numbers[2], first, last,
			numbers[3], kernel,
		};

		snprintf(numbers[0], sizeof(numbers[0]), "%zu", s->series);
		snprintf(numbers[1], sizeof(numbers[1]), "%zu", s->records);
		snprintf(numbers[2], sizeof(numbers[2]), "%zu", s->invalid);
		snprintf(numbers[3], sizeof(numbers[3]), "%zu", s->kernels);
		date_print(first, s->first);
		date_print(last, s->last);
		snprintf(kernel, sizeof(kernel), "%.*s", release_length(s->kernel),
			 s->kernel ? s->kernel : "");
		ret = columns_add(table, texts, 9);
	}
	return columns_finish(table, ret);
}

/* "+2.00 % worse"; absolute where there was nothing before. */
static void change_words(char *text, size_t size, const struct history_segment *s)
{
	double share = history_share(s);

	if (isnan(share))
		snprintf(text, size, "%+.6g %s", s->change, s->worse ? "worse" : "better");
	else
		snprintf(text, size, "%+.2f %% %s", 100 * share, s->worse ? "worse" : "better");
}

static int draw(const struct history_metric *m, char picture[PICTURE_SIZE])
{
	size_t at[PICTURE_COLUMNS], nr = 0, i;

	for (i = 1; i < m->nr_segments && nr < PICTURE_COLUMNS; i++)
		at[nr++] = m->segments[i].part.first;
	return picture_draw(m->values, m->n, series_allowed(&m->rule, m->segments[0].part.median),
			    at, nr, picture);
}

/* How many changes there are, or why there can be none. */
static void verdict_words(char *text, size_t size, const struct history_metric *m, long long since)
{
	size_t i, nr = 0;

	for (i = 1; i < m->nr_segments; i++)
		nr += m->segments[i].first.at >= since;
	if (m->n < SERIES_RECORDS)
		snprintf(text, size, "%zu record%s, it takes %d", m->n, m->n == 1 ? "" : "s",
			 SERIES_RECORDS);
	else if (nr)
		snprintf(text, size, "%zu", nr);
	else
		snprintf(text, size, m->nr_segments > 1 ? "none since then, %zu before" : "none",
			 m->nr_segments - 1);
}

static int add_metric(struct libscols_table *table, const struct history_metric *m,
		      long long since)
{
	const struct history_segment *last = &m->segments[m->nr_segments - 1];
	char picture[PICTURE_SIZE], n[24], median[32], spread[32], allowed[32], words[160];
	const char *texts[] = {
		m->define.name, n, picture, median, m->define.unit, spread, allowed, words,
	};

	if (draw(m, picture))
		return -ENOMEM;
	snprintf(n, sizeof(n), "%zu", m->n);
	snprintf(median, sizeof(median), "%.6g", last->part.median);
	snprintf(spread, sizeof(spread), "%.3g", m->spread);
	snprintf(allowed, sizeof(allowed), "%.3g",
		 series_allowed(&m->rule, last->part.median));
	verdict_words(words, sizeof(words), m, since);
	return columns_add(table, texts, 8);
}

static int print_metrics(FILE *out, const struct history_study *study, long long since)
{
	static const struct column titles[] = {
		{ "METRIC", 0 }, { "RECORDS", SCOLS_FL_RIGHT }, { "HISTORY", 0 },
		{ "MEDIAN", SCOLS_FL_RIGHT }, { "UNIT", 0 }, { "SPREAD", SCOLS_FL_RIGHT },
		{ "TOLERANCE", SCOLS_FL_RIGHT }, { "CHANGES", 0 },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	int ret = 0;
	size_t i;

	if (!table)
		return -ENOMEM;
	for (i = 0; !ret && i < study->n; i++)
		ret = add_metric(table, &study->metrics[i], since);
	return columns_finish(table, ret);
}

/* The members of an object of JSON as words, but for the scenario: "clock counted, vcpus 1". */
static void print_members(FILE *out, const json_t *object, const char **before)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		if (json_is_object(value)) {
			print_members(out, value, before);
		} else if (strcmp(key, "scenario")) {
			fprintf(out, "%s%s ", *before, key);
			*before = ", ";
			if (json_is_string(value))
				fputs(json_string_value(value), out);
			else
				fprintf(out, "%lld", (long long)json_integer_value(value));
		}
	}
}

static void print_head(FILE *out, const struct history_series *s)
{
	char first[DATE_TEXT], last[DATE_TEXT];
	const char *before = "  series   ";
	json_t *key;

	date_print(first, s->first);
	date_print(last, s->last);
	fprintf(out, "%s on %s: %zu record%s, %s to %s\n", s->scenario, s->testbed, s->records,
		s->records == 1 ? "" : "s", first, last);
	if (!json_parse_object(s->key, strlen(s->key), "key", &key, NULL)) {
		print_members(out, key, &before);
		fputc('\n', out);
		json_decref(key);
	}
	if (s->invalid)
		fprintf(out, "  invalid  %zu more record%s not in it\n", s->invalid,
			s->invalid == 1 ? " is" : "s are");
}

/* "24 of 3553.1 +-0.9" */
static void segment_words(char *text, size_t size, const struct series_segment *s)
{
	snprintf(text, size, "%zu of %.6g +-%.2g", s->n, s->median, s->mad);
}

/* The release, and that before where it was another. */
static void kernel_words(char *text, size_t size, const struct history_segment *s)
{
	const char *before = s[-1].last.kernel, *now = s->first.kernel;

	if (before && now && strcmp(before, now))
		snprintf(text, size, "%.*s -> %.*s", release_length(before), before,
			 release_length(now), now);
	else
		snprintf(text, size, "%.*s%s", release_length(now), now ? now : "unknown",
			 before && now ? ", as before" : "");
}

static int add_change(struct libscols_table *table, const struct history_change *c, bool scenario)
{
	char at[DATE_TEXT], change[48], p[32], before[80], after[80], kernel[200];
	const char *texts[] = {
		at, c->series->scenario, c->metric->define.name, change, p, before, after,
		kernel, c->segment->first.path,
	};

	date_print(at, c->segment->first.at);
	change_words(change, sizeof(change), c->segment);
	snprintf(p, sizeof(p), "%.3g", c->segment->part.p);
	segment_words(before, sizeof(before), &c->segment[-1].part);
	segment_words(after, sizeof(after), &c->segment->part);
	kernel_words(kernel, sizeof(kernel), c->segment);
	if (scenario)
		return columns_add(table, texts, 9);
	texts[1] = at;
	return columns_add(table, texts + 1, 8);
}

static int print_changes(FILE *out, const struct history_change *list, size_t n, bool scenario)
{
	static const struct column titles[] = {
		{ "FROM", 0 }, { "SCENARIO", 0 }, { "METRIC", 0 }, { "CHANGE", SCOLS_FL_RIGHT },
		{ "P", SCOLS_FL_RIGHT }, { "BEFORE", 0 }, { "AFTER", 0 }, { "KERNEL", 0 },
		{ "FIRST RECORD", 0 },
	};
	struct column without[8];
	struct libscols_table *table;
	int ret = 0;
	size_t i;

	if (!n)
		return 0;
	memcpy(without, titles + 1, sizeof(without));
	without[0] = titles[0];
	table = scenario ? columns_new(out, COLUMNS(titles)) : columns_new(out, COLUMNS(without));
	if (!table)
		return -ENOMEM;
	for (i = 0; !ret && i < n; i++)
		ret = add_change(table, &list[i], scenario);
	return columns_finish(table, ret);
}

int report_history(FILE *out, const struct history_study *studies, size_t n, long long since)
{
	struct history_change *changes;
	size_t i, nr;
	int ret = 0;

	for (i = 0; !ret && i < n; i++) {
		fputs(i ? "\n" : "", out);
		print_head(out, studies[i].series);
		if (!studies[i].n) {
			fputs("  no metric of it gates: name some with --metric\n", out);
			continue;
		}
		ret = print_metrics(out, &studies[i], since);
		if (!ret)
			ret = history_changes(&studies[i], 1, since, &changes, &nr);
		if (ret)
			break;
		fputs(nr ? "\n" : "", out);
		ret = print_changes(out, changes, nr, false);
		free(changes);
	}
	return ret;
}

/* What was looked at, and what was too short to be. */
static void print_scanned(FILE *out, const struct history_study *studies, size_t n, size_t nr)
{
	size_t i, records = 0, little = 0;

	for (i = 0; i < n; i++) {
		records += studies[i].series->records;
		little += studies[i].series->records < SERIES_RECORDS;
	}
	fprintf(out, "%zu change%s in %zu series of %zu record%s", nr, nr == 1 ? "" : "s", n,
		records, records == 1 ? "" : "s");
	if (little)
		fprintf(out, "; %zu of the series %s too short, it takes %d records", little,
			little == 1 ? "is" : "are", SERIES_RECORDS);
	fputc('\n', out);
}

int report_history_changes(FILE *out, const struct history_study *studies, size_t n,
			   long long since)
{
	struct history_change *changes;
	size_t nr;
	int ret = history_changes(studies, n, since, &changes, &nr);

	if (ret)
		return ret;
	ret = print_changes(out, changes, nr, true);
	print_scanned(out, studies, n, nr);
	free(changes);
	return ret;
}
