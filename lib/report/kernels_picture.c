// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/kernels_page.h"
#include "report/svg_charts.h"

/* The metrics that are drawn, by their place in kernels_page_metrics. */
static const struct { size_t metric; const char *label; } panels[] = {
	{ 0, "map, ns a page" }, { 1, "unmap, ns a page" }, { 2, "flush, ns a page" },
	{ 3, "submit, ns a page" },
};

enum { PANELS = sizeof(panels) / sizeof(panels[0]) };

/* What the charts point into; one block a kind, of a row a panel. */
struct room {
	double *values;
	size_t *changes;
	const char **names;
	char (*marks)[16];
	const char **marked;
};

static int make_room(const struct kernels *k, struct room *to)
{
	to->values = calloc(PANELS * k->n + 1, sizeof(*to->values));
	to->changes = calloc(PANELS * k->n + 1, sizeof(*to->changes));
	to->names = calloc(k->n + 1, sizeof(*to->names));
	to->marks = calloc(k->n + 1, sizeof(*to->marks));
	to->marked = calloc(k->n + 1, sizeof(*to->marked));
	return to->values && to->changes && to->names && to->marks && to->marked ? 0 : -ENOMEM;
}

static void free_room(struct room *r)
{
	free(r->values);
	free(r->changes);
	free(r->names);
	free(r->marks);
	free(r->marked);
}

/* The first kernel of each series of Linux is marked: "6.12". */
static void mark(const struct kernels *k, struct room *r)
{
	const char *before = "", *dot;
	size_t i;

	for (i = 0; i < k->n; i++) {
		const char *version = k->list[i].version;

		dot = strchr(version, '.');
		snprintf(r->marks[i], sizeof(r->marks[i]), "%.*s",
			 dot ? (int)(dot - version + 1 + strspn(dot + 1, "0123456789")) : 8, version);
		if (strcmp(r->marks[i], before))
			r->marked[i] = r->marks[i];
		before = r->marks[i];
		r->names[i] = k->list[i].release;
	}
}

/* One metric; false: no kernel has it. */
static bool draw(const struct kernels_page *p, size_t scenario, size_t panel, struct room *r,
		 struct series *to)
{
	const struct kernels *k = p->kernels;
	size_t i, metric = panels[panel].metric, *changes = r->changes + panel * k->n;
	double *values = r->values + panel * k->n;
	const struct kernel_change *c;
	bool any = false;

	for (i = 0; i < k->n; i++) {
		const struct kernel_run *run = &k->list[i].runs[scenario];

		values[i] = run->values ? run->values[metric] : NAN;
		any |= !isnan(values[i]);
	}
	*to = (struct series){ .label = panels[panel].label, .values = values, .names = r->names,
			       .n = k->n, .changes = changes };
	for (c = p->changes; c < p->changes + p->nr_changes; c++)
		if (c->scenario == scenario && c->metric == metric)
			changes[to->nr_changes++] = c->kernel;
	return any;
}

int report_kernels_picture(FILE *out, const struct kernels_page *p, size_t scenario)
{
	struct series series[PANELS];
	struct room room = { 0 };
	struct series_panels all = { .series = series, .style = html_picture_style() };
	char label[128];
	int ret = make_room(p->kernels, &room);
	size_t i;

	snprintf(label, sizeof(label), "%.80s: the cost of a page, kernel by kernel",
		 p->kernels->scenarios[scenario]);
	all.label = label;
	all.marks = room.marked;
	if (!ret)
		mark(p->kernels, &room);
	for (i = 0; !ret && i < PANELS; i++)
		all.n += draw(p, scenario, i, &room, &series[all.n]);
	if (!ret)
		svg_series_panels(out, &all);
	free_room(&room);
	return ret;
}
