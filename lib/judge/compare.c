// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/compare_parts.h"

/* Of several verdicts the one that matters most: what a reader must act on comes first. */
static enum verdict heavier(enum verdict a, enum verdict b)
{
	static const int weight[] = {
		[VERDICT_NO_BASELINE] = 0, [VERDICT_OK] = 1, [VERDICT_INCONCLUSIVE] = 2,
		[VERDICT_IMPROVED] = 3, [VERDICT_INVALID] = 4, [VERDICT_REGRESSED] = 5,
	};

	return weight[a] >= weight[b] ? a : b;
}

/* Add to the list @text of @size what is printed, behind @separator unless it is the first. */
__attribute__((format(printf, 4, 5)))
static void append(char *text, size_t size, const char *separator, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	if (len && len + 1 < size)
		len += snprintf(text + len, size - len, "%s", separator);
	if (len + 1 >= size)
		return;
	va_start(ap, fmt);
	vsnprintf(text + len, size - len, fmt, ap);
	va_end(ap);
}

const struct record *compare_example(const struct compare_scenario *s, enum compare_side side)
{
	size_t i;

	for (i = 0; i < s->n[side]; i++)
		if (s->runs[side][i].use == RUN_USED)
			return s->runs[side][i].record;
	return NULL;
}

/* Functions that one side lacks, as where a kernel has no such function or inlined it. */
static void note_missing(struct compare_scenario *s)
{
	static const char suffix[] = ".count_per_page";
	const struct compare_metric *m;
	size_t i, len;

	for (i = 0; i < s->nr_metrics; i++) {
		m = &s->list[i];
		len = strlen(m->metric.name);
		if (!m->n[SIDE_BASE] == !m->n[SIDE_TEST] || len < sizeof(suffix) ||
		    strcmp(m->metric.name + len - strlen(suffix), suffix))
			continue;
		append(s->note, sizeof(s->note), "; ", "%s has no %.*s (%.60s)",
		       m->n[SIDE_BASE] ? "test" : "base", (int)(len - strlen(suffix)),
		       m->metric.name, m->absent[m->n[SIDE_BASE] ? SIDE_TEST : SIDE_BASE]);
	}
}

/* A probe's cost is part of the time of all that call its function. */
static void note_probes(struct compare_scenario *s)
{
	char base[400], test[400];

	metrics_traced(compare_example(s, SIDE_BASE), base, sizeof(base));
	metrics_traced(compare_example(s, SIDE_TEST), test, sizeof(test));
	if (strcmp(base, test))
		append(s->note, sizeof(s->note), "; ", "other functions were traced on each side: the "
		       "times of those that call them, and all ns/page, do not mean the same");
}

static void note_runs(struct compare_scenario *s)
{
	const char *inject;
	size_t side, i, repeated;

	for (side = 0; side < SIDES; side++) {
		for (i = 0, repeated = 0; i < s->n[side]; i++)
			repeated += s->runs[side][i].use == RUN_REPEATED;
		if (repeated)
			append(s->note, sizeof(s->note), "; ",
			       "%zu of %zu %s runs repeat another to the last number and count "
			       "once with it: boot anew for each, with --fresh", repeated,
			       s->n[side], compare_side_name(side));
		for (i = 0; i < s->n[side]; i++) {
			inject = s->runs[side][i].record->reproduce;
			inject = inject ? strstr(inject, " --inject ") : NULL;
			if (!inject)
				continue;
			append(s->note, sizeof(s->note), "; ", "%s was made with%.60s",
			       compare_side_name(side), inject);
			break;
		}
	}
}

/* Over two levels the host's kernel may differ alone, which no heading shows. */
static void note_hosts(struct compare_scenario *s)
{
	const char *base = s->runs[SIDE_BASE][0].record->host.kernel;
	const char *test = s->runs[SIDE_TEST][0].record->host.kernel;

	if (base && test && strcmp(base, test))
		append(s->note, sizeof(s->note), "; ", "the host's kernel is %.100s in base, %.100s "
		       "in test", base, test);
}

static void note_noisy(struct compare_scenario *s)
{
	const char *separator = "; ", *intro = "not held, as its runs spread too much: ";
	size_t i;

	for (i = 0; i < s->nr_metrics; i++) {
		if (!s->list[i].noisy)
			continue;
		append(s->note, sizeof(s->note), separator, "%s%s", intro, s->list[i].metric.name);
		separator = ", ";
		intro = "";
	}
}

static void note_attribution(struct compare_scenario *s)
{
	char text[300];

	compare_attribute(s, text, sizeof(text));
	if (text[0])
		append(s->note, sizeof(s->note), "; ", "%s", text);
}

/* On the counted clock a run is one boot, whose like the next is not quite. */
static void note_single(struct compare_scenario *s)
{
	const struct record *r = s->runs[SIDE_BASE][0].record;

	if (!strcmp(r->env.clock, "counted") && !r->report &&
	    (s->used[SIDE_BASE] == 1 || s->used[SIDE_TEST] == 1))
		append(s->note, sizeof(s->note), "; ", "one boot of a side does not show how boots "
		       "differ%s: measure several with --runs 5 --fresh",
		       s->used[SIDE_BASE] == 1 ? ", so little is held" : "");
}

static bool say_invalid(struct compare_scenario *s)
{
	size_t side;

	for (side = 0; side < SIDES; side++) {
		if (s->used[side])
			continue;
		s->verdict = VERDICT_INVALID;
		append(s->reason, sizeof(s->reason), "; ", "no valid run of %s (%.100s: %.200s)",
		       compare_side_name(side), s->runs[side][0].name, s->runs[side][0].why);
	}
	return s->reason[0];
}

/* The scenario's verdict from those of its metrics, and which of them make it. */
static void merge(struct compare_scenario *s)
{
	size_t i, gated = 0;

	s->verdict = VERDICT_NO_BASELINE;
	for (i = 0; i < s->nr_metrics; i++) {
		if (!s->list[i].gate)
			continue;
		gated++;
		s->verdict = heavier(s->verdict, s->list[i].verdict);
	}
	if (!gated) {
		s->verdict = VERDICT_INCONCLUSIVE;
		append(s->reason, sizeof(s->reason), "", "no metric that gates is on both sides");
	}
	for (i = 0; s->verdict != VERDICT_OK && i < s->nr_metrics; i++)
		if (s->list[i].gate && s->list[i].verdict == s->verdict)
			append(s->reason, sizeof(s->reason), ", ", "%s", s->list[i].metric.name);
}

static int compare_scenario(struct compare_scenario *s)
{
	int ret = compare_sift(s);

	if (ret)
		return ret;
	note_runs(s);
	note_hosts(s);
	if (say_invalid(s))
		return 0;
	ret = compare_metrics(s);
	if (ret)
		return ret;
	note_attribution(s);
	note_missing(s);
	note_probes(s);
	note_noisy(s);
	note_single(s);
	merge(s);
	return 0;
}

int compare(const struct compare_input sides[SIDES], struct comparison **out, struct err *e)
{
	struct comparison *c = calloc(1, sizeof(*c));
	int ret = c ? compare_group(sides, c, e) : -ENOMEM;
	size_t i;

	for (i = 0; !ret && i < c->n; i++)
		ret = compare_scenario(&c->list[i]);
	if (!ret)
		ret = compare_diagnose(c);
	if (ret == -ENOMEM)
		err_set(e, ENOMEM, "out of memory");
	if (ret) {
		comparison_free(c);
		return ret;
	}
	c->verdict = VERDICT_NO_BASELINE;
	for (i = 0; i < c->n; i++)
		c->verdict = heavier(c->verdict, c->list[i].verdict);
	*out = c;
	return 0;
}

void comparison_free(struct comparison *c)
{
	size_t i, k, side;

	for (i = 0; c && i < c->n; i++) {
		for (side = 0; side < SIDES; side++) {
			for (k = 0; k < c->list[i].nr_metrics; k++)
				free(c->list[i].list[k].values[side]);
			free(c->list[i].runs[side]);
		}
		free(c->list[i].list);
	}
	if (c) {
		free(c->only[SIDE_BASE]);
		free(c->only[SIDE_TEST]);
		free(c->list);
	}
	free(c);
}

int comparison_exit_code(const struct comparison *c)
{
	bool invalid = false;
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (c->list[i].verdict == VERDICT_REGRESSED)
			return 1;
		invalid |= c->list[i].verdict == VERDICT_INVALID;
	}
	return invalid ? 3 : 0;
}

const struct compare_metric *compare_worst(const struct compare_scenario *s)
{
	const struct compare_metric *worst = NULL, *m;
	double share, most = 0;
	size_t i;

	for (i = 0; i < s->nr_metrics; i++) {
		m = &s->list[i];
		share = m->decision.change / m->decision.allowed;
		if (m->metric.better == BETTER_HIGHER)
			share = -share;
		if (m->gate && share > most) {
			most = share;
			worst = m;
		}
	}
	return worst;
}
