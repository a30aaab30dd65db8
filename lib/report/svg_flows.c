// SPDX-License-Identifier: GPL-2.0
/* Medians joined by a line, each run as a dot, the range of the runs as a band. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/svg.h"
#include "report/svg_charts.h"
#include "stats/describe.h"

enum { LEFT = 50, RIGHT = 14, TOP = 8, BOTTOM = 150, HEIGHT = 172 };

struct axes {
	struct scale x, y;
};

static struct axes make_axes(const struct flows_chart *f)
{
	double most = -INFINITY, least = INFINITY, edge;
	size_t i, side, k;

	for (i = 0; i < f->n; i++) {
		for (side = 0; side < 2; side++) {
			for (k = 0; k < f->points[i].n[side]; k++) {
				most = fmax(most, f->points[i].values[side][k]);
				least = fmin(least, f->points[i].values[side][k]);
			}
		}
	}
	/* From 0, unless little varies; and then not so near that noise looks like more. */
	if (least > 0 && least < 0.7 * most)
		least = 0;
	edge = fmax((most - least) / 12, (0.1 * fabs(most) - (most - least)) / 2);
	return (struct axes) {
		scale_new(f->n ? f->points[0].flows : 1, f->n ? f->points[f->n - 1].flows : 1,
			  LEFT + 8, CHART_WIDTH - RIGHT, true),
		scale_new(least ? least - edge : 0, most + edge, BOTTOM, TOP, false),
	};
}

static void draw_axes(FILE *out, const struct axes *a, const struct flows_chart *f)
{
	double ticks[TICKS_MAX], at;
	char text[32];
	size_t i, n;
	int digits;

	n = scale_ticks(&a->y, 5, ticks, &digits);
	for (i = 0; i < n; i++) {
		at = scale_at(&a->y, ticks[i]);
		svg_line(out, "grid", LEFT, at, CHART_WIDTH - RIGHT, at);
		tick_text(text, sizeof(text), ticks[i], digits);
		svg_text(out, "end tick", LEFT - 4, at + 4, "%s", text);
	}
	for (i = 0; i < f->n; i++) {
		at = scale_at(&a->x, f->points[i].flows);
		svg_line(out, "axis", at, BOTTOM, at, BOTTOM + 4);
		svg_text(out, "middle tick", at, BOTTOM + 16, "%d", f->points[i].flows);
	}
	svg_line(out, "axis", LEFT, BOTTOM, CHART_WIDTH - RIGHT, BOTTOM);
}

/* The runs of one side and number of flows; where their median is. NAN: there are none. */
static double draw_point(FILE *out, const struct axes *a, const struct flows_point *p, size_t side)
{
	double x = scale_at(&a->x, p->flows), *sorted, median;
	size_t i, n = p->n[side];
	char tip[64];

	sorted = n ? malloc(n * sizeof(*sorted)) : NULL;
	if (!sorted)
		return NAN;
	memcpy(sorted, p->values[side], n * sizeof(*sorted));
	stats_sort(sorted, n);
	median = scale_at(&a->y, stats_median(sorted, n));
	svg_line(out, side ? "test range" : "base range", x, scale_at(&a->y, sorted[0]), x,
		 scale_at(&a->y, sorted[n - 1]));
	for (i = 0; i < n; i++) {
		snprintf(tip, sizeof(tip), "%s, %d flows: %.6g", side ? "test" : "base", p->flows,
			 sorted[i]);
		if (side)
			svg_diamond(out, "test dot", x, scale_at(&a->y, sorted[i]), 3.6, tip);
		else
			svg_circle(out, "base dot", x, scale_at(&a->y, sorted[i]), 3, tip);
	}
	free(sorted);
	return median;
}

static void draw_side(FILE *out, const struct axes *a, const struct flows_chart *f, size_t side)
{
	double *medians = calloc(f->n + 1, sizeof(*medians));
	size_t i;

	if (!medians)
		return;
	for (i = 0; i < f->n; i++)
		medians[i] = draw_point(out, a, &f->points[i], side);
	svg_path_begin(out, side ? "test lines" : "base lines");
	for (i = 0; i < f->n; i++)
		if (isfinite(medians[i]))
			svg_path_to(out, scale_at(&a->x, f->points[i].flows), medians[i]);
	svg_path_end(out);
	free(medians);
}

void svg_flows(FILE *out, const struct flows_chart *f)
{
	struct axes a = make_axes(f);

	svg_begin(out, CHART_WIDTH, HEIGHT, f->label);
	draw_axes(out, &a, f);
	draw_side(out, &a, f, 0);
	draw_side(out, &a, f, 1);
	svg_end(out);
}
