// SPDX-License-Identifier: GPL-2.0
/* A series in time: its elements as dots, the median of each segment as a line. */
#include <math.h>
#include <stdlib.h>

#include "report/svg.h"
#include "report/svg_charts.h"
#include "stats/describe.h"

enum {
	WIDTH = 2 * CHART_WIDTH, LEFT = 60, RIGHT = 12, TOP = 10, BOTTOM = 150, HEIGHT = 160,
	TITLE = 24,	/* above a panel */
	MARK_HEIGHT = 18, MARK_WIDTH = 40,
	MARKS = 2 * MARK_HEIGHT + 2,	/* below the last panel: in two rows */
};

/* Where a series is drawn. */
struct panel {
	const struct series *s;
	struct scale x, y;
	double top, bottom;
};

static struct panel make_panel(const struct series *s, double above)
{
	struct panel p = { .s = s, .top = above + TOP, .bottom = above + BOTTOM };
	double low = NAN, high = NAN, edge;
	size_t i;

	for (i = 0; i < s->n; i++) {
		low = fmin(low, s->values[i]);
		high = fmax(high, s->values[i]);
	}
	edge = (high - low) / 20;
	p.x = scale_new(0, s->n ? s->n - 1 : 0, LEFT + 8, WIDTH - RIGHT, false);
	p.y = scale_new(low - edge, high + edge, p.bottom, p.top, false);
	return p;
}

static void draw_axis(FILE *out, const struct panel *p)
{
	double ticks[TICKS_MAX], at;
	char text[32];
	size_t i, n;
	int digits;

	n = scale_ticks(&p->y, 4, ticks, &digits);
	for (i = 0; i < n; i++) {
		at = scale_at(&p->y, ticks[i]);
		svg_line(out, "grid", LEFT, at, WIDTH - RIGHT, at);
		tick_text(text, sizeof(text), ticks[i], digits);
		svg_text(out, "end label muted", LEFT - 4, at + 5, "%s", text);
	}
}

/* The elements @from up to @to are one segment. */
static void draw_segment(FILE *out, const struct panel *p, size_t from, size_t to)
{
	double *sorted, at, x;
	size_t i, n = 0, first = to, last = from;

	if (to <= from)
		return;
	sorted = malloc((to - from) * sizeof(*sorted));
	if (!sorted)
		return;
	for (i = from; i < to; i++) {
		if (isnan(p->s->values[i]))
			continue;
		sorted[n++] = p->s->values[i];
		first = i < first ? i : first;
		last = i;
	}
	stats_sort(sorted, n);
	if (n) {
		at = scale_at(&p->y, stats_median(sorted, n));
		svg_line(out, "interval", scale_at(&p->x, first), at, scale_at(&p->x, last), at);
	}
	x = scale_at(&p->x, from - 0.5);
	if (from)
		svg_line(out, "change", x, p->top, x, p->bottom);
	free(sorted);
}

static void draw_panel(FILE *out, const struct panel *p)
{
	const struct series *s = p->s;
	size_t i, from = 0;
	char tip[160];

	draw_axis(out, p);
	for (i = 0; i < s->nr_changes; i++) {
		draw_segment(out, p, from, s->changes[i]);
		from = s->changes[i];
	}
	draw_segment(out, p, from, s->n);
	for (i = 0; i < s->n; i++) {
		if (isnan(s->values[i]))
			continue;
		snprintf(tip, sizeof(tip), "%.100s: %.6g", s->names ? s->names[i] : "",
			 s->values[i]);
		svg_circle(out, "base dot", scale_at(&p->x, i), scale_at(&p->y, s->values[i]), 3,
			   tip);
	}
}

void svg_series(FILE *out, const struct series *s)
{
	struct panel p = make_panel(s, 0);

	svg_begin(out, WIDTH, HEIGHT, s->label);
	draw_panel(out, &p);
	svg_end(out);
}

/* One that would lie on its neighbour goes to the other row. */
static void draw_marks(FILE *out, const struct panel *p, const char *const *marks, double top)
{
	double free[2] = { 0, 0 };	/* from where on each row is */

	for (size_t i = 0; i < p->s->n; i++) {
		double at = scale_at(&p->x, i) - 3;
		int row = at < free[0] && free[1] <= free[0];

		if (!marks[i])
			continue;
		svg_text(out, "start label muted", at, top + (row + 1) * MARK_HEIGHT - 6, "%s", marks[i]);
		free[row] = at + MARK_WIDTH;
	}
}

void svg_series_panels(FILE *out, const struct series_panels *panels)
{
	double above = 0, bottom = panels->n * (TITLE + HEIGHT) + MARKS;
	struct panel p;
	size_t i;

	svg_begin_alone(out, WIDTH, bottom, panels->label, panels->style);
	for (i = 0; i < panels->n; i++, above += TITLE + HEIGHT) {
		p = make_panel(&panels->series[i], above + TITLE);
		svg_text(out, "label", LEFT, above + TITLE - 4, "%s", panels->series[i].label);
		draw_panel(out, &p);
	}
	if (panels->n && panels->marks)
		draw_marks(out, &p, panels->marks, bottom - MARKS);
	svg_end(out);
}
