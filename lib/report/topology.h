/* SPDX-License-Identifier: GPL-2.0 */
/* Who runs whom at two levels, and what passes between them for a page. */
#ifndef REPORT_TOPOLOGY_H
#define REPORT_TOPOLOGY_H

#include "record/record.h"
#include "report/svg_charts.h"

struct topology {
	struct topology_chart chart;
	char text[TOPOLOGY_BOXES][TOPOLOGY_LINES][64], links[TOPOLOGY_BOXES - 1][64];
};

/* Of @r, which is of two levels, into @t; the chart borrows from it. */
void topology_of(const struct record *r, struct topology *t);

#endif
