// SPDX-License-Identifier: GPL-2.0
/* Pictures of the traced functions: how long their calls take, and what they cost a page. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/merge.h"
#include "report/compare_words.h"
#include "report/html.h"
#include "report/html_pictures.h"
#include "report/svg.h"
#include "report/svg_charts.h"
#include "stats/describe.h"

enum { BINS_MAX = 72 };

/* The calls of one function on both sides, in bins of some buckets each. */
struct bins {
	double edges[BINS_MAX + 1], shares[SIDES][BINS_MAX];
	size_t n;
};

static void make_bins(const struct merged *base, const struct merged *test, struct bins *b)
{
	const struct merged *sides[SIDES] = { base, test };
	uint32_t first, last, width, i;
	size_t side;

	memset(b, 0, sizeof(*b));
	if (!merged_range(base, test, &first, &last))
		return;
	width = (last - first) / BINS_MAX + 1;
	b->n = (last - first) / width + 1;
	for (i = 0; i <= b->n; i++)
		b->edges[i] = fmax(merged_edge(first + i * width), 1);
	for (side = 0; side < SIDES; side++)
		for (i = first; i <= last; i++)
			b->shares[side][(i - first) / width] +=
				(double)sides[side]->buckets[i] / fmax(sides[side]->calls, 1);
}

static void draw_function(FILE *out, const char *name, const struct merged *base,
			  const struct merged *test)
{
	char words[WORD_NAME_MAX];
	struct bins bins;
	struct histogram_chart chart = {
		.label = words,
		.edges = bins.edges,
		.shares = { base->calls ? bins.shares[SIDE_BASE] : NULL,
			    test->calls ? bins.shares[SIDE_TEST] : NULL },
		.p50 = { merged_percentile(base, 500), merged_percentile(test, 500) },
		.p99 = { merged_percentile(base, 990), merged_percentile(test, 990) },
	};
	char more[160];

	word_levels(words, sizeof(words), name);
	make_bins(base, test, &bins);
	chart.n = bins.n;
	snprintf(more, sizeof(more), "ns; %llu and %llu calls", (unsigned long long)base->calls,
		 (unsigned long long)test->calls);
	html_figure_begin(out, "", words, more);
	svg_histogram(out, &chart);
	html_figure_end(out);
}

/* Merge the runs of one side that are used. */
static void merge_side(struct merged *to, const struct compare_scenario *s, enum compare_side side,
		       const char *function)
{
	size_t i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < s->n[side]; i++)
		if (s->runs[side][i].use == RUN_USED)
			merged_add(to, s->runs[side][i].record, function);
}

int pictures_histograms(FILE *out, const struct compare_scenario *s)
{
	const struct record *of = compare_example(s, SIDE_BASE);
	struct merged *both = calloc(SIDES, sizeof(*both));
	size_t i, drawn = 0;

	if (!both)
		return -ENOMEM;
	for (i = 0; i < of->nr_functions; i++) {
		merge_side(&both[SIDE_BASE], s, SIDE_BASE, of->functions[i].name);
		merge_side(&both[SIDE_TEST], s, SIDE_TEST, of->functions[i].name);
		if (!both[SIDE_BASE].calls && !both[SIDE_TEST].calls)
			continue;
		if (!drawn++)
			fputs("<details open><summary>How long a call takes</summary>\n"
			      "<p class=\"small muted\">Share of all calls, over all runs of a side; both "
			      "scales are logarithmic. Below: the median (circle) and the 99th "
			      "percentile (diamond).</p>\n<div class=\"grid\">\n", out);
		draw_function(out, of->functions[i].name, &both[SIDE_BASE], &both[SIDE_TEST]);
	}
	if (drawn)
		fputs("</div></details>\n", out);
	free(both);
	return 0;
}

/* What one function costs a page on both sides; medians over the runs. */
struct cost {
	char name[80];
	double value[SIDES];
};

static int by_cost(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;
	double p = fmax(x->value[0], x->value[1]), q = fmax(y->value[0], y->value[1]);

	return (p < q) - (p > q);
}

static double median_of(const struct compare_metric *m, size_t side)
{
	double sorted[m->n[side] + 1];

	if (!m->n[side])
		return 0;
	memcpy(sorted, m->values[side], m->n[side] * sizeof(sorted[0]));
	stats_sort(sorted, m->n[side]);
	return stats_median(sorted, m->n[side]);
}

/* All functions that cost anything, the dearest first. */
static size_t list_costs(const struct compare_scenario *s, struct cost *list)
{
	static const char suffix[] = ".self_ns_per_page";
	const char *dot;
	size_t i, n = 0;

	for (i = 0; i < s->nr_metrics && n < RECORD_FUNCTIONS_MAX; i++) {
		dot = strrchr(s->list[i].metric.name, '.');
		if (!dot || strcmp(dot, suffix))
			continue;
		snprintf(list[n].name, sizeof(list[n].name), "%.*s",
			 (int)(dot - s->list[i].metric.name), s->list[i].metric.name);
		list[n].value[SIDE_BASE] = median_of(&s->list[i], SIDE_BASE);
		list[n].value[SIDE_TEST] = median_of(&s->list[i], SIDE_TEST);
		n += list[n].value[SIDE_BASE] > 0 || list[n].value[SIDE_TEST] > 0;
	}
	qsort(list, n, sizeof(list[0]), by_cost);
	return n;
}

/* The last of the parts is all functions for which there is no colour of their own. */
static size_t part_of(size_t i)
{
	return i < STACK_PARTS ? i : STACK_PARTS - 1;
}

static void print_costs(FILE *out, const struct cost *list, size_t n)
{
	double change;
	size_t i;

	fputs("<div class=\"scroll\"><table><tr><th>Function, its own time</th><th class=\"n\">base"
	      "</th><th class=\"n\">test</th><th class=\"n\">change</th></tr>\n", out);
	for (i = 0; i < n; i++) {
		change = 100 * (list[i].value[1] / list[i].value[0] - 1);
		fprintf(out, "<tr><td><span class=\"sw c%zu\">%zu</span><span class=\"name\">",
			part_of(i), part_of(i) + 1);
		xml_put(out, list[i].name);
		fprintf(out, "</span></td><td class=\"n\">%.0f</td><td class=\"n\">%.0f</td>"
			"<td class=\"n\">", list[i].value[0], list[i].value[1]);
		if (isfinite(change))
			fprintf(out, fabs(change) < 0.005 ? "0.00%%" : "%+.2f%%", change);
		fputs("</td></tr>\n", out);
	}
	fputs("</table></div>\n", out);
}

void pictures_costs(FILE *out, const struct compare_scenario *s)
{
	struct cost list[RECORD_FUNCTIONS_MAX + 1] = {};
	const char *names[STACK_PARTS];
	double values[SIDES][STACK_PARTS] = {};
	size_t i, n = list_costs(s, list);
	struct stack stack = {
		.label = "time per page by function, base and test", .unit = "ns a page",
		.values = { values[SIDE_BASE], values[SIDE_TEST] }, .names = names,
		.n = n < STACK_PARTS ? n : STACK_PARTS,
	};

	if (!n)
		return;
	for (i = 0; i < n; i++) {
		names[part_of(i)] = i < STACK_PARTS ? list[i].name : "the others";
		values[SIDE_BASE][part_of(i)] += list[i].value[SIDE_BASE];
		values[SIDE_TEST][part_of(i)] += list[i].value[SIDE_TEST];
	}
	html_element(out, "h3", NULL, "What a page costs, in ns, by function");
	fputs("<figure class=\"wide\">", out);
	svg_stack(out, &stack);
	fputs("</figure>\n", out);
	print_costs(out, list, n);
}
