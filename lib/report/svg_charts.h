/* SPDX-License-Identifier: GPL-2.0 */
/* The charts, each of plain numbers: base is index 0, test 1. Any of them may be missing. */
#ifndef REPORT_SVG_CHARTS_H
#define REPORT_SVG_CHARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { CHART_WIDTH = 360 };

/* One metric: each run of both sides, what a change may be, and the interval it lies in. */
struct strip {
	const char *label;
	const double *values[2];
	size_t n[2];
	double allowed_low, allowed_high;	/* NAN: no tolerance */
	double change;	/* where the estimate puts the test's median */
	double low, high;	/* its interval; NAN: none */
};
void svg_strip(FILE *out, const struct strip *s);

/* How long calls took: the share of all calls in bin i, from edges[i] to edges[i + 1]. */
struct histogram_chart {
	const char *label;
	const double *edges;	/* of n + 1, ascending, ns */
	const double *shares[2];	/* of n; NULL: that side has none */
	size_t n;
	double p50[2], p99[2];	/* ns; NAN: none */
};
void svg_histogram(FILE *out, const struct histogram_chart *h);

/* One bar a side, of parts that add up. */
struct stack {
	const char *label;
	const char *unit;
	const double *values[2];	/* of n, >= 0 */
	const char *const *names;	/* of the parts */
	size_t n;
};
enum { STACK_PARTS = 8 };	/* as many can be told apart */
void svg_stack(FILE *out, const struct stack *s);

/*
 * What a page costs on several sides, which do not add up: one bar each, or one of base and one of
 * test, of parts that do; and a list of the parts, each in its bar's colours.
 */
struct attribution_part {
	const char *name;
	size_t side;
	double values[2];	/* >= 0; NAN: in no bar, only listed */
	double calls[2];	/* a page; NAN: not known */
};
/*
 * Boxes side by side, of what runs in what, and what passes between the first two, in two lines. Text
 * is borrowed.
 */
enum { TOPOLOGY_BOXES = 3, TOPOLOGY_LINES = 6 };
struct topology_chart {
	struct {
		const char *title;
		const char *lines[TOPOLOGY_LINES];
		size_t n;
	} boxes[TOPOLOGY_BOXES];
	const char *links[TOPOLOGY_BOXES - 1];
};
enum { TOPOLOGY_HEIGHT = 172 };
/* Into a picture that is begun, @width wide, from @top on. */
void svg_topology(FILE *out, const struct topology_chart *t, double top, double width);

struct attribution_chart {
	const char *label;
	const char *unit;
	const char *const *sides;	/* their names, of nr_sides <= ATTRIBUTION_BARS */
	const char *const *absent;	/* why a side has no bar; NULL: it has one */
	size_t nr_sides;
	const struct attribution_part *parts;	/* by side, in the order drawn */
	size_t n;
	bool two;		/* base and test */
	const char *style;	/* of a picture by itself, see html_picture_style(); NULL: in a page */
	const struct topology_chart *topology;	/* drawn above, in a picture by itself; or NULL */
};
enum { ATTRIBUTION_BARS = 3 };
void svg_attribution(FILE *out, const struct attribution_chart *c);

/* A metric against the number of flows. */
struct flows_point {
	int flows;
	const double *values[2];
	size_t n[2];
};
struct flows_chart {
	const char *label;
	const struct flows_point *points;	/* ascending */
	size_t n;
};
void svg_flows(FILE *out, const struct flows_chart *f);

/* A series in time, and where it changed: the first element of each new segment. */
struct series {
	const char *label;
	const double *values;
	const char *const *names;	/* of the elements, or NULL */
	size_t n;
	const size_t *changes;	/* ascending */
	size_t nr_changes;
};
void svg_series(FILE *out, const struct series *s);

/*
 * Several series of the same elements, one below another, as a picture by itself. A mark stands at
 * the bottom, below its element.
 */
struct series_panels {
	const char *label;
	const struct series *series;	/* elements that are NAN are not drawn */
	size_t n;
	const char *const *marks;	/* of the elements; NULL: none there */
	const char *style;	/* html_picture_style() */
};
void svg_series_panels(FILE *out, const struct series_panels *p);

#endif
