// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/verdict.h"

#define ROUNDING 5e-6

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_OK] = "ok",
		[VERDICT_IMPROVED] = "improved",
		[VERDICT_REGRESSED] = "regressed",
		[VERDICT_INCONCLUSIVE] = "inconclusive",
		[VERDICT_INVALID] = "invalid",
		[VERDICT_NO_BASELINE] = "no baseline",
	};

	return names[verdict];
}

static bool is_worse(const struct metric *m, double change)
{
	return m->better == BETTER_LOWER ? change > 0 : change < 0;
}

static void judge_gated(struct metric_verdict *to)
{
	const struct metric *m = to->metric;

	if (m && m->state == METRIC_IMPOSSIBLE) {
		to->verdict = VERDICT_INVALID;
		snprintf(to->reason, sizeof(to->reason), "%s", m->absent);
	} else if (!m || m->state == METRIC_MISSING) {
		to->verdict = VERDICT_INVALID;
		snprintf(to->reason, sizeof(to->reason),
			 "not measured (%s); if this kernel has no such function, accept a new "
			 "baseline", m ? m->absent : "not traced");
	} else if (m->state == METRIC_TOO_FEW) {
		to->verdict = VERDICT_INCONCLUSIVE;
		snprintf(to->reason, sizeof(to->reason), "%s", m->absent);
	} else if (fabs(to->change) <= baseline_allowed(to->baseline)) {
		to->verdict = VERDICT_OK;
	} else {
		to->verdict = is_worse(m, to->change) ? VERDICT_REGRESSED : VERDICT_IMPROVED;
	}
}

static void judge_metric(struct judgement *j, const struct metric *m,
			 const struct baseline_metric *b)
{
	struct metric_verdict *to = &j->list[j->n++];

	*to = (struct metric_verdict){ .metric = m, .baseline = b };
	snprintf(to->name, sizeof(to->name), "%s", m ? m->name : b->name);
	/* Stored values are rounded to 6 digits; what that took away is no change. */
	if (m && b && m->state == METRIC_PRESENT &&
	    fabs(m->value - b->value) > ROUNDING * fabs(b->value))
		to->change = m->value - b->value;
	to->gate = b && b->gate;
	if (to->gate)
		judge_gated(to);
}

static void judge_metrics(struct judgement *j)
{
	const struct baseline *b = j->baseline;
	const struct metric *m;
	size_t i;

	for (i = 0; i < j->metrics.n; i++) {
		m = &j->metrics.list[i];
		judge_metric(j, m, b ? baseline_find(b, m->name) : NULL);
	}
	for (i = 0; b && i < b->n; i++)
		if (b->list[i].gate && !metrics_find(&j->metrics, b->list[i].name))
			judge_metric(j, NULL, &b->list[i]);
}

/* As many of the regressed metrics as there is room for, in the record's order. */
static void name_regressed(struct judgement *j)
{
	const struct metric_verdict *m;
	size_t i, len = 0, room = sizeof(j->reason);

	for (i = 0; i < j->n && len + 1 < room; i++) {
		m = &j->list[i];
		if (m->gate && m->verdict == VERDICT_REGRESSED)
			len += snprintf(j->reason + len, room - len, "%s%s", len ? ", " : "",
					m->name);
	}
}

/* Of several verdicts the one that matters most: what a reader must act on comes first. */
static void merge_verdicts(struct judgement *j)
{
	static const int weight[] = {
		[VERDICT_OK] = 1, [VERDICT_INCONCLUSIVE] = 0, [VERDICT_IMPROVED] = 2,
		[VERDICT_INVALID] = 3, [VERDICT_REGRESSED] = 4, [VERDICT_NO_BASELINE] = 0,
	};
	const struct metric_verdict *m;
	size_t i, gated = 0;

	j->verdict = VERDICT_INCONCLUSIVE;
	for (i = 0; i < j->n; i++) {
		m = &j->list[i];
		gated += m->gate;
		if (!m->gate || weight[m->verdict] <= weight[j->verdict])
			continue;
		j->verdict = m->verdict;
		if (m->verdict == VERDICT_INVALID)
			snprintf(j->reason, sizeof(j->reason), "%.60s: %.240s", m->name, m->reason);
		else
			j->reason[0] = '\0';
	}
	if (j->verdict == VERDICT_REGRESSED)
		name_regressed(j);
	if (!gated)
		snprintf(j->reason, sizeof(j->reason), "its baseline gates no metric");
}

/* What differs and yet may be compared. */
static void note_differences(struct judgement *j)
{
	const char *ours = j->record->env.kernel, *theirs = j->baseline->kernel;
	int len = 0;

	if (strcmp(j->record->scenario.name, j->baseline->scenario))
		len = snprintf(j->note, sizeof(j->note), "the baseline is of %s; ",
			       j->baseline->scenario);
	if (ours && theirs && strcmp(ours, theirs))
		len += snprintf(j->note + len, sizeof(j->note) - len,
				"kernel %.120s, the baseline's is %.120s; ", ours, theirs);
	if (len)
		j->note[len - 2] = '\0';
}

static void say_invalid(struct judgement *j)
{
	const struct check_result *c = validity_first_failure(&j->validity);

	snprintf(j->reason, sizeof(j->reason), "%s: %s%s%s", check_name(c->id), c->subject,
		 c->subject[0] ? ": " : "", c->detail);
}

struct judgement *judge(const struct record *r, const struct baseline *b, const char *why_none)
{
	struct judgement *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->record = r;
	metrics_derive(r, &j->metrics);
	validity_check(r, &j->validity);
	if (!b)
		snprintf(j->reason, sizeof(j->reason), "%s", why_none);
	else if (baseline_matches(b, r, j->reason, sizeof(j->reason)))
		j->baseline = b;
	if (j->validity.failed && validity_by_row(r, &j->validity)) {
		validity_condemn(&j->validity, &j->metrics);
	} else if (j->validity.failed) {
		/* An impossible record says nothing, neither good nor bad. */
		j->baseline = NULL;
		judge_metrics(j);
		j->verdict = VERDICT_INVALID;
		say_invalid(j);
		return j;
	}
	judge_metrics(j);
	if (!j->baseline) {
		j->verdict = VERDICT_NO_BASELINE;
		return j;
	}
	merge_verdicts(j);
	note_differences(j);
	return j;
}

int judge_stored(const struct record *r, const char *dir, const char *file, struct baseline **b,
		 struct judgement **j, struct err *e)
{
	char *path = file ? strdup(file) : baseline_path(dir, r);
	int ret = path ? 0 : -ENOMEM;

	*b = NULL;
	*j = NULL;
	if (!ret)
		ret = baseline_load(path, b, e);
	if (ret == -ENOENT && !file)
		ret = err_set(e, 0, "%s does not exist", path);
	if (!ret) {
		if (*b)
			(*b)->named = file;
		*j = judge(r, *b, e->text);
		ret = *j ? 0 : -ENOMEM;
	}
	if (ret == -ENOMEM)
		err_set(e, ENOMEM, "out of memory");
	free(path);
	return ret;
}

const struct metric_verdict *judgement_worst(const struct judgement *j)
{
	const struct metric_verdict *worst = NULL, *m;
	double share, most = 0;
	size_t i;

	for (i = 0; i < j->n; i++) {
		m = &j->list[i];
		if (!m->gate || !m->metric || m->metric->state != METRIC_PRESENT ||
		    !is_worse(m->metric, m->change))
			continue;
		share = fabs(m->change) / baseline_allowed(m->baseline);
		if (share > most) {
			most = share;
			worst = m;
		}
	}
	return worst;
}

int judgements_exit_code(struct judgement *const *list, size_t n)
{
	bool regressed = false, invalid = false, judged = false;
	size_t i;

	for (i = 0; i < n; i++) {
		regressed |= list[i]->verdict == VERDICT_REGRESSED;
		invalid |= list[i]->verdict == VERDICT_INVALID;
		judged |= list[i]->verdict != VERDICT_NO_BASELINE;
	}
	if (regressed)
		return 1;
	if (invalid)
		return 3;
	return judged ? 0 : 4;
}
