// SPDX-License-Identifier: GPL-2.0
/* A series in time: its elements as dots, the median of each segment as a line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/svg.h"
#include "report/svg_charts.h"
#include "stats/describe.h"

enum { WIDTH = 2 * CHART_WIDTH, LEFT = 60, RIGHT = 12, TOP = 10, BOTTOM = 150, HEIGHT = 160 };

static struct scale make_scale(const struct series *s)
{
	double low = NAN, high = NAN, edge;
	size_t i;

	for (i = 0; i < s->n; i++) {
		low = fmin(low, s->values[i]);
		high = fmax(high, s->values[i]);
	}
	edge = (high - low) / 20;
	return scale_new(low - edge, high + edge, BOTTOM, TOP, false);
}

static void draw_axis(FILE *out, const struct scale *y)
{
	double ticks[TICKS_MAX], at;
	char text[32];
	size_t i, n;
	int digits;

	n = scale_ticks(y, 4, ticks, &digits);
	for (i = 0; i < n; i++) {
		at = scale_at(y, ticks[i]);
		svg_line(out, "grid", LEFT, at, WIDTH - RIGHT, at);
		tick_text(text, sizeof(text), ticks[i], digits);
		svg_text(out, "end label muted", LEFT - 4, at + 5, "%s", text);
	}
}

/* The elements @from up to @to are one segment. */
static void draw_segment(FILE *out, const struct scale *x, const struct scale *y,
			 const struct series *s, size_t from, size_t to)
{
	double *sorted, at;

	if (to <= from)
		return;
	sorted = malloc((to - from) * sizeof(*sorted));
	if (!sorted)
		return;
	memcpy(sorted, s->values + from, (to - from) * sizeof(*sorted));
	stats_sort(sorted, to - from);
	at = scale_at(y, stats_median(sorted, to - from));
	svg_line(out, "interval", scale_at(x, from), at, scale_at(x, to - 1), at);
	if (from)
		svg_line(out, "change", scale_at(x, from - 0.5), TOP, scale_at(x, from - 0.5),
			 BOTTOM);
	free(sorted);
}

void svg_series(FILE *out, const struct series *s)
{
	struct scale x = scale_new(0, s->n ? s->n - 1 : 0, LEFT + 8, WIDTH - RIGHT, false);
	struct scale y = make_scale(s);
	size_t i, from = 0;
	char tip[160];

	svg_begin(out, WIDTH, HEIGHT, s->label);
	draw_axis(out, &y);
	for (i = 0; i < s->nr_changes; i++) {
		draw_segment(out, &x, &y, s, from, s->changes[i]);
		from = s->changes[i];
	}
	draw_segment(out, &x, &y, s, from, s->n);
	for (i = 0; i < s->n; i++) {
		snprintf(tip, sizeof(tip), "%.100s: %.6g", s->names ? s->names[i] : "",
			 s->values[i]);
		svg_circle(out, "base dot", scale_at(&x, i), scale_at(&y, s->values[i]), 3, tip);
	}
	svg_end(out);
}
