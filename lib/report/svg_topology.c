// SPDX-License-Identifier: GPL-2.0
#include "report/svg.h"
#include "report/svg_charts.h"

enum { BOX = 172, LINE = 20, PAD = 10, BOTTOM = 26, HEAD = 5 };

static double left_of(size_t box, double width)
{
	return box * (width - BOX - 1) / (TOPOLOGY_BOXES - 1) + 0.5;
}

static void draw_box(FILE *out, const struct topology_chart *t, size_t box, double x, double y)
{
	size_t i;

	svg_rect(out, "frame", x, y, BOX, TOPOLOGY_HEIGHT - BOTTOM, NULL);
	svg_text(out, "start label", x + PAD, y + LINE, "%.30s", t->boxes[box].title);
	for (i = 0; i < t->boxes[box].n; i++)
		svg_text(out, "start label muted", x + PAD, y + (i + 2.2) * LINE, "%.40s",
			 t->boxes[box].lines[i]);
}

/* What leaves the box at @from for that at @to: a line with a head, and words above it. */
static void draw_link(FILE *out, const char *text, double from, double to, double y)
{
	svg_line(out, "axis", from, y, to, y);
	svg_line(out, "axis", to, y, to - HEAD, y - HEAD);
	svg_line(out, "axis", to, y, to - HEAD, y + HEAD);
	svg_text(out, "middle label", (from + to) / 2, y - 8, "%.30s", text);
}

void svg_topology(FILE *out, const struct topology_chart *t, double top, double width)
{
	double from = left_of(0, width) + BOX + 4, to = left_of(1, width) - 4;
	size_t i;

	for (i = 0; i < TOPOLOGY_BOXES; i++)
		draw_box(out, t, i, left_of(i, width), top);
	for (i = 0; i < TOPOLOGY_BOXES - 1; i++)
		draw_link(out, t->links[i], from, to, top + (2.2 + 2 * i) * LINE);
	svg_text(out, "middle label muted", (from + to) / 2, top + 6.2 * LINE, "a page");
	svg_text(out, "middle label muted", (left_of(1, width) + BOX + left_of(2, width)) / 2,
		 top + 3.2 * LINE, "runs in");
}
