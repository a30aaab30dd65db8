// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "judge/collapse.h"
#include "report/compare.h"
#include "util/json.h"

static void print_values(FILE *out, const char *key, const double *values, size_t n)
{
	size_t i;

	fprintf(out, ", \"%s\": [", key);
	for (i = 0; i < n; i++) {
		fputs(i ? ", " : "", out);
		json_print_real(out, values[i]);
	}
	fputc(']', out);
}

/* A member that is left out where there is no such number. */
static void print_number(FILE *out, const char *key, double value)
{
	if (!isfinite(value))
		return;
	fprintf(out, ", \"%s\": ", key);
	json_print_real(out, value);
}

static void print_text(FILE *out, const char *before, const char *key, const char *text)
{
	fprintf(out, "%s\"%s\": ", before, key);
	json_print_string(out, text);
}

static void print_decision(FILE *out, const struct compare_metric *m)
{
	const struct decision *d = &m->decision;

	print_number(out, "change", d->change);
	print_number(out, "share", decision_share(d, d->change));
	if (d->level) {
		print_number(out, "low", d->low);
		print_number(out, "high", d->high);
		print_number(out, "level", d->level);
	}
	if (m->gate) {
		print_number(out, "allowed", d->allowed);
		print_text(out, ", ", "verdict", verdict_name(m->verdict));
	}
	print_number(out, "p", m->p);
	print_number(out, "q", m->q);
}

static void print_metric(FILE *out, const struct compare_metric *m)
{
	static const char *const absent[SIDES] = { "base_absent", "test_absent" };
	size_t side;

	fputs("\t\t\t\t", out);
	json_print_string(out, m->metric.name);
	fprintf(out, ": {\"gate\": %s, \"unit\": \"%s\", \"class\": \"%s\", \"better\": \"%s\"",
		m->gate ? "true" : "false", m->metric.unit, metric_class_name(m->metric.class),
		m->metric.better == BETTER_LOWER ? "lower" : "higher");
	for (side = 0; side < SIDES; side++) {
		if (m->n[side])
			print_values(out, compare_side_name(side), m->values[side], m->n[side]);
		else
			print_text(out, ", ", absent[side], m->absent[side]);
	}
	if (m->n[SIDE_BASE] && m->n[SIDE_TEST])
		print_decision(out, m);
	fputc('}', out);
}

static void print_runs(FILE *out, const struct compare_scenario *s, enum compare_side side)
{
	static const char *const uses[] = {
		[RUN_USED] = "used", [RUN_INVALID] = "invalid", [RUN_REPEATED] = "repeated",
	};
	const struct compare_run *run = &s->runs[side][0];
	size_t i;

	fprintf(out, "\t\t\t\"%s\": {", compare_side_name(side));
	if (run->record->env.kernel)
		print_text(out, "", "kernel", run->record->env.kernel);
	fprintf(out, "%s\"runs\": [\n", run->record->env.kernel ? ", " : "");
	for (i = 0; i < s->n[side]; i++) {
		run = &s->runs[side][i];
		print_text(out, "\t\t\t\t{", "record", run->name);
		print_text(out, ", ", "use", uses[run->use]);
		if (run->use != RUN_USED)
			print_text(out, ", ", "reason", run->why);
		fputs(i + 1 < s->n[side] ? "},\n" : "}\n", out);
	}
	fputs("\t\t\t]},\n", out);
}

static void print_scenario(FILE *out, const struct compare_scenario *s)
{
	size_t i;

	print_text(out, "\t\t{\n\t\t\t", "scenario", s->scenario.name);
	print_text(out, ",\n\t\t\t", "verdict", verdict_name(s->verdict));
	print_text(out, ",\n\t\t\t", "reason", s->reason);
	print_text(out, ",\n\t\t\t", "note", s->note);
	fputs(",\n", out);
	print_runs(out, s, SIDE_BASE);
	print_runs(out, s, SIDE_TEST);
	fputs("\t\t\t\"metrics\": {\n", out);
	for (i = 0; i < s->nr_metrics; i++) {
		print_metric(out, &s->list[i]);
		fputs(i + 1 < s->nr_metrics ? ",\n" : "\n", out);
	}
	fputs("\t\t\t}\n\t\t}", out);
}

static void print_collapses(FILE *out, const struct comparison *c)
{
	struct collapse found[COLLAPSES_MAX];
	size_t i, n = collapse_find(c, found);
	char text[COLLAPSE_TEXT_MAX];

	fputs("\t\"collapses\": [\n", out);
	for (i = 0; i < n; i++) {
		collapse_say(&found[i], text);
		print_text(out, "\t\t{", "function", found[i].function);
		fprintf(out, ", \"from\": %d, \"sound\": %d", found[i].from, found[i].sound);
		print_number(out, "times", found[i].times);
		print_number(out, "own_base", found[i].own_base);
		print_number(out, "own_test", found[i].own_test);
		print_number(out, "of_added", found[i].of_added);
		print_text(out, ", ", "text", text);
		fputs(i + 1 < n ? "},\n" : "}\n", out);
	}
	fputs("\t],\n", out);
}

int report_compare_json(FILE *out, const struct comparison *c)
{
	size_t i;

	fprintf(out, "{\n\t\"verdict\": \"%s\",\n\t\"diagnostics\": {\"tested\": %zu, "
		"\"significant\": %zu, \"could_tell\": %s", verdict_name(c->verdict), c->diagnostics,
		c->significant, compare_could_tell(c) ? "true" : "false");
	if (c->diagnostics) {
		print_number(out, "least_p", c->least_p);
		fprintf(out, ", \"runs_needed\": %zu", c->runs_needed);
	}
	fputs("},\n", out);
	if (c->only[SIDE_BASE])
		print_text(out, "\t", "only_base", c->only[SIDE_BASE]);
	fputs(c->only[SIDE_BASE] ? ",\n" : "", out);
	if (c->only[SIDE_TEST])
		print_text(out, "\t", "only_test", c->only[SIDE_TEST]);
	fputs(c->only[SIDE_TEST] ? ",\n" : "", out);
	print_collapses(out, c);
	fputs("\t\"comparison\": [\n", out);
	for (i = 0; i < c->n; i++) {
		print_scenario(out, &c->list[i]);
		fputs(i + 1 < c->n ? ",\n" : "\n", out);
	}
	fputs("\t]\n}\n", out);
	return 0;
}
