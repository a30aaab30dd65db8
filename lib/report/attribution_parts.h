/* SPDX-License-Identifier: GPL-2.0 */
/* From what was attributed to what is drawn: a bar has as many parts as colours tell apart. */
#ifndef REPORT_ATTRIBUTION_PARTS_H
#define REPORT_ATTRIBUTION_PARTS_H

#include "judge/attribution.h"
#include "report/svg_charts.h"

/* STACK_PARTS with a time a side, and those that are only counted. */
struct attribution_parts {
	struct attribution_part list[ATTRIBUTION_BARS * STACK_PARTS + RECORD_FUNCTIONS_MAX];
	size_t n;
	const char *sides[ATTRIBUTION_SIDES];
	const char *absent[ATTRIBUTION_SIDES];
};

/* None, and no side absent. */
void attribution_parts_begin(struct attribution_parts *p);

/*
 * Add @part, whose side is that of the last or comes after it; borrowed. What a side has beyond
 * STACK_PARTS goes into its last part, "the others", whose calls are of no one function.
 */
void attribution_parts_add(struct attribution_parts *p, const struct attribution_part *part);

/* A chart of @p, which must outlive it. */
struct attribution_chart attribution_parts_chart(const struct attribution_parts *p);

#endif
