// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/bench.h"
#include "judge/conditions.h"
#include "judge/verdict.h"
#include "stats/describe.h"

static bool is_worse(const struct metric *m, double change)
{
	return m->better == BETTER_LOWER ? change > 0 : change < 0;
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
		[VERDICT_NO_BASELINE] = 0, [VERDICT_OK] = 1, [VERDICT_INCONCLUSIVE] = 2,
		[VERDICT_IMPROVED] = 3, [VERDICT_INVALID] = 4, [VERDICT_REGRESSED] = 5,
	};
	const struct metric_verdict *m;
	size_t i, gated = 0;

	j->verdict = VERDICT_NO_BASELINE;
	for (i = 0; i < j->n; i++) {
		m = &j->list[i];
		gated += m->gate;
		if (!m->gate || weight[m->verdict] <= weight[j->verdict])
			continue;
		j->verdict = m->verdict;
		if (m->verdict == VERDICT_INVALID || m->verdict == VERDICT_INCONCLUSIVE)
			snprintf(j->reason, sizeof(j->reason), "%.60s: %.240s", m->name, m->reason);
		else
			j->reason[0] = '\0';
	}
	if (j->verdict == VERDICT_REGRESSED)
		name_regressed(j);
	if (gated)
		return;
	j->verdict = VERDICT_INCONCLUSIVE;
	snprintf(j->reason, sizeof(j->reason), "its baseline gates no metric");
}

/* What differs and yet may be compared. */
static void note_differences(struct judgement *j)
{
	const char *ours = j->record->env.kernel, *theirs = j->baseline->kernel;
	int len = 0;

	if (baseline_other_host(j->baseline, j->record))
		len = snprintf(j->note, sizeof(j->note), "times are not held: the baseline is of "
			       "another host; ");
	if (strcmp(j->record->scenario.name, j->baseline->scenario))
		len += snprintf(j->note + len, sizeof(j->note) - len, "the baseline is of %s; ",
				j->baseline->scenario);
	if (ours && theirs && strcmp(ours, theirs))
		len += snprintf(j->note + len, sizeof(j->note) - len,
				"kernel %.120s, the baseline's is %.120s; ", ours, theirs);
	ours = j->record->host.kernel;
	theirs = j->baseline->host_kernel;
	if (ours && theirs && strcmp(ours, theirs))
		len += snprintf(j->note + len, sizeof(j->note) - len,
				"the host's kernel %.120s, the baseline's is %.120s; ", ours,
				theirs);
	if (len)
		j->note[len - 2] = '\0';
}

static void say_invalid(struct judgement *j)
{
	const struct check_result *c = validity_first_failure(&j->validity);

	snprintf(j->reason, sizeof(j->reason), "%s: %s%s%s", check_name(c->id), c->subject,
		 c->subject[0] ? ": " : "", c->detail);
}

/* Does @m, found in the first run, have its value in all? Its median then. */
static void take_median(struct bench *b, struct metric *m)
{
	const struct metric *one;
	size_t i;

	for (i = 1; i < b->j->runs; i++) {
		one = metrics_find(&b->runs[i], m->name);
		if (m->state != METRIC_PRESENT || (one && one->state == METRIC_PRESENT))
			continue;
		m->state = one ? one->state : METRIC_MISSING;
		snprintf(m->absent, sizeof(m->absent), "run %zu: %.120s", i + 1,
			 one ? one->absent : "not measured");
	}
	if (m->state != METRIC_PRESENT || b->j->runs == 1)
		return;
	bench_collect(b, m->name);
	stats_sort(b->values, b->j->runs);
	m->value = stats_median(b->values, b->j->runs);
}

/* Derive the metrics of each record, and their medians. */
static void derive_all(struct bench *b, const struct record *const *records)
{
	struct metrics *medians = &b->j->metrics;
	size_t i;

	for (i = 0; i < b->j->runs; i++)
		metrics_derive(records[i], &b->runs[i]);
	*medians = b->runs[0];
	for (i = 0; i < medians->n; i++)
		take_median(b, &medians->list[i]);
}

/* The validity of the records: of the first that is invalid as a whole, or else of the first. */
static bool all_valid(struct judgement *j, const struct record *const *records)
{
	size_t i = j->runs;

	while (i--) {
		validity_check(records[i], &j->validity);
		j->record = records[i];
		if (j->validity.failed && !validity_by_row(j->record, &j->validity))
			break;
	}
	return i == (size_t)-1;
}

static bool matches(struct judgement *j, const struct record *const *records,
		    const struct baseline *b)
{
	size_t i;

	for (i = 0; i < j->runs; i++)
		if (!baseline_matches(b, records[i], j->reason, sizeof(j->reason)))
			return false;
	return true;
}

static int judge_all(struct bench *bench, const struct record *const *records,
		     const struct baseline *b, const char *why_none)
{
	struct judgement *j = bench->j;
	int ret;

	derive_all(bench, records);
	if (!b)
		snprintf(j->reason, sizeof(j->reason), "%s", why_none);
	else if (matches(j, records, b))
		j->baseline = b;
	if (!all_valid(j, records)) {
		/* An impossible record says nothing, neither good nor bad. */
		j->baseline = NULL;
		j->verdict = VERDICT_INVALID;
		say_invalid(j);
		return judge_metrics(bench);
	}
	if (j->validity.failed)
		validity_condemn(&j->validity, &j->metrics);
	ret = judge_metrics(bench);
	if (ret || !j->baseline) {
		j->verdict = VERDICT_NO_BASELINE;
		return ret;
	}
	merge_verdicts(j);
	note_differences(j);
	return 0;
}

struct judgement *judge_runs(const struct record *const *records, size_t n,
			     const struct baseline *b, const char *why_none)
{
	struct bench bench = {
		.j = calloc(1, sizeof(*bench.j)),
		.runs = calloc(n, sizeof(*bench.runs)),
		.values = calloc(n, sizeof(*bench.values)),
	};
	int ret = bench.j && bench.runs && bench.values ? 0 : -ENOMEM;

	if (!ret) {
		bench.j->runs = n;
		ret = judge_all(&bench, records, b, why_none);
	}
	free(bench.runs);
	free(bench.values);
	if (!ret)
		return bench.j;
	free(bench.j);
	return NULL;
}

struct judgement *judge(const struct record *r, const struct baseline *b, const char *why_none)
{
	return judge_runs(&r, 1, b, why_none);
}

size_t judgement_wants(const struct judgement *j)
{
	static const size_t looks[] = { DECIDE_RUNS, 7, 10 };
	enum { LOOKS = sizeof(looks) / sizeof(looks[0]) };
	bool regressed = j->verdict == VERDICT_REGRESSED;
	size_t i;

	if (!regressed && j->verdict != VERDICT_INCONCLUSIVE)
		return j->runs;
	if (!strcmp(j->record->env.clock, "counted") || conditions_only_counts(j->record))
		return regressed && j->runs == 1 ? 2 : j->runs;
	for (i = regressed ? LOOKS - 1 : 0; i < LOOKS; i++)
		if (j->runs < looks[i])
			return looks[i];
	return j->runs;
}

bool judge_together(const struct record *a, const struct record *b)
{
	struct conditions ours = conditions_of(a), theirs = conditions_of(b);
	char why[256];

	return !a->report && !b->report && !strcmp(a->scenario.name, b->scenario.name) &&
	       conditions_same(&ours, &theirs, "", why, sizeof(why)) &&
	       condition_same("kernel", a->env.kernel, b->env.kernel, "", why, sizeof(why)) &&
	       condition_same("the host's kernel", a->host.kernel, b->host.kernel, "", why,
			      sizeof(why));
}

int judge_stored(const struct record *const *records, size_t n, const char *dir, const char *file,
		 struct baseline **b, struct judgement **j, struct err *e)
{
	char *path = file ? strdup(file) : baseline_path(dir, records[0]);
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
		*j = judge_runs(records, n, *b, e->text);
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
