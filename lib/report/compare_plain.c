// SPDX-License-Identifier: GPL-2.0
/* For a mail to a list: ASCII, narrow, a block a scenario, a heading a function. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "judge/collapse.h"
#include "report/compare.h"
#include "report/compare_words.h"

enum { NAME_WIDTH = 20 };

static void put_ascii(FILE *out, const char *text, size_t len)
{
	for (; len--; text++)
		fputc(*text >= 0x20 && *text < 0x7f ? *text : '?', out);
}

/* Print @text in lines that begin with @indent blanks, the first in @column. Words may be cut. */
static void put_wrapped(FILE *out, const char *text, size_t column, size_t indent)
{
	size_t room, len;

	for (;;) {
		room = COMPARE_PLAIN_WIDTH - column;
		text += strspn(text, " ");
		len = strlen(text);
		if (len > room) {
			for (len = room; len && text[len] != ' ';)
				len--;
			len = len ? len : room;
		}
		put_ascii(out, text, len);
		fputc('\n', out);
		text += len;
		if (!text[strspn(text, " ")])
			return;
		fprintf(out, "%*s", (int)indent, "");
		column = indent;
	}
}

/* Print a line "LABEL text", its further lines below the text. */
__attribute__((format(printf, 3, 4)))
static void put_line(FILE *out, const char *label, const char *fmt, ...)
{
	char text[1400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fputs(label, out);
	put_wrapped(out, text, strlen(label), strlen(label));
}

static const char *mark(const struct compare_metric *m)
{
	static const char *const marks[] = {
		[VERDICT_OK] = "ok", [VERDICT_IMPROVED] = "++", [VERDICT_REGRESSED] = "!!",
		[VERDICT_INCONCLUSIVE] = "??", [VERDICT_INVALID] = "-", [VERDICT_NO_BASELINE] = "-",
	};

	return m->gate ? marks[m->verdict] : "";
}

static void put_numbers(FILE *out, const struct compare_metric *m)
{
	char base[WORD_MAX], test[WORD_MAX], base_sd[WORD_MAX], test_sd[WORD_MAX];
	char change[WORD_MAX], last[WORD_MAX];

	word_median(base, m, SIDE_BASE);
	word_median(test, m, SIDE_TEST);
	word_deviation(base_sd, m, SIDE_BASE);
	word_deviation(test_sd, m, SIDE_TEST);
	word_change(change, m);
	if (m->gate)
		word_allowed(last, m);
	else
		snprintf(last, sizeof(last), "%.2g", m->q);
	fprintf(out, "%10.10s%6.6s%10.10s%6.6s%10.10s%8.8s%s%s\n", base, base_sd, test, test_sd,
		change, last, m->gate ? " " : "", mark(m));
}

/* The end of a metric's name that follows the name of its function; NULL: it has none. */
static const char *suffix_of(const struct compare_metric *m)
{
	return strrchr(m->metric.name, '.');
}

/* A heading where the function is not that of the metric before. */
static void put_heading(FILE *out, const struct compare_metric *m,
			const struct compare_metric *before)
{
	const char *dot = suffix_of(m), *last = before ? suffix_of(before) : NULL;
	size_t len = dot ? dot - m->metric.name : 0;
	char name[sizeof(m->metric.name)], words[WORD_NAME_MAX];

	if (!dot || (last && (size_t)(last - before->metric.name) == len &&
		     !strncmp(m->metric.name, before->metric.name, len)))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)len, m->metric.name);
	word_levels(words, sizeof(words), name);
	put_line(out, "", "%s", words);
}

static void put_metric(FILE *out, const struct compare_metric *m,
		       const struct compare_metric *before)
{
	const char *dot = suffix_of(m), *name = dot ? dot + 1 : m->metric.name;
	char interval[WORD_MAX], reason[160];
	int indent = dot ? 2 : 0, width = NAME_WIDTH + 2 - indent;

	put_heading(out, m, before);
	if (strlen(name) < (size_t)width)
		fprintf(out, "%*s%-*s", indent, "", width, name);
	else
		fprintf(out, "%*s%.70s\n%*s", indent, "", name, NAME_WIDTH + 2, "");
	put_numbers(out, m);
	word_interval(interval, m);
	if (m->gate && interval[0])
		fprintf(out, "    interval of the change %s (%.3g%%)\n", interval,
			100 * m->decision.level);
	word_reason(reason, m);
	if (reason[0])
		put_line(out, "    ", "%s", reason);
}

static void put_titles(FILE *out, const char *first, const char *last)
{
	fprintf(out, "\n%-*s%10s%6s%10s%6s%10s%s\n", NAME_WIDTH + 2, first, "base", "sd%", "test",
		"sd%", "change", last);
}

/* Neither side has any of it: not worth a line in a mail. */
static bool is_zero(const struct compare_metric *m)
{
	return m->gate && m->verdict == VERDICT_OK && !m->decision.base && !m->decision.test;
}

static void put_gated(FILE *out, const struct compare_scenario *s)
{
	const struct compare_metric *before = NULL;
	size_t i, zero = 0;

	put_titles(out, "held", "  within");
	for (i = 0; i < s->nr_metrics; i++) {
		if (!s->list[i].gate)
			continue;
		if (is_zero(&s->list[i])) {
			zero++;
			continue;
		}
		put_metric(out, &s->list[i], before);
		before = &s->list[i];
	}
	if (zero)
		fprintf(out, "and %zu that %s 0 on both sides\n", zero, zero == 1 ? "is" : "are");
}

static int put_others(FILE *out, const struct compare_scenario *s)
{
	enum { MOST = 12 };
	const struct compare_metric **list;
	size_t i, n;

	if (compare_significant(s, &list, &n))
		return -ENOMEM;
	if (n)
		put_titles(out, "others that differ", "       q");
	for (i = 0; i < n && i < MOST; i++)
		put_metric(out, list[i], i ? list[i - 1] : NULL);
	if (n > MOST)
		fprintf(out, "and %zu more, see --json or --html\n", n - MOST);
	free(list);
	return 0;
}

static int put_scenario(FILE *out, const struct compare_scenario *s)
{
	const struct compare_run *run;
	char base[WORD_MAX], test[WORD_MAX], words[WORD_TEXT_MAX];
	enum compare_side side;
	size_t i;

	word_levels(words, sizeof(words), s->reason);
	word_runs(base, s, SIDE_BASE);
	word_runs(test, s, SIDE_TEST);
	fputc('\n', out);
	put_line(out, "", "%s: %s%s%s", s->scenario.name, verdict_name(s->verdict),
		 s->reason[0] ? ": " : "", words);
	word_levels(words, sizeof(words), s->note);
	put_line(out, "  ", "base %s, test %s", base, test);
	if (s->note[0])
		put_line(out, "  note: ", "%s", words);
	for (i = 0; (run = compare_left_out(s, i, &side)); i++)
		put_line(out, "  left out: ", "%s: %s", run->name, run->why);
	if (!s->nr_metrics)
		return 0;
	put_gated(out, s);
	return put_others(out, s);
}

/* All scenarios of a side are of one kernel, as a rule; else each is named. */
static void put_kernels(FILE *out, const struct comparison *c, enum compare_side side)
{
	static const char *const labels[SIDES] = { "base: ", "test: " };
	const char *kernel, *before = NULL;
	size_t i;

	for (i = 0; i < c->n; i++) {
		kernel = c->list[i].runs[side][0].record->env.kernel;
		kernel = kernel ? kernel : "unknown kernel";
		if (!before || strcmp(before, kernel))
			put_line(out, labels[side], "%s", kernel);
		before = kernel;
	}
}

static void put_collapses(FILE *out, const struct comparison *c)
{
	char text[COLLAPSES_MAX][COLLAPSE_TEXT_MAX];
	size_t i, n = collapse_say_all(c, text);

	for (i = 0; i < n; i++)
		put_line(out, "!! ", "%s", text[i]);
}

int report_compare_plain(FILE *out, const struct comparison *c)
{
	static const char *const only[SIDES] = { "Only in base: ", "Only in test: " };
	char text[320];
	size_t i, side;
	int ret = 0;

	fprintf(out, "iommu-perf compare: %s\n", verdict_name(c->verdict));
	put_kernels(out, c, SIDE_BASE);
	put_kernels(out, c, SIDE_TEST);
	fputs("Medians; sd%: standard deviation of the runs; within: the change allowed.\n"
	      "!! regressed, ++ improved, ?? these runs cannot say; q: see the last lines.\n", out);
	for (i = 0; !ret && i < c->n; i++)
		ret = put_scenario(out, &c->list[i]);
	fputc('\n', out);
	for (side = 0; side < SIDES; side++)
		if (c->only[side])
			put_line(out, only[side], "%s", c->only[side]);
	put_collapses(out, c);
	word_diagnostics(text, c);
	put_line(out, "", "%s", text);
	return ret;
}
