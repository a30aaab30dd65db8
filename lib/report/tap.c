// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/tap.h"
#include "report/words.h"

/*
 * Log readers of kernel CI decide by searching for such words, wherever they stand: a kernel
 * message that is quoted in a point must not become a result. One letter changed keeps it readable.
 */
static void disarm(char *text)
{
	static const char *const words[] = { "FAIL", "SKIP", "PASS", "not ok", "TODO", "XFAIL" };
	char *at;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		while ((at = strstr(text, words[i])))
			at[1] = at[1] >= 'a' ? '0' : at[1] + 'a' - 'A';
}

void tap_clean(char *text)
{
	char *c;

	for (c = text; *c; c++)
		if (*c == '#' || (unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	disarm(text);
}

/* "3690 ns, baseline 3688, +0.05 %, tolerance 1 %" and the reason, of a gated metric. */
static void put_metric(const struct metric_verdict *m, char *text, size_t size)
{
	static const char *const ends[] = {
		[VERDICT_REGRESSED] = ": regressed",
		[VERDICT_IMPROVED] = ": improved, accept a new baseline to keep it",
		[VERDICT_INCONCLUSIVE] = ": inconclusive: ",
		[VERDICT_NO_BASELINE] = NULL,
	};
	char change[32], tolerance[32], interval[40], resolves[32];

	if (!m->metric || m->metric->state != METRIC_PRESENT) {
		snprintf(text, size, "%s: %s", verdict_name(m->verdict), m->reason);
		return;
	}
	words_change(change, sizeof(change), m);
	words_tolerance(tolerance, sizeof(tolerance), m->baseline);
	words_interval(interval, sizeof(interval), m);
	words_resolves(resolves, sizeof(resolves), m);
	snprintf(text, size, "%.6g %s, baseline %.6g, %s%s%s%s, tolerance %s%s%s%s%s",
		 m->metric->value, m->metric->unit, m->baseline->value, change,
		 m->decision.level ? " [" : "", m->decision.level ? interval : "",
		 m->decision.level ? "]" : "", tolerance,
		 isnan(m->decision.resolves) ? "" : ", resolves ",
		 isnan(m->decision.resolves) ? "" : resolves,
		 ends[m->verdict] ? ends[m->verdict] : "", m->reason);
}

static struct tap_point *add(struct tap_points *points, enum tap_outcome outcome)
{
	struct tap_point *to = &points->list[points->n++];

	to->outcome = outcome;
	return to;
}

static void add_result(enum tap_outcome outcome, enum check_id id, const char *result,
		       struct tap_points *points)
{
	struct tap_point *to = add(points, outcome);

	snprintf(to->text, sizeof(to->text), "valid: %s: %s: %s", check_name(id),
		 check_meaning(id), result);
	tap_clean(to->text);
}

/* One point for a check that passed, one for each result that did not. */
static void add_check(const struct judgement *j, enum check_id id, struct tap_points *points)
{
	const struct check_result *c, *shown = NULL;
	size_t i, passed = 0, failed = 0;
	char result[400];

	for (i = 0; i < j->validity.n; i++) {
		c = &j->validity.list[i];
		if (c->id != id || c->outcome == CHECK_NOT_APPLICABLE)
			continue;
		if (c->outcome == CHECK_PASS) {
			passed++;
			shown = c;
			continue;
		}
		failed++;
		snprintf(result, sizeof(result), "%s%s%s", c->subject, c->subject[0] ? ": " : "",
			 c->detail);
		add_result(TAP_NOT_OK, id, result, points);
	}
	if (!passed || failed)
		return;
	snprintf(result, sizeof(result), "all %zu", passed);
	add_result(TAP_OK, id, passed > 1 ? result : shown->detail, points);
}

static void add_metric(const struct metric_verdict *m, struct tap_points *points)
{
	bool bad = m->verdict == VERDICT_REGRESSED || m->verdict == VERDICT_INVALID;
	bool unknown = m->verdict == VERDICT_INCONCLUSIVE;
	struct tap_point *to = add(points, bad ? TAP_NOT_OK : unknown ? TAP_SKIP : TAP_OK);
	int len;

	len = snprintf(to->text, sizeof(to->text), "%s ", m->name);
	put_metric(m, to->text + len, sizeof(to->text) - len);
	tap_clean(to->text);
}

int tap_make(const struct judgement *j, struct tap_points *points)
{
	struct tap_point *to;
	enum check_id id;
	size_t i;

	points->n = 0;
	points->list = calloc(CHECKS + j->validity.n + j->n + 1, sizeof(points->list[0]));
	if (!points->list)
		return -ENOMEM;
	for (id = 0; id < CHECKS; id++)
		add_check(j, id, points);
	for (i = 0; i < j->n; i++)
		if (j->list[i].gate)
			add_metric(&j->list[i], points);
	if (j->verdict == VERDICT_NO_BASELINE) {
		to = add(points, TAP_SKIP);
		snprintf(to->text, sizeof(to->text), "metrics: no baseline: %s", j->reason);
		tap_clean(to->text);
	}
	return 0;
}

void tap_free(struct tap_points *points)
{
	free(points->list);
	points->list = NULL;
	points->n = 0;
}
