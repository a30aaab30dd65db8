// SPDX-License-Identifier: GPL-2.0
/* Which runs are compared: grouped by scenario, of equal conditions, and valid. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/compare_parts.h"
#include "judge/conditions.h"
#include "judge/validity.h"

const char *compare_side_name(enum compare_side side)
{
	return side == SIDE_BASE ? "base" : "test";
}

static bool has(const struct compare_input *in, const char *scenario)
{
	size_t i;

	for (i = 0; i < in->n; i++)
		if (!strcmp(in->records[i]->scenario.name, scenario))
			return true;
	return false;
}

/* Is record @i the first of its scenario? */
static bool is_first(const struct compare_input *in, size_t i)
{
	struct compare_input before = { .records = in->records, .n = i };

	return !has(&before, in->records[i]->scenario.name);
}

/* Of one mode together, and with more and more flows. */
static int by_scenario(const void *a, const void *b)
{
	const struct scenario *x = &((const struct compare_scenario *)a)->scenario;
	const struct scenario *y = &((const struct compare_scenario *)b)->scenario;

	if (x->host != y->host)
		return x->host == HOST_NONE || (y->host != HOST_NONE && x->host > y->host) ? 1 : -1;
	if (x->guest != y->guest)
		return x->guest > y->guest ? 1 : -1;
	if (x->tx != y->tx)
		return x->tx ? 1 : -1;
	return (x->flows > y->flows) - (x->flows < y->flows);
}

/* The scenarios that @in has and @other lacks; NULL with *@ret 0: none. */
static char *list_only(const struct compare_input *in, const struct compare_input *other, int *ret)
{
	char *text = NULL, *longer;
	size_t i;

	for (i = 0; !*ret && i < in->n; i++) {
		const char *name = in->records[i]->scenario.name;

		if (!is_first(in, i) || (other && has(other, name)))
			continue;
		if (asprintf(&longer, "%s%s%s", text ? text : "", text ? ", " : "", name) < 0) {
			*ret = -ENOMEM;
			break;
		}
		free(text);
		text = longer;
	}
	return text;
}

static int no_common(const struct compare_input sides[SIDES], struct err *e)
{
	int ret = 0;
	char *base = list_only(&sides[SIDE_BASE], NULL, &ret);
	char *test = list_only(&sides[SIDE_TEST], NULL, &ret);

	if (!ret)
		ret = err_set(e, ENOENT, "nothing to compare: no scenario is on both sides; base "
			      "has %.200s, test has %.200s", base, test);
	free(base);
	free(test);
	return ret;
}

/* The runs of @in that are of @s. */
static int take_runs(const struct compare_input *in, enum compare_side side,
		     struct compare_scenario *s)
{
	size_t i;

	s->runs[side] = calloc(in->n, sizeof(s->runs[side][0]));
	if (!s->runs[side])
		return -ENOMEM;
	for (i = 0; i < in->n; i++) {
		if (strcmp(in->records[i]->scenario.name, s->scenario.name))
			continue;
		s->runs[side][s->n[side]++] = (struct compare_run) {
			.record = in->records[i], .name = in->names[i],
		};
	}
	return 0;
}

/* Is @r of the kernel that @run is of, and over two levels of its host's? */
static bool same_kernels(const struct record *r, const struct compare_run *run, char *why,
			 size_t size)
{
	return condition_same("kernel", r->env.kernel, run->record->env.kernel, run->name, why,
			      size) &&
	       condition_same("the host's kernel", r->host.kernel, run->record->host.kernel,
			      run->name, why, size);
}

/* All runs of one side are of one kernel, and all of both were measured alike. */
static int check_together(const struct compare_scenario *s, struct err *e)
{
	const struct compare_run *first = &s->runs[SIDE_BASE][0], *run;
	struct conditions ours, theirs = conditions_of(first->record);
	char why[256];
	size_t i, side;

	for (side = 0; side < SIDES; side++) {
		for (i = 0; i < s->n[side]; i++) {
			run = &s->runs[side][i];
			ours = conditions_of(run->record);
			if (!conditions_same(&ours, &theirs, first->name, why, sizeof(why)))
				return err_set(e, EINVAL, "%s cannot be compared: %s", run->name,
					       why);
			if (!same_kernels(run->record, &s->runs[side][0], why, sizeof(why)))
				return err_set(e, EINVAL, "%s does not belong on the side %s: %s; "
					       "compare two kernels at a time", run->name,
					       compare_side_name(side), why);
		}
	}
	return 0;
}

static int add_scenario(const struct compare_input sides[SIDES], const struct scenario *scenario,
			struct comparison *c, struct err *e)
{
	struct compare_scenario *s = &c->list[c->n++];

	s->scenario = *scenario;
	if (take_runs(&sides[SIDE_BASE], SIDE_BASE, s) ||
	    take_runs(&sides[SIDE_TEST], SIDE_TEST, s))
		return -ENOMEM;
	return check_together(s, e);
}

int compare_group(const struct compare_input sides[SIDES], struct comparison *c, struct err *e)
{
	const struct compare_input *base = &sides[SIDE_BASE], *test = &sides[SIDE_TEST];
	int ret = 0;
	size_t i;

	c->list = calloc(base->n + 1, sizeof(c->list[0]));
	if (!c->list)
		return -ENOMEM;
	for (i = 0; !ret && i < base->n; i++)
		if (is_first(base, i) && has(test, base->records[i]->scenario.name))
			ret = add_scenario(sides, &base->records[i]->scenario, c, e);
	if (!ret && !c->n)
		ret = no_common(sides, e);
	if (ret)
		return ret;
	qsort(c->list, c->n, sizeof(c->list[0]), by_scenario);
	c->only[SIDE_BASE] = list_only(base, test, &ret);
	c->only[SIDE_TEST] = list_only(test, base, &ret);
	return ret;
}

/*
 * The same run twice: its file was named twice, or a snapshot was restored on the counted clock,
 * which repeats it to the last instruction. More of these say no more than one.
 */
static bool is_same_run(const struct record *a, const struct record *b)
{
	size_t i;

	if (a->open_ns != b->open_ns || a->close_ns != b->close_ns ||
	    a->payload_bytes != b->payload_bytes || a->nr_functions != b->nr_functions ||
	    a->has_window != b->has_window || !a->has_window)
		return a == b;
	for (i = 0; i < a->nr_functions; i++)
		if (strcmp(a->functions[i].name, b->functions[i].name) ||
		    a->functions[i].count != b->functions[i].count ||
		    a->functions[i].total_ns != b->functions[i].total_ns)
			return false;
	return true;
}

static void mark_repeated(struct compare_run *runs, size_t i)
{
	size_t k;

	for (k = 0; k < i && runs[i].use == RUN_USED; k++) {
		if (runs[k].use != RUN_USED || !is_same_run(runs[i].record, runs[k].record))
			continue;
		runs[i].use = RUN_REPEATED;
		snprintf(runs[i].why, sizeof(runs[i].why),
			 "the same run as %.300s to the last number", runs[k].name);
	}
}

static void mark_invalid(struct compare_run *run, struct validity *v)
{
	const struct check_result *c;

	validity_check(run->record, v);
	if (!v->failed || validity_by_row(run->record, v))
		return;
	c = validity_first_failure(v);
	run->use = RUN_INVALID;
	snprintf(run->why, sizeof(run->why), "%s: %s%s%s", check_name(c->id), c->subject,
		 c->subject[0] ? ": " : "", c->detail);
}

int compare_sift(struct compare_scenario *s)
{
	struct validity *v = malloc(sizeof(*v));
	size_t i, side;

	if (!v)
		return -ENOMEM;
	for (side = 0; side < SIDES; side++) {
		for (i = 0; i < s->n[side]; i++) {
			mark_invalid(&s->runs[side][i], v);
			mark_repeated(s->runs[side], i);
			s->used[side] += s->runs[side][i].use == RUN_USED;
		}
	}
	free(v);
	return 0;
}
