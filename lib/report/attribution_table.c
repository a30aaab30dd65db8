// SPDX-License-Identifier: GPL-2.0
/* What a page costs at two levels: a line a function, by side. */
#include <errno.h>
#include <math.h>

#include "judge/attribution.h"
#include "report/columns.h"
#include "report/table.h"

static int add_row(struct libscols_table *table, const struct attribution *a,
		   const struct attribution_row *row)
{
	char calls[32], self[32] = "-", share[32] = "-";
	const char *texts[] = {
		attribution_side_name(row->side), record_own_name(row->function), calls, self, share,
		isnan(row->self_ns) ? "counted only: its guest runs in it" : "",
	};
	double total = a->total[row->side].self_ns;

	snprintf(calls, sizeof(calls), "%.5g", row->calls);
	if (!isnan(row->self_ns))
		snprintf(self, sizeof(self), "%.5g", row->self_ns);
	if (!isnan(row->self_ns) && total > 0)
		snprintf(share, sizeof(share), "%.1f%%", 100 * row->self_ns / total);
	return columns_add(table, texts, 6);
}

static int add_total(struct libscols_table *table, const struct attribution *a,
		     enum attribution_side side)
{
	char self[32] = "-";
	const char *texts[] = {
		attribution_side_name(side), "all of these", "", self, "", a->total[side].absent,
	};

	if (!isnan(a->total[side].self_ns))
		snprintf(self, sizeof(self), "%.5g", a->total[side].self_ns);
	return columns_add(table, texts, 6);
}

int report_attribution(FILE *out, const struct judgement *j)
{
	static const struct column titles[] = {
		{ "SIDE", 0 }, { "FUNCTION", 0 }, { "/PAGE", SCOLS_FL_RIGHT },
		{ "SELF NS/PAGE", SCOLS_FL_RIGHT }, { "SHARE", SCOLS_FL_RIGHT }, { "", 0 },
	};
	struct libscols_table *table;
	enum attribution_side side;
	struct attribution a;
	int ret = 0;
	size_t i;

	if (!attribution_of(j->record, &a))
		return 0;
	table = columns_new(out, COLUMNS(titles));
	if (!table)
		return -ENOMEM;
	for (side = 0; !ret && side < ATTRIBUTION_SIDES; side++) {
		for (i = 0; !ret && i < a.n; i++)
			if (a.rows[i].side == side)
				ret = add_row(table, &a, &a.rows[i]);
		if (!ret)
			ret = add_total(table, &a, side);
	}
	fputc('\n', out);
	ret = columns_finish(table, ret);
	fputs("Shares are of a side. The guest's time is as its clock has it: while relay and host "
	      "work\nit waits, so theirs is in its too, and the sides do not add up.\n", out);
	return ret;
}
