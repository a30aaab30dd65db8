// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <string.h>

#include "report/attribution_parts.h"

void attribution_parts_begin(struct attribution_parts *p)
{
	enum attribution_side side;

	memset(p, 0, sizeof(*p));
	for (side = 0; side < ATTRIBUTION_SIDES; side++)
		p->sides[side] = attribution_side_name(side);
}

static bool is_timed(const struct attribution_part *part)
{
	return !isnan(part->values[0]) || !isnan(part->values[1]);
}

/* The last of @side that has a time, and how many have. */
static struct attribution_part *last_timed(struct attribution_parts *p, size_t side, size_t *n)
{
	struct attribution_part *last = NULL;
	size_t i;

	for (i = 0, *n = 0; i < p->n; i++) {
		if (p->list[i].side != side || !is_timed(&p->list[i]))
			continue;
		last = &p->list[i];
		++*n;
	}
	return last;
}

/* A side that has no value has none to add. */
static double both(double a, double b)
{
	return isnan(a) ? b : isnan(b) ? a : a + b;
}

void attribution_parts_add(struct attribution_parts *p, const struct attribution_part *part)
{
	struct attribution_part *last;
	size_t n, which;

	last = last_timed(p, part->side, &n);
	if (!is_timed(part) || n < STACK_PARTS) {
		if (p->n < sizeof(p->list) / sizeof(p->list[0]))
			p->list[p->n++] = *part;
		return;
	}
	last->name = "the others";
	for (which = 0; which < 2; which++) {
		last->values[which] = both(last->values[which], part->values[which]);
		last->calls[which] = NAN;
	}
}

struct attribution_chart attribution_parts_chart(const struct attribution_parts *p)
{
	return (struct attribution_chart) {
		.unit = "ns a page", .sides = p->sides, .absent = p->absent,
		.nr_sides = ATTRIBUTION_SIDES, .parts = p->list, .n = p->n,
	};
}
