// SPDX-License-Identifier: GPL-2.0
/* Each run as a dot, the middle half of them as a box. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/svg.h"
#include "report/svg_charts.h"
#include "stats/describe.h"

enum { LEFT = 44, RIGHT = 8, TOP = 6, ROW = 24, BOX = 14, BOX_RUNS = 5 };

static void widen(double *low, double *high, double value)
{
	if (!isfinite(value))
		return;
	*low = isnan(*low) ? value : fmin(*low, value);
	*high = isnan(*high) ? value : fmax(*high, value);
}

static struct scale make_scale(const struct strip *s)
{
	double low = NAN, high = NAN, edge;
	size_t side, i;

	for (side = 0; side < 2; side++)
		for (i = 0; i < s->n[side]; i++)
			widen(&low, &high, s->values[side][i]);
	widen(&low, &high, s->allowed_low);
	widen(&low, &high, s->allowed_high);
	widen(&low, &high, s->low);
	widen(&low, &high, s->high);
	edge = (high - low) / 30;
	return scale_new(low - edge, high + edge, LEFT, CHART_WIDTH - RIGHT, false);
}

/* Dots of one side around the middle of their row, so that equal ones do not hide each other. */
static void draw_side(FILE *out, const struct scale *x, const double *values, size_t n,
		      size_t side)
{
	static const char *const dots[] = { "base dot", "test dot" };
	static const char *const boxes[] = { "base box", "test box" };
	double middle = TOP + ROW * side + ROW / 2, *sorted = calloc(n + 1, sizeof(*sorted)), at;
	char tip[64];
	size_t i;

	svg_text(out, "start muted", 0, middle + 4, side ? "test" : "base");
	if (!n || !sorted) {
		svg_text(out, "start muted", LEFT, middle + 4, "no value");
		free(sorted);
		return;
	}
	memcpy(sorted, values, n * sizeof(*sorted));
	stats_sort(sorted, n);
	if (n >= BOX_RUNS) {
		at = scale_at(x, stats_quantile(sorted, n, 0.25));
		svg_rect(out, boxes[side], at, middle - BOX / 2,
			 fmax(scale_at(x, stats_quantile(sorted, n, 0.75)) - at, 1), BOX, NULL);
	}
	for (i = 0; i < n; i++) {
		snprintf(tip, sizeof(tip), "%s run %zu: %.6g", side ? "test" : "base", i + 1,
			 values[i]);
		at = middle + (n > 1 ? (double)(i % 5) - 2 : 0) * 2;
		if (side)
			svg_diamond(out, dots[side], scale_at(x, values[i]), at, 3.6, tip);
		else
			svg_circle(out, dots[side], scale_at(x, values[i]), at, 3, tip);
	}
	at = scale_at(x, stats_median(sorted, n));
	svg_line(out, side ? "test median" : "base median", at, middle - 10, at, middle + 10);
	free(sorted);
}

static void draw_interval(FILE *out, const struct scale *x, const struct strip *s)
{
	double y = TOP + 2 * ROW + ROW / 2, low = scale_at(x, s->low), high = scale_at(x, s->high);

	svg_text(out, "start muted", 0, y + 4, "interval");
	svg_line(out, "interval", low, y, high, y);
	svg_line(out, "interval", low, y - 4, low, y + 4);
	svg_line(out, "interval", high, y - 4, high, y + 4);
	svg_diamond(out, "estimate", scale_at(x, s->change), y, 4, NULL);
}

static void draw_axis(FILE *out, const struct scale *x, double y)
{
	double ticks[TICKS_MAX], at;
	char text[32];
	size_t i, n;
	int digits;

	n = scale_ticks(x, 5, ticks, &digits);
	for (i = 0; i < n; i++) {
		at = scale_at(x, ticks[i]);
		svg_line(out, "grid", at, TOP, at, y);
		tick_text(text, sizeof(text), ticks[i], digits);
		svg_text(out, at > CHART_WIDTH - 30 ? "end tick" : "middle tick", at, y + 13, "%s",
			 text);
	}
	svg_line(out, "axis", LEFT, y, CHART_WIDTH - RIGHT, y);
}

void svg_strip(FILE *out, const struct strip *s)
{
	bool interval = isfinite(s->low) && isfinite(s->high);
	double bottom = TOP + ROW * (interval ? 3 : 2) + 2, from;
	struct scale x = make_scale(s);
	size_t side;

	svg_begin(out, CHART_WIDTH, bottom + 18, s->label);
	if (isfinite(s->allowed_low) && isfinite(s->allowed_high)) {
		from = scale_at(&x, s->allowed_low);
		svg_rect(out, "band", from, TOP, scale_at(&x, s->allowed_high) - from, bottom - TOP,
			 "what a change may be");
	}
	draw_axis(out, &x, bottom);
	for (side = 0; side < 2; side++)
		draw_side(out, &x, s->values[side], s->n[side], side);
	if (interval)
		draw_interval(out, &x, s);
	svg_end(out);
}
