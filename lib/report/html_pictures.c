// SPDX-License-Identifier: GPL-2.0
/* The runs behind a verdict, and the same metric at other numbers of flows. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/compare_words.h"
#include "report/html.h"
#include "report/html_pictures.h"
#include "report/svg_charts.h"

/* Nothing to see: 0 in every run. */
static bool is_zero(const struct compare_metric *m)
{
	size_t side, i;

	for (side = 0; side < SIDES; side++)
		for (i = 0; i < m->n[side]; i++)
			if (m->values[side][i])
				return false;
	return true;
}

static void draw_runs(FILE *out, const struct compare_metric *m)
{
	const struct decision *d = &m->decision;
	bool changed = m->verdict == VERDICT_REGRESSED || m->verdict == VERDICT_IMPROVED;
	char change[WORD_MAX], more[200], name[WORD_NAME_MAX];
	struct strip strip = {
		.label = name,
		.values = { m->values[SIDE_BASE], m->values[SIDE_TEST] },
		.n = { m->n[SIDE_BASE], m->n[SIDE_TEST] },
		.allowed_low = d->base - d->allowed,
		.allowed_high = d->base + d->allowed,
		.change = d->base + d->change,
		.low = d->level ? d->base + d->low : NAN,
		.high = d->level ? d->base + d->high : NAN,
	};

	word_levels(name, sizeof(name), m->metric.name);
	word_change(change, m);
	snprintf(more, sizeof(more), "%s, %s: %s", m->metric.unit, change,
		 verdict_name(m->verdict));
	html_figure_begin(out, changed ? verdict_name(m->verdict) : "", name, more);
	svg_strip(out, &strip);
	html_figure_end(out);
}

void pictures_runs(FILE *out, const struct compare_scenario *s)
{
	static const enum verdict order[] = {
		VERDICT_REGRESSED, VERDICT_INCONCLUSIVE, VERDICT_IMPROVED, VERDICT_OK,
	};
	size_t i, k, zero = 0;

	html_element(out, "h3", NULL, "Runs of the metrics that are held to a tolerance");
	fputs("<div class=\"grid\">\n", out);
	for (k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		for (i = 0; i < s->nr_metrics; i++) {
			if (!s->list[i].gate || s->list[i].verdict != order[k])
				continue;
			if (is_zero(&s->list[i]))
				zero++;
			else
				draw_runs(out, &s->list[i]);
		}
	}
	fputs("</div>\n", out);
	if (zero)
		html_element(out, "p", "small muted", "%zu more %s 0 in every run.", zero,
			     zero == 1 ? "is" : "are");
}

static int draw_flows(FILE *out, const struct compare_scenario *s, size_t n,
		      const struct compare_metric *of)
{
	struct flows_point *points = calloc(n, sizeof(*points));
	struct flows_chart chart = { .label = of->metric.name, .points = points };
	const struct compare_metric *m;
	size_t i, side, values = 0;

	if (!points)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		m = compare_find(&s[i], of->metric.name);
		if (!m)
			continue;
		points[chart.n].flows = s[i].scenario.flows;
		for (side = 0; side < SIDES; side++) {
			points[chart.n].values[side] = m->values[side];
			points[chart.n].n[side] = m->n[side];
			values += m->n[side];
		}
		chart.n++;
	}
	if (chart.n > 1 && values) {
		html_figure_begin(out, "", of->metric.name, of->metric.unit);
		svg_flows(out, &chart);
		html_figure_end(out);
	}
	free(points);
	return 0;
}

int pictures_flows(FILE *out, const struct compare_scenario *s, size_t n)
{
	const struct compare_metric *m;
	const struct compare_scenario *named = NULL;
	int ret = 0;
	size_t i;

	for (i = 0; i < n && !named; i++)
		named = s[i].nr_metrics ? &s[i] : NULL;
	if (n < 2 || !named)
		return 0;
	fputs("<div class=\"grid\">\n", out);
	for (i = 0; !ret && i < named->nr_metrics; i++) {
		m = &named->list[i];
		if ((m->gate || !strcmp(m->metric.name, "throughput_gbps")) && !is_zero(m))
			ret = draw_flows(out, s, n, m);
	}
	fputs("</div>\n", out);
	return ret;
}
