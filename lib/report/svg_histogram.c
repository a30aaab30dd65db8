// SPDX-License-Identifier: GPL-2.0
/* Shares on a logarithmic scale: the slow call in ten thousand is what such a chart is for. */
#include <math.h>

#include "report/svg.h"
#include "report/svg_charts.h"

enum { LEFT = 46, RIGHT = 10, TOP = 8, BOTTOM = 150, HEIGHT = 196 };

static double least_share(const struct histogram_chart *h)
{
	double least = 1;
	size_t side, i;

	for (side = 0; side < 2; side++)
		for (i = 0; h->shares[side] && i < h->n; i++)
			if (h->shares[side][i] > 0)
				least = fmin(least, h->shares[side][i]);
	return pow(10, floor(log10(least) - 1e-9));
}

static void draw_axes(FILE *out, const struct scale *x, const struct scale *y)
{
	double ticks[TICKS_MAX], at;
	char text[32];
	size_t i, n;
	int digits;

	n = scale_ticks(y, 5, ticks, &digits);
	for (i = 0; i < n; i++) {
		at = scale_at(y, ticks[i]);
		svg_line(out, "grid", LEFT, at, CHART_WIDTH - RIGHT, at);
		svg_text(out, "end tick", LEFT - 4, at + 4, "%.3g%%", 100 * ticks[i]);
	}
	n = scale_ticks(x, 4, ticks, &digits);
	for (i = 0; i < n; i++) {
		at = scale_at(x, ticks[i]);
		svg_line(out, "axis", at, BOTTOM, at, BOTTOM + 4);
		tick_text(text, sizeof(text), ticks[i], digits);
		svg_text(out, at > CHART_WIDTH - 30 ? "end tick" : "middle tick", at, BOTTOM + 16,
			 "%s", text);
	}
	svg_line(out, "axis", LEFT, BOTTOM, CHART_WIDTH - RIGHT, BOTTOM);
}

/* Down to the axis where a bin is empty. */
static void draw_steps(FILE *out, const struct scale *x, const struct scale *y,
		       const struct histogram_chart *h, size_t side)
{
	double at = BOTTOM;
	size_t i;

	svg_path_begin(out, side ? "test steps" : "base steps");
	svg_path_to(out, scale_at(x, h->edges[0]), BOTTOM);
	for (i = 0; i < h->n; i++) {
		at = h->shares[side][i] > 0 ? scale_at(y, h->shares[side][i]) : BOTTOM;
		svg_path_to(out, scale_at(x, h->edges[i]), at);
		svg_path_to(out, scale_at(x, h->edges[i + 1]), at);
	}
	svg_path_to(out, scale_at(x, h->edges[h->n]), BOTTOM);
	svg_path_end(out);
}

/* Marks of the percentiles on a line of their own for each side. */
static void draw_percentiles(FILE *out, const struct scale *x, const struct histogram_chart *h,
			     size_t side)
{
	static const char *const classes[] = { "base dot", "test dot" };
	double y = BOTTOM + 26 + 11 * side;
	char tip[64];

	svg_text(out, "end tick", LEFT - 4, y + 4, side ? "test" : "base");
	if (isfinite(h->p50[side]) && isfinite(h->p99[side]))
		svg_line(out, side ? "test thin" : "base thin", scale_at(x, h->p50[side]), y,
			 scale_at(x, h->p99[side]), y);
	if (isfinite(h->p50[side])) {
		snprintf(tip, sizeof(tip), "%s p50: %.6g ns", side ? "test" : "base", h->p50[side]);
		svg_circle(out, classes[side], scale_at(x, h->p50[side]), y, 3, tip);
	}
	if (isfinite(h->p99[side])) {
		snprintf(tip, sizeof(tip), "%s p99: %.6g ns", side ? "test" : "base", h->p99[side]);
		svg_diamond(out, classes[side], scale_at(x, h->p99[side]), y, 3.6, tip);
	}
}

void svg_histogram(FILE *out, const struct histogram_chart *h)
{
	bool there = h->n && (h->shares[0] || h->shares[1]);
	struct scale x, y;
	size_t side;

	svg_begin(out, CHART_WIDTH, HEIGHT, h->label);
	if (!there) {
		svg_text(out, "start muted", LEFT, HEIGHT / 2, "no calls");
		svg_end(out);
		return;
	}
	x = scale_new(h->edges[0], h->edges[h->n], LEFT, CHART_WIDTH - RIGHT, true);
	y = scale_new(least_share(h), 1, BOTTOM, TOP, true);
	draw_axes(out, &x, &y);
	for (side = 0; side < 2; side++) {
		if (!h->shares[side])
			continue;
		draw_steps(out, &x, &y, h, side);
		draw_percentiles(out, &x, h, side);
	}
	svg_end(out);
}
