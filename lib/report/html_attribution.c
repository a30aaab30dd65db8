// SPDX-License-Identifier: GPL-2.0
/* What a page costs guest, relay and host at two levels, base and test beside each other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/attribution_parts.h"
#include "report/compare_words.h"
#include "report/html.h"
#include "report/html_pictures.h"
#include "report/svg.h"
#include "stats/describe.h"

static double median_of(const struct compare_metric *m, size_t side)
{
	double sorted[m ? m->n[side] + 1 : 1];

	if (!m || !m->n[side])
		return NAN;
	memcpy(sorted, m->values[side], m->n[side] * sizeof(sorted[0]));
	stats_sort(sorted, m->n[side]);
	return stats_median(sorted, m->n[side]);
}

static double of_function(const struct compare_scenario *s, const char *function,
			  const char *suffix, size_t side)
{
	char name[128];

	snprintf(name, sizeof(name), "%s%s", function, suffix);
	return median_of(compare_find(s, name), side);
}

static double dearest(const struct attribution_part *p)
{
	return fmax(p->values[SIDE_BASE], p->values[SIDE_TEST]);	/* the other of a NAN */
}

/* By side, the dearest first; those without a time last. */
static int by_cost(const void *a, const void *b)
{
	const struct attribution_part *x = a, *y = b;
	double p = dearest(x), q = dearest(y);

	if (x->side != y->side)
		return x->side < y->side ? -1 : 1;
	if (isnan(p) || isnan(q))
		return isnan(p) - isnan(q);
	return (p < q) - (p > q);
}

/* The functions of @r that were called on either side; medians over the runs. */
static size_t list_functions(const struct compare_scenario *s, const struct record *r,
			     struct attribution_part *list)
{
	const char *name;
	size_t i, n = 0, which;

	for (i = 0; i < r->nr_functions; i++) {
		name = r->functions[i].name;
		list[n] = (struct attribution_part) {
			.name = record_own_name(name), .side = attribution_side_of(name),
		};
		for (which = 0; which < SIDES; which++) {
			list[n].calls[which] = of_function(s, name, ".count_per_page", which);
			list[n].values[which] = attribution_is_timed(name) ?
				of_function(s, name, ".self_ns_per_page", which) : NAN;
		}
		n += list[n].calls[SIDE_BASE] > 0 || list[n].calls[SIDE_TEST] > 0;
	}
	qsort(list, n, sizeof(list[0]), by_cost);
	return n;
}

/* A side that neither of two examples measured has no bar. */
static void take_absent(struct attribution_parts *p, const struct attribution *base,
			const struct attribution *test)
{
	enum attribution_side side;

	for (side = 0; side < ATTRIBUTION_SIDES; side++)
		if (isnan(base->total[side].self_ns) && isnan(test->total[side].self_ns))
			p->absent[side] = base->total[side].absent;
}

static void put_number(FILE *out, const char *class, const char *format, double value)
{
	fprintf(out, "<td class=\"%s\">", class);
	if (isnan(value))
		fputs("-", out);
	else
		fprintf(out, format, value);
	fputs("</td>", out);
}

static void put_change(FILE *out, const struct attribution_part *part)
{
	double change = 100 * (part->values[SIDE_TEST] / part->values[SIDE_BASE] - 1);

	put_number(out, "n", fabs(change) < 0.005 ? "0.00%%" : "%+.2f%%",
		   isfinite(change) ? change : NAN);
}

static void put_parts(FILE *out, const struct attribution_parts *p)
{
	const struct attribution_part *part;
	size_t i, number = 0;

	fputs("<div class=\"scroll\"><table><tr><th>Side</th><th>Function</th>"
	      "<th class=\"n wideonly\">calls, base</th><th class=\"n wideonly\">test</th>"
	      "<th class=\"n\">own ns, base</th><th class=\"n\">test</th><th class=\"n\">change</th>"
	      "</tr>\n", out);
	for (i = 0; i < p->n; i++) {
		part = &p->list[i];
		number = i && p->list[i - 1].side == part->side ? number + 1 : 0;
		fprintf(out, "<tr><td>%s</td><td>", p->sides[part->side]);
		if (!isnan(dearest(part)))
			fprintf(out, "<span class=\"sw c%zu\">%zu</span>", number % STACK_PARTS,
				number + 1);
		fputs("<span class=\"name\">", out);
		xml_put(out, part->name);
		fputs("</span></td>", out);
		put_number(out, "n wideonly", "%.4g", part->calls[SIDE_BASE]);
		put_number(out, "n wideonly", "%.4g", part->calls[SIDE_TEST]);
		put_number(out, "n", "%.0f", part->values[SIDE_BASE]);
		put_number(out, "n", "%.0f", part->values[SIDE_TEST]);
		put_change(out, part);
		fputs("</tr>\n", out);
	}
	fputs("</table></div>\n", out);
}

void pictures_attribution(FILE *out, const struct compare_scenario *s)
{
	const struct record *examples[] = {
		compare_example(s, SIDE_BASE), compare_example(s, SIDE_TEST),
	};
	struct attribution_part list[RECORD_FUNCTIONS_MAX + 1];
	struct attribution of[SIDES];
	struct attribution_parts parts;
	struct attribution_chart chart;
	size_t i, n;

	if (!examples[0] || !examples[1] || !attribution_of(examples[0], &of[0]) ||
	    !attribution_of(examples[1], &of[1]))
		return;
	attribution_parts_begin(&parts);
	take_absent(&parts, &of[0], &of[1]);
	n = list_functions(s, examples[0], list);
	for (i = 0; i < n; i++)
		attribution_parts_add(&parts, &list[i]);
	chart = attribution_parts_chart(&parts);
	chart.label = "what a page costs guest, relay and host, base and test";
	chart.two = true;
	html_element(out, "h3", NULL, "What a page costs guest, relay and host, in ns, by function");
	html_element(out, "p", "small muted", "The guest's time is as its clock has it: while relay "
		     "and host work it waits, so theirs is in its too, and the sides do not add up.");
	fputs("<figure class=\"wide\">", out);
	svg_attribution(out, &chart);
	fputs("</figure>\n", out);
	put_parts(out, &parts);
}
