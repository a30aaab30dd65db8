// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "judge/calltree.h"
#include "report/columns.h"
#include "report/rows.h"
#include "report/table.h"
#include "report/words.h"

static int add_metric(struct libscols_table *table, const struct metric_verdict *m)
{
	bool there = m->metric && m->metric->state == METRIC_PRESENT;
	char value[32] = "-", baseline[32] = "", change[32], tolerance[32] = "", last[300];
	char interval[40], resolves[32];
	const char *texts[] = {
		m->name, value, m->metric ? m->metric->unit : "", baseline, change, interval,
		resolves, tolerance, last,
	};

	if (there)
		snprintf(value, sizeof(value), "%.6g", m->metric->value);
	if (m->baseline)
		snprintf(baseline, sizeof(baseline), "%.6g", m->baseline->value);
	if (m->gate)
		words_tolerance(tolerance, sizeof(tolerance), m->baseline);
	words_change(change, sizeof(change), m);
	words_interval(interval, sizeof(interval), m);
	words_resolves(resolves, sizeof(resolves), m);
	if (m->gate)
		snprintf(last, sizeof(last), "%s%s%s", verdict_name(m->verdict),
			 m->reason[0] ? ": " : "", m->reason);
	else
		snprintf(last, sizeof(last), "%s", there ? "shown" : m->metric->absent);
	return columns_add(table, texts, 9);
}

/* What the whole record says, and what gates. */
static int print_verdicts(FILE *out, const struct judgement *j)
{
	static const struct column titles[] = {
		{ "METRIC", 0 }, { "VALUE", SCOLS_FL_RIGHT }, { "UNIT", 0 },
		{ "BASELINE", SCOLS_FL_RIGHT }, { "CHANGE", SCOLS_FL_RIGHT },
		{ "INTERVAL", SCOLS_FL_RIGHT }, { "RESOLVES", SCOLS_FL_RIGHT },
		{ "TOLERANCE", SCOLS_FL_RIGHT }, { "VERDICT", 0 },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	int ret = 0;
	size_t i;

	if (!table)
		return -ENOMEM;
	for (i = 0; !ret && i < j->n; i++)
		if (j->list[i].gate || !strchr(j->list[i].name, '.'))
			ret = add_metric(table, &j->list[i]);
	return columns_finish(table, ret);
}

/* All that is known of one function on one line. */
static int add_function(struct libscols_table *table, const struct judgement *j,
			const struct record_function *f)
{
	static const char *const suffixes[] = {
		"count_per_page", "mean_ns", "stddev_ns", "p50_ns", "p99_ns", "p999_ns",
		"self_ns_per_page",
	};
	char values[7][32], name[128];
	const char *texts[9] = { f->name };
	const struct metric *m;
	size_t i;

	for (i = 0; i < 7; i++) {
		snprintf(name, sizeof(name), "%s.%s", f->name, suffixes[i]);
		m = metrics_find(&j->metrics, name);
		if (m && m->state == METRIC_PRESENT)
			snprintf(values[i], sizeof(values[i]), "%.5g", m->value);
		else
			snprintf(values[i], sizeof(values[i]), "-");
		texts[1 + i] = values[i];
	}
	texts[8] = f->absent ? f->absent : "";
	return columns_add(table, texts, 9);
}

static int print_functions(FILE *out, const struct judgement *j)
{
	static const struct column titles[] = {
		{ "FUNCTION", 0 }, { "/PAGE", SCOLS_FL_RIGHT }, { "MEAN NS", SCOLS_FL_RIGHT },
		{ "STDDEV", SCOLS_FL_RIGHT }, { "P50", SCOLS_FL_RIGHT }, { "P99", SCOLS_FL_RIGHT },
		{ "P99.9", SCOLS_FL_RIGHT }, { "SELF NS/PAGE", SCOLS_FL_RIGHT }, { "", 0 },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	int ret = 0;
	size_t i;

	if (!table)
		return -ENOMEM;
	for (i = 0; !ret && i < j->record->nr_functions; i++)
		ret = add_function(table, j, &j->record->functions[i]);
	return columns_finish(table, ret);
}

static void print_head(FILE *out, const struct judgement *j, const char *name)
{
	const struct record_environment *env = &j->record->env;

	fprintf(out, "%s: %s%s%s\n", j->record->scenario.name, verdict_name(j->verdict),
		j->reason[0] ? ": " : "", j->reason);
	fprintf(out, "  record   %s\n", name);
	if (j->runs > 1)
		fprintf(out, "  runs     %zu, values are their medians, functions those of the first\n",
			j->runs);
	if (j->record->has_host)
		fprintf(out, "  host     %s, %d CPU%s\n",
			j->record->host.kernel ? j->record->host.kernel : "unknown kernel",
			j->record->host.vcpus, j->record->host.vcpus == 1 ? "" : "s");
	fprintf(out, "  subject  %s, %d CPU%s, %s clock%s\n",
		env->kernel ? env->kernel : "unknown kernel", env->vcpus,
		env->vcpus == 1 ? "" : "s", env->clock,
		strcmp(env->clock, "counted") ? "" : ": ns are lengths of paths, not latencies");
	if (j->baseline)
		fprintf(out, "  baseline %d run%s, accepted %s: %s\n", j->baseline->runs,
			j->baseline->runs == 1 ? "" : "s", j->baseline->accepted,
			j->baseline->reason);
	if (j->note[0])
		fprintf(out, "  note     %s\n", j->note);
}

int report_table(FILE *out, const struct judgement *j, const char *name)
{
	const struct check_result *c;
	size_t i;
	int ret;

	print_head(out, j, name);
	for (i = 0; i < j->validity.n; i++) {
		c = &j->validity.list[i];
		if (c->outcome == CHECK_FAIL)
			fprintf(out, "  invalid  %s: %s%s%s (%s)\n", check_name(c->id), c->subject,
				c->subject[0] ? ": " : "", c->detail, check_meaning(c->id));
	}
	fputc('\n', out);
	ret = print_verdicts(out, j);
	if (ret)
		return ret;
	fputc('\n', out);
	ret = print_functions(out, j);
	return ret ? ret : report_attribution(out, j);
}

/* The value of the metric @name, or a dash. */
static const char *show(char *text, size_t size, const struct judgement *j, const char *name)
{
	const struct metric *m = metrics_find(&j->metrics, name);

	if (!m || m->state != METRIC_PRESENT)
		return "-";
	snprintf(text, size, "%.4g", m->value);
	return text;
}

static int add_summary(struct libscols_table *table, const struct judgement *j)
{
	const char *flush = calltree_flushes(j->record)[0];
	char flushes[64], flush_ns[64];
	const char *const shown[] = {
		"throughput_gbps", "probe_cost", "iommu_map.count_per_page", flushes, "iotlb_miss",
		"iommu_map.mean_ns", flush_ns,
	};
	enum { SHOWN = sizeof(shown) / sizeof(shown[0]) };
	const struct metric_verdict *worst = judgement_worst(j);
	char values[SHOWN][32], change[32], last[400] = "-";
	const char *texts[SHOWN + 3];
	size_t i;

	snprintf(flushes, sizeof(flushes), "%s.count_per_page", flush);
	snprintf(flush_ns, sizeof(flush_ns), "%s.mean_ns", flush);
	texts[0] = j->record->scenario.name;
	texts[1] = verdict_name(j->verdict);
	for (i = 0; i < SHOWN; i++)
		texts[2 + i] = show(values[i], sizeof(values[i]), j, shown[i]);
	if (worst) {
		words_change(change, sizeof(change), worst);
		snprintf(last, sizeof(last), "%s %s", worst->name, change);
	} else if (j->reason[0]) {
		snprintf(last, sizeof(last), "%s", j->reason);
	}
	if (j->validity.failed && j->verdict != VERDICT_INVALID)
		snprintf(last + strlen(last), sizeof(last) - strlen(last),
			 " (%zu faults in rows, see judge)", j->validity.failed);
	texts[SHOWN + 2] = last;
	return columns_add(table, texts, SHOWN + 3);
}

int report_summary(FILE *out, struct judgement *const *list, size_t n)
{
	static const struct column titles[] = {
		{ "SCENARIO", 0 }, { "VERDICT", 0 }, { "GBIT/S", SCOLS_FL_RIGHT },
		{ "PROBES %", SCOLS_FL_RIGHT }, { "MAPS/PAGE", SCOLS_FL_RIGHT },
		{ "FLUSHES/PAGE", SCOLS_FL_RIGHT }, { "MISSES/PAGE", SCOLS_FL_RIGHT },
		{ "MAP NS", SCOLS_FL_RIGHT }, { "FLUSH NS", SCOLS_FL_RIGHT }, { "WORST CHANGE", 0 },
	};
	static const enum verdict order[] = {
		VERDICT_OK, VERDICT_IMPROVED, VERDICT_REGRESSED, VERDICT_INCONCLUSIVE,
		VERDICT_INVALID, VERDICT_NO_BASELINE,
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	size_t i, counts[6] = { 0 };
	int ret = 0;

	if (!table)
		return -ENOMEM;
	for (i = 0; !ret && i < n; i++) {
		ret = add_summary(table, list[i]);
		counts[list[i]->verdict]++;
	}
	ret = columns_finish(table, ret);
	fprintf(out, "%zu scenario%s:", n, n == 1 ? "" : "s");
	for (i = 0; i < 6; i++)
		if (counts[order[i]])
			fprintf(out, " %zu %s", counts[order[i]], verdict_name(order[i]));
	fputs("\n", out);
	return ret;
}

static int add_failures(struct libscols_table *table, const struct judgement *j,
			enum check_id id)
{
	char detail[400];
	const char *texts[] = { check_name(id), "fail", detail };
	const struct check_result *c;
	size_t i;
	int ret;

	for (i = 0; i < j->validity.n; i++) {
		c = &j->validity.list[i];
		if (c->id != id || c->outcome != CHECK_FAIL)
			continue;
		snprintf(detail, sizeof(detail), "%s%s%s", c->subject, c->subject[0] ? ": " : "",
			 c->detail);
		ret = columns_add(table, texts, 3);
		if (ret)
			return ret;
	}
	return 0;
}

static int add_check(struct libscols_table *table, const struct judgement *j, enum check_id id)
{
	const struct check_result *shown = validity_of(&j->validity, id);
	char detail[500];
	const char *texts[] = { check_name(id), "pass", detail };
	size_t i, same = 0;

	if (shown->outcome == CHECK_FAIL)
		return add_failures(table, j, id);
	for (i = 0; i < j->validity.n; i++)
		same += j->validity.list[i].id == id;
	if (same > 1)
		snprintf(detail, sizeof(detail), "%s: all %zu", check_meaning(id), same);
	else
		snprintf(detail, sizeof(detail), "%s: %s", check_meaning(id), shown->detail);
	return columns_add(table, texts, 3);
}

/* The checks that the record has nothing for, on one line. */
static void print_not_applicable(FILE *out, const struct judgement *j)
{
	const char *before = "not applicable: ";
	enum check_id id;

	for (id = 0; id < CHECKS; id++) {
		if (validity_of(&j->validity, id)->outcome != CHECK_NOT_APPLICABLE)
			continue;
		fprintf(out, "%s%s", before, check_name(id));
		before = ", ";
	}
	if (before[0] == ',')
		fputc('\n', out);
}

int report_checks(FILE *out, const struct judgement *j, const char *name)
{
	static const struct column titles[] = {
		{ "CHECK", 0 }, { "RESULT", 0 }, { "DETAIL", 0 },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	enum check_id id;
	int ret = 0;

	if (!table)
		return -ENOMEM;
	fprintf(out, "%s: %s\n  record   %s\n", j->record->scenario.name,
		!j->validity.failed ? "valid" :
		validity_by_row(j->record, &j->validity) ? "valid but for some rows" : "invalid",
		name);
	if (j->record->report)
		ret = report_rows(out, j);
	for (id = 0; !ret && id < CHECKS; id++)
		if (validity_of(&j->validity, id)->outcome != CHECK_NOT_APPLICABLE)
			ret = add_check(table, j, id);
	ret = columns_finish(table, ret);
	print_not_applicable(out, j);
	return ret;
}
