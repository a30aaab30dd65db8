// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "judge/collapse.h"
#include "report/columns.h"
#include "report/compare.h"
#include "report/compare_words.h"

static int add_metric(struct libscols_table *table, const struct compare_metric *m)
{
	char base[WORD_MAX], test[WORD_MAX], base_sd[WORD_MAX], test_sd[WORD_MAX];
	char change[WORD_MAX], interval[WORD_MAX], last[220], reason[160], allowed[WORD_MAX] = "";
	char name[WORD_NAME_MAX];
	const char *texts[] = {
		name, base, base_sd, test, test_sd, m->metric.unit, change, interval,
		allowed, last,
	};

	word_levels(name, sizeof(name), m->metric.name);
	word_median(base, m, SIDE_BASE);
	word_median(test, m, SIDE_TEST);
	word_deviation(base_sd, m, SIDE_BASE);
	word_deviation(test_sd, m, SIDE_TEST);
	word_change(change, m);
	word_interval(interval, m);
	word_reason(reason, m);
	if (m->gate) {
		word_allowed(allowed, m);
		snprintf(last, sizeof(last), "%s%s%s", verdict_name(m->verdict),
			 reason[0] ? ": " : "", reason);
	} else {
		word_test(last, m);
	}
	return columns_add(table, texts, 10);
}

/* On the counted clock medians decide, and there is none. */
static bool has_interval(const struct compare_scenario *s)
{
	size_t i;

	for (i = 0; i < s->nr_metrics; i++)
		if ((s->list[i].gate || s->list[i].q <= COMPARE_Q) && s->list[i].decision.level)
			return true;
	return false;
}

/* What gates, then the diagnostics that differ. */
static int print_metrics(FILE *out, const struct compare_scenario *s)
{
	struct column titles[] = {
		{ "METRIC", 0 }, { "BASE", SCOLS_FL_RIGHT }, { "SD %", SCOLS_FL_RIGHT },
		{ "TEST", SCOLS_FL_RIGHT }, { "SD %", SCOLS_FL_RIGHT }, { "UNIT", 0 },
		{ "CHANGE", SCOLS_FL_RIGHT },
		{ "INTERVAL", SCOLS_FL_RIGHT | (has_interval(s) ? 0 : SCOLS_FL_HIDDEN) },
		{ "ALLOWED", SCOLS_FL_RIGHT }, { "VERDICT", 0 },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	const struct compare_metric **others;
	int ret = table ? 0 : -ENOMEM;
	size_t i, n = 0;

	if (ret)
		return ret;
	for (i = 0; !ret && i < s->nr_metrics; i++)
		if (s->list[i].gate)
			ret = add_metric(table, &s->list[i]);
	if (!ret)
		ret = compare_significant(s, &others, &n);
	if (ret)
		return columns_finish(table, ret);
	for (i = 0; !ret && i < n; i++)
		ret = add_metric(table, others[i]);
	free(others);
	return columns_finish(table, ret);
}

static void print_unused(FILE *out, const struct compare_scenario *s)
{
	const struct compare_run *run;
	enum compare_side side;
	size_t i;

	for (i = 0; (run = compare_left_out(s, i, &side)); i++)
		fprintf(out, "  left out %s: %s\n", run->name, run->why);
}

static int print_scenario(FILE *out, const struct compare_scenario *s)
{
	const char *kernel;
	char runs[WORD_MAX], words[WORD_TEXT_MAX];
	size_t side;

	word_levels(words, sizeof(words), s->reason);
	fprintf(out, "%s: %s%s%s\n", s->scenario.name, verdict_name(s->verdict),
		words[0] ? ": " : "", words);
	for (side = 0; side < SIDES; side++) {
		kernel = s->runs[side][0].record->env.kernel;
		word_runs(runs, s, side);
		fprintf(out, "  %s     %s, %s\n", compare_side_name(side),
			kernel ? kernel : "unknown kernel", runs);
	}
	word_levels(words, sizeof(words), s->note);
	if (words[0])
		fprintf(out, "  note     %s\n", words);
	print_unused(out, s);
	fputc('\n', out);
	return s->nr_metrics ? print_metrics(out, s) : 0;
}

static int add_summary(struct libscols_table *table, const struct compare_scenario *s)
{
	const struct compare_metric *worst = compare_worst(s);
	char base[WORD_MAX], test[WORD_MAX], change[WORD_MAX], last[200] = "-";
	char name[WORD_NAME_MAX];
	const char *texts[] = { s->scenario.name, verdict_name(s->verdict), base, test, last };

	word_runs(base, s, SIDE_BASE);
	word_runs(test, s, SIDE_TEST);
	if (worst) {
		word_change(change, worst);
		word_levels(name, sizeof(name), worst->metric.name);
		snprintf(last, sizeof(last), "%s %s", name, change);
	}
	return columns_add(table, texts, 5);
}

static int print_summary(FILE *out, const struct comparison *c)
{
	static const struct column titles[] = {
		{ "SCENARIO", 0 }, { "VERDICT", 0 }, { "BASE", 0 }, { "TEST", 0 },
		{ "WORST CHANGE", 0 },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	int ret = table ? 0 : -ENOMEM;
	size_t i;

	if (ret)
		return ret;
	for (i = 0; !ret && i < c->n; i++)
		ret = add_summary(table, &c->list[i]);
	return columns_finish(table, ret);
}

static void print_collapses(FILE *out, const struct comparison *c)
{
	char text[COLLAPSES_MAX][COLLAPSE_TEXT_MAX];
	size_t i, n = collapse_say_all(c, text);

	for (i = 0; i < n; i++)
		fprintf(out, "%s\n", text[i]);
}

int report_compare_table(FILE *out, const struct comparison *c)
{
	char text[320];
	size_t i, side;
	int ret = 0;

	for (i = 0; !ret && i < c->n; i++) {
		ret = print_scenario(out, &c->list[i]);
		fputc('\n', out);
	}
	if (!ret && c->n > 1)
		ret = print_summary(out, c);
	for (side = 0; side < SIDES; side++)
		if (c->only[side])
			fprintf(out, "Only in %s: %s\n", compare_side_name(side), c->only[side]);
	print_collapses(out, c);
	word_diagnostics(text, c);
	fprintf(out, "%s\nVerdict: %s\n", text, verdict_name(c->verdict));
	return ret;
}
