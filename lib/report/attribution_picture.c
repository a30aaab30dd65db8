// SPDX-License-Identifier: GPL-2.0
/* What runs in what at two levels, and what a page costs each, as a picture by itself. */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "report/attribution_parts.h"
#include "report/attribution_picture.h"
#include "report/html.h"
#include "report/topology.h"

static void fill(struct attribution_parts *p, const struct attribution *a)
{
	const struct attribution_row *row;
	enum attribution_side side;
	size_t i;

	attribution_parts_begin(p);
	for (side = 0; side < ATTRIBUTION_SIDES; side++)
		if (isnan(a->total[side].self_ns))
			p->absent[side] = a->total[side].absent;
	for (i = 0; i < a->n; i++) {
		row = &a->rows[i];
		if (!row->calls)
			continue;
		attribution_parts_add(p, &(struct attribution_part) {
			.name = record_own_name(row->function), .side = row->side,
			.values = { row->self_ns, NAN }, .calls = { row->calls, NAN },
		});
	}
}

int attribution_picture(FILE *out, const struct record *r)
{
	struct attribution_parts parts;
	struct attribution_chart chart;
	struct attribution a;
	struct topology topology;
	char label[200];

	if (!attribution_of(r, &a))
		return -EINVAL;
	fill(&parts, &a);
	snprintf(label, sizeof(label), "%s: what a page costs each kernel, by function",
		 r->scenario.name);
	chart = attribution_parts_chart(&parts);
	chart.label = label;
	chart.style = html_picture_style();
	topology_of(r, &topology);
	chart.topology = &topology.chart;
	svg_attribution(out, &chart);
	return 0;
}
