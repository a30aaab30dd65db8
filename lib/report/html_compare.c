// SPDX-License-Identifier: GPL-2.0
/* A comparison as a page: what regressed first, then each scenario with its pictures. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/collapse.h"
#include "report/compare.h"
#include "report/compare_words.h"
#include "report/html.h"
#include "report/html_pictures.h"
#include "report/svg.h"

static void put_badge(FILE *out, enum verdict verdict)
{
	const char *name = verdict_name(verdict);

	fprintf(out, "<span class=\"badge %s\">%s</span>", name, name);
}

static void put_side(FILE *out, const struct comparison *c, enum compare_side side)
{
	const char *kernel, *before = NULL;
	size_t i;

	fprintf(out, "<dt><span class=\"key %s\"></span>%s</dt><dd>", compare_side_name(side),
		compare_side_name(side));
	for (i = 0; i < c->n; i++) {
		kernel = c->list[i].runs[side][0].record->env.kernel;
		kernel = kernel ? kernel : "unknown kernel";
		if (!before || strcmp(before, kernel)) {
			fputs(before ? "; " : "", out);
			xml_put(out, kernel);
		}
		before = kernel;
	}
	fputs("</dd>\n", out);
}

static void put_testbed(FILE *out, const struct comparison *c)
{
	const struct record_environment *env = &c->list[0].runs[SIDE_BASE][0].record->env;
	bool counted = !strcmp(env->clock, "counted");

	fputs("<dt>testbed</dt><dd>", out);
	xml_put(out, env->testbed);
	if (env->qemu) {
		fputs(", QEMU ", out);
		xml_put(out, env->qemu);
	}
	fprintf(out, ", %s clock%s</dd>\n", counted ? "counted" : "real",
		counted ? ": ns are lengths of paths, not latencies" : "");
}

static void put_head(FILE *out, const struct comparison *c)
{
	static const enum verdict order[] = {
		VERDICT_REGRESSED, VERDICT_INVALID, VERDICT_INCONCLUSIVE, VERDICT_IMPROVED,
		VERDICT_OK,
	};
	char base[WORD_MAX], test[WORD_MAX], text[320];
	const char *before = ":";
	size_t counts[VERDICT_NO_BASELINE + 1] = {}, i;

	word_kernel(base, &c->list[0], SIDE_BASE);
	word_kernel(test, &c->list[0], SIDE_TEST);
	for (i = 0; i < c->n; i++)
		counts[c->list[i].verdict]++;
	html_element(out, "h1", NULL, "%s against %s", test, base);
	fputs("<p>", out);
	put_badge(out, c->verdict);
	fprintf(out, " %zu scenario%s", c->n, c->n == 1 ? "" : "s");
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!counts[order[i]])
			continue;
		fprintf(out, "%s %zu %s", before, counts[order[i]], verdict_name(order[i]));
		before = ",";
	}
	fputs("</p>\n<dl>\n", out);
	put_side(out, c, SIDE_BASE);
	put_side(out, c, SIDE_TEST);
	put_testbed(out, c);
	fputs("</dl>\n", out);
	word_diagnostics(text, c);
	html_element(out, "p", "small muted", "%s", text);
}

/* "better" or "worse" where a change is one, for the style. */
static const char *change_class(const struct compare_metric *m)
{
	if (!m->gate)
		return "n";
	return m->verdict == VERDICT_REGRESSED ? "n worse" :
	       m->verdict == VERDICT_IMPROVED ? "n better" : "n";
}

static bool changed(const struct compare_metric *m)
{
	return m->gate && (m->verdict == VERDICT_REGRESSED || m->verdict == VERDICT_IMPROVED);
}

static void put_summary(FILE *out, const struct comparison *c)
{
	const struct compare_metric *worst;
	char base[WORD_MAX], test[WORD_MAX], change[WORD_MAX], name[WORD_NAME_MAX];
	size_t i;

	fputs("<div class=\"scroll\"><table>\n<tr><th>Scenario</th><th>Verdict</th>"
	      "<th class=\"wideonly\">Runs</th><th>Worst change</th><th></th></tr>\n", out);
	for (i = 0; i < c->n; i++) {
		worst = compare_worst(&c->list[i]);
		word_runs(base, &c->list[i], SIDE_BASE);
		word_runs(test, &c->list[i], SIDE_TEST);
		fprintf(out, "<tr><td><a class=\"name\" href=\"#%s\">%s</a></td><td>",
			c->list[i].scenario.name, c->list[i].scenario.name);
		put_badge(out, c->list[i].verdict);
		fprintf(out, "</td><td class=\"wideonly\">%s, %s</td><td class=\"name\">", base,
			test);
		if (worst)
			word_change(change, worst);
		word_levels(name, sizeof(name), worst ? worst->metric.name : "");
		xml_put(out, name);
		fprintf(out, "</td><td class=\"%s\">%s</td></tr>\n",
			worst ? change_class(worst) : "n", worst ? change : "");
	}
	fputs("</table></div>\n", out);
}

static void put_values(FILE *out, const struct compare_metric *m, enum compare_side side)
{
	char median[WORD_MAX], deviation[WORD_MAX];

	word_median(median, m, side);
	word_deviation(deviation, m, side);
	fprintf(out, "<td class=\"n\">%s<span class=\"sd wideonly\">%s%s%s</span></td>", median,
		m->n[side] > 1 ? "&nbsp;&plusmn;" : "", m->n[side] > 1 ? deviation : "",
		m->n[side] > 1 ? "%" : "");
}

static void put_metric(FILE *out, const struct compare_metric *m, bool intervals)
{
	char change[WORD_MAX], interval[WORD_MAX], last[WORD_MAX], reason[160];
	char name[WORD_NAME_MAX];

	word_levels(name, sizeof(name), m->metric.name);
	word_change(change, m);
	word_interval(interval, m);
	word_reason(reason, m);
	fputs("<tr><td class=\"name\">", out);
	xml_put(out, name);
	fputs("</td>", out);
	put_values(out, m, SIDE_BASE);
	put_values(out, m, SIDE_TEST);
	fprintf(out, "<td class=\"wideonly muted\">%s</td><td class=\"%s\">%s</td>", m->metric.unit,
		change_class(m), change);
	if (intervals)
		fprintf(out, "<td class=\"n wideonly\">%s</td>", interval);
	if (m->gate)
		word_allowed(last, m);
	else
		word_test(last, m);
	fprintf(out, "<td class=\"n\">%s</td><td class=\"%s\">%s</td>", last,
		changed(m) ? change_class(m) + 2 : "", m->gate ? verdict_name(m->verdict) : "");
	if (reason[0])
		html_element(out, "td", "why", "%s", reason);
	fputs("</tr>\n", out);
}

/* A table of metrics. On the counted clock none has an interval, nor the table a column for it. */
static void put_table(FILE *out, const struct compare_metric *const *list, size_t n,
		      const char *last)
{
	bool intervals = false;
	size_t i;

	for (i = 0; i < n; i++)
		intervals |= list[i]->decision.level > 0;
	fprintf(out, "<div class=\"scroll\"><table class=\"m\">\n<tr><th>Metric</th>"
		"<th class=\"n\">base</th><th class=\"n\">test</th><th class=\"wideonly\">unit</th>"
		"<th class=\"n\">change</th>%s<th class=\"n\">%s</th><th></th></tr>\n",
		intervals ? "<th class=\"n wideonly\">interval</th>" : "", last);
	for (i = 0; i < n; i++)
		put_metric(out, list[i], intervals);
	fputs("</table></div>\n", out);
}

static int put_tables(FILE *out, const struct compare_scenario *s)
{
	const struct compare_metric **list;
	size_t i, n = 0;

	list = calloc(s->nr_metrics + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (i = 0; i < s->nr_metrics; i++)
		if (s->list[i].gate)
			list[n++] = &s->list[i];
	put_table(out, list, n, "allowed");
	free(list);
	if (compare_significant(s, &list, &n))
		return -ENOMEM;
	if (n) {
		fprintf(out, "<details><summary>%zu other metric%s that differ%s by rank tests"
			"</summary>\n", n, n == 1 ? "" : "s", n == 1 ? "s" : "");
		put_table(out, list, n, "test");
		fputs("</details>\n", out);
	}
	free(list);
	return 0;
}

static void put_unused(FILE *out, const struct compare_scenario *s)
{
	const struct compare_run *run;
	enum compare_side side;
	size_t i;

	for (i = 0; (run = compare_left_out(s, i, &side)); i++)
		html_element(out, "p", "small", "Left out of %s: %s: %s", compare_side_name(side),
			     run->name, run->why);
}

static int put_scenario(FILE *out, const struct compare_scenario *s)
{
	char base[WORD_MAX], test[WORD_MAX], words[WORD_TEXT_MAX];
	int ret;

	word_runs(base, s, SIDE_BASE);
	word_runs(test, s, SIDE_TEST);
	fprintf(out, "<section id=\"%s\">\n<h2>%s ", s->scenario.name, s->scenario.name);
	put_badge(out, s->verdict);
	fputs("</h2>\n", out);
	html_element(out, "p", "small muted", "%s of base, %s of test", base, test);
	word_levels(words, sizeof(words), s->reason);
	if (words[0])
		html_element(out, "p", NULL, "%s: %s", verdict_name(s->verdict), words);
	word_levels(words, sizeof(words), s->note);
	if (words[0])
		html_element(out, "p", NULL, "Note: %s.", words);
	put_unused(out, s);
	ret = s->nr_metrics ? put_tables(out, s) : 0;
	if (!ret && s->nr_metrics) {
		pictures_runs(out, s);
		if (scenario_two_levels(&s->scenario))
			pictures_attribution(out, s);
		else
			pictures_costs(out, s);
		ret = pictures_histograms(out, s);
	}
	fputs("</section>\n", out);
	return ret;
}

/* How many scenarios from @s on are of one mode. */
static size_t count_mode(const struct comparison *c, size_t first)
{
	const struct scenario *of = &c->list[first].scenario, *s;
	size_t n;

	for (n = 1; first + n < c->n; n++) {
		s = &c->list[first + n].scenario;
		if (s->host != of->host || s->guest != of->guest || s->tx != of->tx)
			break;
	}
	return n;
}

static int put_flows(FILE *out, const struct comparison *c)
{
	const struct scenario *s;
	int ret = 0;
	size_t i, n;

	for (i = 0; !ret && i < c->n; i += n) {
		n = count_mode(c, i);
		if (n < 2)
			continue;
		s = &c->list[i].scenario;
		fputs("<section>\n", out);
		html_element(out, "h2", NULL, "%s-%s%s by the number of flows",
			     host_mode_name(s->host), guest_mode_name(s->guest),
			     s->tx ? ", sending," : "");
		ret = pictures_flows(out, &c->list[i], n);
		fputs("</section>\n", out);
	}
	return ret;
}

static void put_collapses(FILE *out, const struct comparison *c)
{
	char text[COLLAPSES_MAX][COLLAPSE_TEXT_MAX];
	size_t i, n = collapse_say_all(c, text);

	for (i = 0; i < n; i++)
		html_element(out, "p", NULL, "%s.", text[i]);
}

static void put_method(FILE *out, const struct comparison *c)
{
	size_t side;

	fputs("<section>\n<h2>How to read this</h2>\n", out);
	for (side = 0; side < SIDES; side++)
		if (c->only[side])
			html_element(out, "p", NULL, "Only in %s, and not compared: %s.",
				     compare_side_name(side), c->only[side]);
	fputs("<p class=\"small\">One run gives one value of each metric. Values are medians over "
	      "the runs, &plusmn; their standard deviation. Counts and lengths of paths hardly vary: "
	      "they are decided by medians. Times and rates vary: they are decided by the interval "
	      "of their change (Hodges and Lehmann), all of which must lie beyond what is allowed, "
	      "or within. What is neither is inconclusive. All other metrics are tested by ranks "
	      "(Mann and Whitney), q being p adjusted for their number (Benjamini and Hochberg); "
	      "these never decide.</p>\n<p class=\"small\">In the pictures each mark is a run, "
	      "<span class=\"key\"></span>base and <span class=\"key test\"></span>test; the bar is "
	      "the median, the box the middle half of five or more runs, the shaded band what a "
	      "change may be.</p>\n</section>\n", out);
}

int report_compare_html(FILE *out, const struct comparison *c)
{
	char base[WORD_MAX], test[WORD_MAX], title[200];
	int ret = 0;
	size_t i;

	word_kernel(base, &c->list[0], SIDE_BASE);
	word_kernel(test, &c->list[0], SIDE_TEST);
	snprintf(title, sizeof(title), "%s: %s against %s", verdict_name(c->verdict), test, base);
	html_begin(out, title);
	put_head(out, c);
	put_summary(out, c);
	put_collapses(out, c);
	for (i = 0; !ret && i < c->n; i++)
		ret = put_scenario(out, &c->list[i]);
	if (!ret)
		ret = put_flows(out, c);
	put_method(out, c);
	html_end(out);
	return ret;
}
