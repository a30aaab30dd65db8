// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>

#include "report/baseline_table.h"
#include "report/columns.h"

static void print_head(FILE *out, const struct baseline *b)
{
	fprintf(out, "  accepted %s, %d run%s: %s\n", b->accepted, b->runs,
		b->runs == 1 ? "" : "s", b->reason);
	fprintf(out, "  testbed  %s, QEMU %s, %d CPU%s, %s clock\n", b->testbed,
		b->qemu ? b->qemu : "none", b->vcpus, b->vcpus == 1 ? "" : "s", b->clock);
	if (b->host)
		fprintf(out, "  host     %s\n", b->host);
	fprintf(out, "  subject  %s, iperf3 %s\n", b->kernel ? b->kernel : "unknown",
		b->iperf3 ? b->iperf3 : "unknown");
}

int report_baseline(FILE *out, const struct baseline *b, const char *name)
{
	static const struct column titles[] = {
		{ "METRIC", 0 }, { "VALUE", SCOLS_FL_RIGHT }, { "SPREAD", SCOLS_FL_RIGHT },
		{ "CLASS", 0 }, { "GATE", 0 }, { "TOLERANCE", SCOLS_FL_RIGHT },
		{ "FLOOR", SCOLS_FL_RIGHT },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	char value[32], spread[32], tolerance[32], floor[32];
	const struct baseline_metric *m;
	int ret = 0;
	size_t i;

	if (!table)
		return -ENOMEM;
	fprintf(out, "%s: %s\n", b->scenario, name);
	print_head(out, b);
	for (i = 0; !ret && i < b->n; i++) {
		m = &b->list[i];
		snprintf(value, sizeof(value), "%.6g", m->value);
		snprintf(spread, sizeof(spread), m->value ? "%.3g %%" : "%.3g",
			 m->value ? 100 * m->spread : m->spread);
		snprintf(tolerance, sizeof(tolerance), "%.3g %%", 100 * m->tolerance);
		snprintf(floor, sizeof(floor), "%.3g", m->floor);
		const char *texts[] = {
			m->name, value, spread, metric_class_name(m->class),
			m->gate ? "yes" : "-", m->gate ? tolerance : "", m->gate ? floor : "",
		};

		ret = columns_add(table, texts, 7);
	}
	return columns_finish(table, ret);
}

static int add_difference(struct libscols_table *table, const struct baseline_metric *before,
			  const struct baseline_metric *now)
{
	char from[32] = "-", to[32] = "-", change[32] = "";
	const char *gate = "";

	if (before && now && before->value == now->value && before->gate == now->gate)
		return 0;
	if (before)
		snprintf(from, sizeof(from), "%.6g", before->value);
	if (now)
		snprintf(to, sizeof(to), "%.6g", now->value);
	if (before && now && before->value)
		snprintf(change, sizeof(change), "%+.2f %%",
			 100 * (now->value - before->value) / fabs(before->value));
	if (now && now->gate)
		gate = before && before->gate ? "yes" : "new";
	else if (before && before->gate)
		gate = "no more";
	const char *texts[] = { (now ? now : before)->name, from, to, change, gate };

	return columns_add(table, texts, 5);
}

int report_baseline_diff(FILE *out, const struct baseline *before, const struct baseline *now)
{
	static const struct column titles[] = {
		{ "METRIC", 0 }, { "BASELINE", SCOLS_FL_RIGHT }, { "RECORDS", SCOLS_FL_RIGHT },
		{ "CHANGE", SCOLS_FL_RIGHT }, { "GATE", 0 },
	};
	struct libscols_table *table = columns_new(out, COLUMNS(titles));
	int ret = 0;
	size_t i;

	if (!table)
		return -ENOMEM;
	for (i = 0; !ret && i < before->n; i++)
		ret = add_difference(table, &before->list[i],
				     baseline_find(now, before->list[i].name));
	for (i = 0; !ret && i < now->n; i++)
		if (!baseline_find(before, now->list[i].name))
			ret = add_difference(table, NULL, &now->list[i]);
	fprintf(out, "%s:%s\n", now->scenario,
		scols_table_get_nlines(table) ? "" : " no difference");
	return columns_finish(table, ret);
}
