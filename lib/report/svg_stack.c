// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "report/svg.h"
#include "report/svg_charts.h"

enum { WIDTH = 2 * CHART_WIDTH, LEFT = 58, RIGHT = 84, TOP = 4, ROW = 34, BAR = 26, HEIGHT = 92 };

static double part(const struct stack *s, size_t side, size_t i)
{
	double value = s->values[side] ? s->values[side][i] : 0;

	return value > 0 && isfinite(value) ? value : 0;
}

static double sum(const struct stack *s, size_t side)
{
	double total = 0;
	size_t i;

	for (i = 0; i < s->n; i++)
		total += part(s, side, i);
	return total;
}

/* Each part has its number in it, where there is room: colours alone are not for everybody. */
static void draw_bar(FILE *out, const struct scale *x, const struct stack *s, size_t side)
{
	double y = TOP + ROW * side, before = 0, from, width;
	char class[16], tip[160], total[32];
	size_t i;

	svg_text(out, "start label", 0, y + BAR / 2 + 5, side ? "test" : "base");
	for (i = 0; i < s->n; i++) {
		from = scale_at(x, before);
		before += part(s, side, i);
		width = scale_at(x, before) - from;
		snprintf(class, sizeof(class), "part c%zu", i % STACK_PARTS);
		snprintf(tip, sizeof(tip), "%.80s: %.5g %s", s->names[i], part(s, side, i),
			 s->unit);
		svg_rect(out, class, from, y, width, BAR, tip);
		if (width > 16) {
			snprintf(class, sizeof(class), "middle on c%zu", i % STACK_PARTS);
			svg_text(out, class, from + width / 2, y + BAR / 2 + 5, "%zu", i + 1);
		}
	}
	tick_text(total, sizeof(total), before, 0);
	svg_text(out, "start label", scale_at(x, before) + 5, y + BAR / 2 + 5, "%s", total);
}

void svg_stack(FILE *out, const struct stack *s)
{
	struct scale x = scale_new(0, fmax(sum(s, 0), sum(s, 1)), LEFT, WIDTH - RIGHT, false);
	double ticks[TICKS_MAX], at;
	char text[32];
	size_t i, n;
	int digits;

	svg_begin(out, WIDTH, HEIGHT, s->label);
	n = scale_ticks(&x, 5, ticks, &digits);
	for (i = 0; i < n; i++) {
		at = scale_at(&x, ticks[i]);
		svg_line(out, "grid", at, TOP, at, TOP + 2 * ROW);
		tick_text(text, sizeof(text), ticks[i], digits);
		svg_text(out, "middle label muted", at, TOP + 2 * ROW + 16, "%s", text);
	}
	draw_bar(out, &x, s, 0);
	draw_bar(out, &x, s, 1);
	svg_end(out);
}
