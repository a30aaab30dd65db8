// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "judge/attribution.h"
#include "report/json.h"
#include "util/json.h"

static void print_head(FILE *out, const struct judgement *j, const char *name)
{
	fputs("\t\t\t\"record\": ", out);
	json_print_string(out, name);
	fputs(",\n\t\t\t\"scenario\": ", out);
	json_print_string(out, j->record->scenario.name);
	if (j->record->env.kernel) {
		fputs(",\n\t\t\t\"kernel\": ", out);
		json_print_string(out, j->record->env.kernel);
	}
	fputs(",\n", out);
}

static void print_member(FILE *out, const char *key, double value)
{
	fprintf(out, ", \"%s\": ", key);
	json_print_real(out, value);
}

static void print_metric(FILE *out, const struct metric_verdict *m)
{
	fputs("\t\t\t\t", out);
	json_print_string(out, m->name);
	fprintf(out, ": {\"gate\": %s", m->gate ? "true" : "false");
	if (m->metric)
		fprintf(out, ", \"unit\": \"%s\", \"class\": \"%s\", \"better\": \"%s\"",
			m->metric->unit, metric_class_name(m->metric->class),
			m->metric->better == BETTER_LOWER ? "lower" : "higher");
	if (m->metric && m->metric->state == METRIC_PRESENT) {
		print_member(out, "value", m->metric->value);
	} else {
		fputs(", \"absent\": ", out);
		json_print_string(out, m->metric ? m->metric->absent : "not traced");
	}
	if (m->baseline)
		print_member(out, "baseline", m->baseline->value);
	if (m->baseline && m->metric && m->metric->state == METRIC_PRESENT)
		print_member(out, "change", m->change);
	if (m->gate && m->decision.level) {
		print_member(out, "low", m->decision.low);
		print_member(out, "high", m->decision.high);
	}
	if (m->gate && m->metric && m->metric->state == METRIC_PRESENT &&
	    !isnan(m->decision.resolves))
		print_member(out, "resolves", m->decision.resolves);
	if (m->gate) {
		print_member(out, "allowed", baseline_allowed(m->baseline));
		fprintf(out, ", \"verdict\": \"%s\"", verdict_name(m->verdict));
	}
	if (m->reason[0]) {
		fputs(", \"reason\": ", out);
		json_print_string(out, m->reason);
	}
	fputs("}", out);
}

/* The functions of one side, called as it calls them. */
static void print_side(FILE *out, const struct attribution *a, enum attribution_side side)
{
	const char *before = "";
	size_t i;

	fprintf(out, "\t\t\t\t\"%s\": {\"functions\": {", attribution_side_name(side));
	for (i = 0; i < a->n; i++) {
		if (a->rows[i].side != side)
			continue;
		fprintf(out, "%s\n\t\t\t\t\t", before);
		json_print_string(out, record_own_name(a->rows[i].function));
		fputs(": {\"calls_per_page\": ", out);
		json_print_real(out, a->rows[i].calls);
		if (!isnan(a->rows[i].self_ns))
			print_member(out, "self_ns_per_page", a->rows[i].self_ns);
		fputs("}", out);
		before = ",";
	}
	fputs("}", out);
	if (!isnan(a->total[side].self_ns)) {
		print_member(out, "self_ns_per_page", a->total[side].self_ns);
	} else {
		fputs(", \"absent\": ", out);
		json_print_string(out, a->total[side].absent);
	}
	fputs(side + 1 < ATTRIBUTION_SIDES ? "},\n" : "}\n", out);
}

/* Of two levels: what a page costs each side. */
static void print_attribution(FILE *out, const struct record *r)
{
	struct attribution a;
	enum attribution_side side;

	if (!attribution_of(r, &a))
		return;
	fputs(",\n\t\t\t\"attribution\": {\n", out);
	for (side = 0; side < ATTRIBUTION_SIDES; side++)
		print_side(out, &a, side);
	fputs("\t\t\t}", out);
}

static void print_judgement(FILE *out, const struct judgement *j, const char *name)
{
	size_t i;

	fputs("\t\t{\n", out);
	print_head(out, j, name);
	fprintf(out, "\t\t\t\"runs\": %zu,\n", j->runs);
	fprintf(out, "\t\t\t\"verdict\": \"%s\",\n\t\t\t\"reason\": ", verdict_name(j->verdict));
	json_print_string(out, j->reason);
	fputs(",\n\t\t\t\"note\": ", out);
	json_print_string(out, j->note);
	fputs(",\n\t\t\t\"metrics\": {\n", out);
	for (i = 0; i < j->n; i++) {
		print_metric(out, &j->list[i]);
		fputs(i + 1 < j->n ? ",\n" : "\n", out);
	}
	fputs("\t\t\t}", out);
	print_attribution(out, j->record);
	fputs("\n\t\t}", out);
}

void report_json(FILE *out, struct judgement *const *list, const char *const *names, size_t n)
{
	size_t i;

	fputs("{\n\t\"judgements\": [\n", out);
	for (i = 0; i < n; i++) {
		print_judgement(out, list[i], names[i]);
		fputs(i + 1 < n ? ",\n" : "\n", out);
	}
	fputs("\t]\n}\n", out);
}

static void print_check(FILE *out, const struct check_result *c)
{
	static const char *const outcomes[] = {
		[CHECK_PASS] = "pass", [CHECK_FAIL] = "fail",
		[CHECK_NOT_APPLICABLE] = "not applicable",
	};

	fprintf(out, "\t\t\t\t{\"check\": \"%s\", \"outcome\": \"%s\"", check_name(c->id),
		outcomes[c->outcome]);
	if (c->subject[0]) {
		fputs(", \"subject\": ", out);
		json_print_string(out, c->subject);
	}
	fputs(", \"detail\": ", out);
	json_print_string(out, c->detail);
	fputs("}", out);
}

static void print_checks(FILE *out, const struct judgement *j, const char *name)
{
	const struct validity *v = &j->validity;
	size_t i;

	fputs("\t\t{\n", out);
	print_head(out, j, name);
	fprintf(out, "\t\t\t\"valid\": %s,\n\t\t\t\"results\": [\n", v->failed ? "false" : "true");
	for (i = 0; i < v->n; i++) {
		print_check(out, &v->list[i]);
		fputs(i + 1 < v->n ? ",\n" : "\n", out);
	}
	fputs("\t\t\t]\n\t\t}", out);
}

void report_checks_json(FILE *out, struct judgement *const *list, const char *const *names,
			size_t n)
{
	size_t i;

	fputs("{\n\t\"checks\": [\n", out);
	for (i = 0; i < n; i++) {
		print_checks(out, list[i], names[i]);
		fputs(i + 1 < n ? ",\n" : "\n", out);
	}
	fputs("\t]\n}\n", out);
}
