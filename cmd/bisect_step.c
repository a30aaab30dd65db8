// SPDX-License-Identifier: GPL-2.0
/* The command of a git bisect run: judge what is checked out. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bisect_git.h"
#include "bisect_kernel.h"

static int parse_value(const char *option, const char *text, double *out, struct err *e)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && !*end && isfinite(*out) ? 0 :
	       err_set(e, EINVAL, "%s %s: a number, in the metric's unit", option, text);
}

/* The values of the ends as they were given, which are their names, too. */
static int given_threshold(struct bisect_arguments *a, struct err *e)
{
	double good, bad;
	char why[200];
	int ret = parse_value("--good-value", a->good_value, &good, e);

	if (!ret)
		ret = parse_value("--bad-value", a->bad_value, &bad, e);
	if (ret)
		return ret;
	if (!threshold_between(&a->b.gate, &good, 1, &bad, 1, &a->b.threshold, why, sizeof(why)))
		return err_set(e, ERANGE, "%s", why);
	a->b.has_threshold = true;
	ret = bisection_open(&a->b, a->good_value, a->bad_value, e);
	return ret ? ret : bisection_keep_ends(&a->b, e);
}

static int find_threshold(struct bisect_arguments *a, struct err *e)
{
	int ret;

	if (a->good_value)
		return given_threshold(a, e);
	ret = bisection_open(&a->b, NULL, NULL, e);
	if (ret == -ENOENT)
		return err_set(e, ENOENT, "%s knows no ends: 'iommu-perf bisect --tree' measures "
			       "them, --good-value and --bad-value name them", a->b.state);
	return ret ? ret : bisection_threshold(&a->b, e);
}

/* The kernel that is checked out. One with changes of its own is told by no commit's name. */
static int name_checkout(const struct bisect_arguments *a, char **name, char **title, struct err *e)
{
	bool dirty = false;
	int ret = git_commit(a->tree, "HEAD", name, e);

	if (!ret)
		ret = GIT_MUST(a->tree, title, e, "log", "-1", "--format=%s", "HEAD");
	if (!ret)
		ret = git_is_dirty(a->tree, &dirty, e);
	if (!ret && dirty) {
		char *changed;

		if (asprintf(&changed, "%s-changed", *name) < 0)
			return err_set(e, ENOMEM, "out of memory");
		free(*name);
		*name = changed;
		bisection_forget(&a->b, changed);
	}
	return ret;
}

struct step {
	const char *tree, *objects;
};

static int prepare(void *context, const char *name, struct settings *s, struct err *e)
{
	const struct step *step = context;

	(void)name;
	return bisect_build(step->tree, step->objects, s, e);
}

static int exit_code(enum bisect_answer answer)
{
	switch (answer) {
	case BISECT_GOOD: return BISECT_EXIT_GOOD;
	case BISECT_BAD: return BISECT_EXIT_BAD;
	default: return BISECT_EXIT_SKIP;
	}
}

int bisect_step(struct bisect_arguments *a)
{
	struct bisect_folders folders = { 0 };
	char *name = NULL, *title = NULL;
	struct candidate c = { 0 };
	struct step step;
	struct err e;
	int ret = bisect_place(a, &folders, &e);

	if (!ret)
		ret = find_threshold(a, &e);
	if (!ret)
		ret = name_checkout(a, &name, &title, &e);
	c.name = name;
	c.title = title;
	step = (struct step) { .tree = a->tree, .objects = folders.objects };
	if (!ret)
		ret = bisection_measure(&a->b, &c, 0, prepare, &step, &e);
	if (!ret)
		bisect_progress(&a->b, &c);
	ret = ret ? bisect_broken(&e) : exit_code(c.answer);
	bisect_folders_free(&folders);
	free(name);
	free(title);
	return ret;
}
