// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <string.h>

#include "report/svg.h"
#include "report/svg_charts.h"

enum {
	WIDTH = 2 * CHART_WIDTH, LEFT = 126, RIGHT = 98, TOP = 6, BAR = 26, ROW = 32, GAP = 14,
	AXIS = 30, TITLE = 34, LINE = 21, LETTER = 12, CALLS = 520, FIRST = 630,
};

static double value_of(const struct attribution_part *p, size_t which)
{
	double value = p->values[which];

	return value > 0 && isfinite(value) ? value : 0;
}

static double sum(const struct attribution_chart *c, size_t side, size_t which)
{
	double total = 0;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->parts[i].side == side)
			total += value_of(&c->parts[i], which);
	return total;
}

static size_t bars(const struct attribution_chart *c)
{
	return c->two ? 2 : 1;
}

static double greatest(const struct attribution_chart *c)
{
	double most = 0;
	size_t side, which;

	for (side = 0; side < c->nr_sides; side++)
		for (which = 0; which < bars(c); which++)
			most = fmax(most, sum(c, side, which));
	return most;
}

/* What the part is, in it: its name, its number where only that has room, or nothing. */
static void put_label(FILE *out, const struct attribution_part *p, size_t number, double from,
		      double width, double y)
{
	char class[24];

	snprintf(class, sizeof(class), "middle on c%zu", number % STACK_PARTS);
	if (width > LETTER * (strlen(p->name) + 1.0))
		svg_text(out, class, from + width / 2, y + BAR / 2 + 5, "%.100s", p->name);
	else if (width > 16)
		svg_text(out, class, from + width / 2, y + BAR / 2 + 5, "%zu", number + 1);
}

static void draw_bar(FILE *out, const struct scale *x, const struct attribution_chart *c,
		     size_t side, size_t which, double y)
{
	double before = 0, from, width;
	char class[16], tip[200], total[32];
	size_t i, number = 0;

	for (i = 0; i < c->n; i++) {
		if (c->parts[i].side != side || isnan(c->parts[i].values[which]))
			continue;
		from = scale_at(x, before);
		before += value_of(&c->parts[i], which);
		width = scale_at(x, before) - from;
		snprintf(class, sizeof(class), "part c%zu", number % STACK_PARTS);
		snprintf(tip, sizeof(tip), "%.80s: %.5g %.40s", c->parts[i].name,
			 value_of(&c->parts[i], which), c->unit);
		svg_rect(out, class, from, y, width, BAR, tip);
		put_label(out, &c->parts[i], number++, from, width, y);
	}
	tick_text(total, sizeof(total), before, 0);
	svg_text(out, "start label", scale_at(x, before) + 5, y + BAR / 2 + 5, "%s", total);
}

/* The bars of one side, from @y on; where the next one's begin. */
static double draw_side(FILE *out, const struct scale *x, const struct attribution_chart *c,
			size_t side, double y)
{
	static const char *const names[] = { "base", "test" };
	size_t which;

	if (c->absent[side]) {
		svg_text(out, "start label", 0, y + BAR / 2 + 5, "%.20s", c->sides[side]);
		svg_text(out, "start label muted", LEFT, y + BAR / 2 + 5, "%.50s", c->absent[side]);
		return y + ROW + GAP;
	}
	for (which = 0; which < bars(c); which++, y += ROW) {
		svg_text(out, "start label", 0, y + BAR / 2 + 5, "%.20s%s%s", c->sides[side],
			 c->two ? " " : "", c->two ? names[which] : "");
		draw_bar(out, x, c, side, which, y);
	}
	return y + GAP;
}

static void draw_axis(FILE *out, const struct scale *x, double top, double bottom)
{
	double ticks[TICKS_MAX], at;
	char text[32];
	size_t i, n;
	int digits;

	n = scale_ticks(x, 5, ticks, &digits);
	for (i = 0; i < n; i++) {
		at = scale_at(x, ticks[i]);
		svg_line(out, "grid", at, top, at, bottom);
		tick_text(text, sizeof(text), ticks[i], digits);
		svg_text(out, "middle label muted", at, bottom + 18, "%s", text);
	}
}

/* A side's parts with their colours; where the next list begins. */
static double list_side(FILE *out, const struct attribution_chart *c, size_t side, double y)
{
	const struct attribution_part *p;
	char class[24], value[32];
	size_t i, number = 0;

	svg_text(out, "start label", 0, y, "%.20s", c->sides[side]);
	for (i = 0; i < c->n; i++) {
		p = &c->parts[i];
		if (p->side != side)
			continue;
		if (!isnan(p->values[0])) {
			snprintf(class, sizeof(class), "c%zu", number % STACK_PARTS);
			svg_rect(out, class, LEFT, y - 14, 20, 17, NULL);
			snprintf(class, sizeof(class), "middle on c%zu", number++ % STACK_PARTS);
			svg_text(out, class, LEFT + 10, y, "%zu", number);
			tick_text(value, sizeof(value), p->values[0], 0);
			svg_text(out, "end label", FIRST, y, "%s", value);
		}
		svg_text(out, "start label", LEFT + 30, y, "%.60s", p->name);
		if (!isnan(p->calls[0]))
			svg_text(out, "end label", CALLS, y, "%.4g", p->calls[0]);
		y += LINE;
	}
	return y + (c->absent[side] ? LINE : 0) + GAP / 2;
}

/* What a page of HTML says around the picture, in one by itself. */
static void draw_legend(FILE *out, const struct attribution_chart *c, double y)
{
	size_t side;

	svg_text(out, "end label muted", CALLS, y, "calls a page");
	svg_text(out, "end label muted", FIRST, y, "%.20s", c->unit);
	y += LINE;
	for (side = 0; side < c->nr_sides; side++)
		y = list_side(out, c, side, y);
	svg_text(out, "start label muted", 0, y, "%s",
		 "The guest's time is as its clock has it: it waits while relay and host");
	svg_text(out, "start label muted", 0, y + LINE, "%s", "work, so the sides do not add up.");
}

static double bars_height(const struct attribution_chart *c)
{
	double height = 0;
	size_t side;

	for (side = 0; side < c->nr_sides; side++)
		height += (c->absent[side] ? 1 : bars(c)) * ROW + GAP;
	return height;
}

/* List of all parts, a heading and two lines below. */
static double legend_height(const struct attribution_chart *c)
{
	double height = (4.0 + c->n) * LINE;
	size_t side;

	for (side = 0; side < c->nr_sides; side++)
		height += (c->absent[side] ? LINE : 0) + GAP / 2;
	return height;
}

void svg_attribution(FILE *out, const struct attribution_chart *c)
{
	struct scale x = scale_new(0, greatest(c), LEFT, WIDTH - RIGHT, false);
	bool topology = c->style && c->topology;
	double top = TOP + (c->style ? TITLE : 0) + (topology ? TOPOLOGY_HEIGHT : 0);
	double bottom = top + bars_height(c), y = top;
	size_t side;

	if (c->style) {
		svg_begin_alone(out, WIDTH, bottom + AXIS + LINE + legend_height(c), c->label,
				c->style);
		svg_text(out, "start label", 0, TOP + LINE - 4, "%.100s", c->label);
		if (topology)
			svg_topology(out, c->topology, TOP + TITLE, WIDTH);
	} else {
		svg_begin(out, WIDTH, bottom + AXIS, c->label);
	}
	draw_axis(out, &x, top, bottom);
	for (side = 0; side < c->nr_sides; side++)
		y = draw_side(out, &x, c, side, y);
	if (c->style)
		draw_legend(out, c, bottom + AXIS + LINE);
	svg_end(out);
}
