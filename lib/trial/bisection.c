// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "judge/conditions.h"
#include "judge/verdict.h"
#include "trial/bisection.h"
#include "trial/trial.h"
#include "util/file.h"

enum { PATH_LENGTH = 4200 };

/* The file of run @run (from 1) of @name, or with 0 the one that says why there is none. */
static void place(const struct bisection *b, const char *name, size_t run, char path[PATH_LENGTH])
{
	int dir = snprintf(path, PATH_LENGTH, "%.3000s/", b->state);
	int n = run ? snprintf(path + dir, PATH_LENGTH - dir, "%.1000s.%zu.json", name, run) :
		      snprintf(path + dir, PATH_LENGTH - dir, "%.1000s.skip", name);

	for (char *at = path + dir; n > 0 && *at; at++)
		if (*at == '/')
			*at = '_';
}

/* Records of one bisection must be such as may be compared: with the first of the good end. */
static int check_conditions(const struct bisection *b, const struct record *r, const char *path,
			    struct err *e)
{
	struct conditions ours = conditions_of(r), theirs;
	char first[PATH_LENGTH], why[300];
	struct record *other;
	int ret;

	if (strcmp(r->scenario.name, b->scenario.name) || strcmp(r->env.clock, bisection_clock(b)) ||
	    strcmp(conditions_iommu(&ours), bisection_iommu(b)))
		return err_set(e, EINVAL, "%s is of %s on the %s clock with --iommu %s: name another "
			       "folder with --state", path, r->scenario.name, r->env.clock,
			       conditions_iommu(&ours));
	if (!b->good)
		return 0;
	place(b, b->good, 1, first);
	if (!strcmp(first, path) || access(first, F_OK))
		return 0;
	ret = record_load(first, &other, e);
	if (ret)
		return ret;
	theirs = conditions_of(other);
	if (!conditions_same(&ours, &theirs, "that of the good end", why, sizeof(why)))
		ret = err_set(e, EINVAL, "%s: %s: begin anew, with another --state", path, why);
	record_free(other);
	return ret;
}

/* The metric's value in @r; -ENOTSUP with @e where the record has none that counts. */
static int value_of(const struct bisection *b, const struct record *r, double *out, struct err *e)
{
	struct judgement *j = judge(r, NULL, "a bisection has none");
	const struct metric *m = j ? metrics_find(&j->metrics, b->metric) : NULL;
	int ret = 0;

	if (!j)
		return err_set(e, ENOMEM, "out of memory");
	if (j->verdict == VERDICT_INVALID)
		ret = err_set(e, ENOTSUP, "the record is invalid: %s", j->reason);
	else if (!m || m->state == METRIC_MISSING)
		ret = err_set(e, ENOTSUP, "%s is not in the record%s%s", b->metric,
			      m ? ": " : "", m ? m->absent : "");
	else if (m->state != METRIC_PRESENT)
		ret = err_set(e, ENOTSUP, "%s: %s", b->metric,
			      m->absent[0] ? m->absent : "it cannot be derived");
	if (!ret)
		*out = m->value;
	free(j);
	return ret;
}

static int recall_record(struct bisection *b, struct candidate *c, const char *path,
			 struct err *e)
{
	struct record *r;
	double value = NAN;
	int ret = record_load(path, &r, e);

	if (ret)
		return ret;
	ret = check_conditions(b, r, path, e);
	if (!ret)
		ret = value_of(b, r, &value, e);
	if (!ret)
		c->values[c->n++] = value;
	record_free(r);
	return ret;
}

static void skip(struct candidate *c, const char *why)
{
	c->answer = BISECT_SKIP;
	snprintf(c->why, sizeof(c->why), "%.*s", (int)strcspn(why, "\n"), why);
}

static void vote(const struct bisection *b, struct candidate *c)
{
	bool counted = !b->settings->testbed.wish.real_clock;

	if (!b->has_threshold)
		return;
	c->answer = bisect_vote(&b->threshold, counted, c->values, c->n);
	if (c->answer == BISECT_SKIP)
		snprintf(c->why, sizeof(c->why), "%zu runs lie on both sides", c->n);
}

int bisection_recall(struct bisection *b, struct candidate *c, struct err *e)
{
	char path[PATH_LENGTH], *text;
	size_t len;
	int ret = 0;

	c->n = 0;
	c->answer = BISECT_UNKNOWN;
	place(b, c->name, 0, path);
	if (!access(path, F_OK)) {
		ret = file_read(path, &text, &len, e);
		if (!ret) {
			skip(c, text);
			free(text);
		}
		return ret;
	}
	while (!ret && c->n < BISECT_END_RUNS) {
		place(b, c->name, c->n + 1, path);
		if (access(path, F_OK))
			break;
		ret = recall_record(b, c, path, e);
	}
	if (ret == -ENOTSUP) {	/* there is a record, which says nothing */
		skip(c, e->text);
		return 0;
	}
	if (!ret)
		vote(b, c);
	return ret;
}

/* Keep why the kernel gives no record, so that it is not tried again. */
static int keep_skip(const struct bisection *b, struct candidate *c, const char *why,
		     struct err *e)
{
	char path[PATH_LENGTH];

	skip(c, why);
	place(b, c->name, 0, path);
	return file_write_atomic(path, c->why, strlen(c->why), e);
}

/* The testbed that all kernels of @b are measured on. */
static int settle(const struct bisection *b, struct settings *s, struct err *e)
{
	const struct emulated *testbed = &b->settings->testbed;
	int ret = settings_load(s, e);

	s->testbed.wish.real_clock = testbed->wish.real_clock;
	s->testbed.wish.driver = testbed->wish.driver;
	s->testbed.timeout_s = testbed->timeout_s;
	s->testbed.unplain = s->testbed.fresh = true;
	s->testbed.wish.probes = b->probes;
	return ret;
}

/*
 * The kernel did not give a record. Is it the kernel, or does nothing run here? The default kernel
 * must.
 */
static int control(const struct bisection *b, const char *failure, struct err *e)
{
	static struct settings s;
	struct record *r;
	struct err why;
	int ret = settle(b, &s, &why);

	s.testbed.wish.probes = "all";	/* it may lack the one */
	if (!ret)
		ret = emulated_run(&s.testbed, &b->scenario, &r, &why);
	if (ret)
		return err_set(e, EIO, "the laboratory is broken: %.300s; and the default kernel, "
			       "which must run: %.300s", failure, why.text);
	record_free(r);
	return 0;
}

/* One run, of a seed of its own; 0 also where it says nothing. */
static int measure_once(struct bisection *b, struct candidate *c, const struct settings *s,
			struct err *e)
{
	struct emulated testbed = trial_testbed(&s->testbed, c->n);
	char path[PATH_LENGTH], why[sizeof(e->text)];
	struct record *r;
	int ret;

	ret = emulated_run(&testbed, &b->scenario, &r, e);
	if (ret && ret != -ENOTSUP) {	/* once may be the machine's fault, which was busy */
		memcpy(why, e->text, sizeof(why));
		ret = control(b, why, e);
		if (ret)
			return ret;
		ret = emulated_run(&testbed, &b->scenario, &r, e);
	}
	if (ret) {
		memcpy(why, e->text, sizeof(why));
		return keep_skip(b, c, why, e);
	}
	place(b, c->name, c->n + 1, path);
	ret = record_save(r, path, e);
	record_free(r);
	if (ret)
		return ret;
	ret = recall_record(b, c, path, e);
	if (ret != -ENOTSUP)
		return ret;
	skip(c, e->text);
	return 0;
}

int bisection_measure(struct bisection *b, struct candidate *c, size_t wanted,
		      bisection_prepare prepare, void *context, struct err *e)
{
	static struct settings s;
	bool prepared = false;
	char why[sizeof(e->text)];
	int ret = bisection_recall(b, c, e);

	while (!ret && (wanted ? c->n < wanted && c->answer != BISECT_SKIP :
				 c->answer == BISECT_UNKNOWN)) {
		if (!prepared) {
			ret = settle(b, &s, e);
			if (!ret)
				ret = prepare(context, c->name, &s, e);
			if (ret == -ENOTSUP) {
				memcpy(why, e->text, sizeof(why));
				return keep_skip(b, c, why, e);
			}
			if (ret)
				return ret;
			prepared = true;
		}
		ret = measure_once(b, c, &s, e);
		if (!ret && c->answer != BISECT_SKIP)
			vote(b, c);
	}
	return ret;
}

size_t bisection_end_runs(const struct bisection *b)
{
	return b->settings->testbed.wish.real_clock ? DECIDE_RUNS : GATE_RUNS;
}

int bisection_threshold(struct bisection *b, struct err *e)
{
	struct candidate ends[2] = { { .name = b->good }, { .name = b->bad } };
	char why[200];

	for (int i = 0; i < 2; i++) {
		int ret = bisection_recall(b, &ends[i], e);

		if (ret)
			return ret;
		if (!ends[i].n)
			return err_set(e, ERANGE, "the %s end, %.100s, gives no value: %s",
				       i ? "bad" : "good", ends[i].name,
				       ends[i].why[0] ? ends[i].why : "it was not measured");
	}
	if (!threshold_between(&b->gate, ends[0].values, ends[0].n, ends[1].values, ends[1].n,
			       &b->threshold, why, sizeof(why)))
		return err_set(e, ERANGE, "%s %s: %s", b->scenario.name, b->metric, why);
	b->has_threshold = true;
	return bisection_keep_ends(b, e);
}

void bisection_forget(const struct bisection *b, const char *name)
{
	char path[PATH_LENGTH];

	for (size_t run = 0; run <= BISECT_END_RUNS; run++) {
		place(b, name, run, path);
		unlink(path);
	}
}
