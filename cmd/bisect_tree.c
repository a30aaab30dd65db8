// SPDX-License-Identifier: GPL-2.0
/*
 * Bisection over the commits of a kernel tree. Git says which commit halves what is left; all that is
 * known is in the state's records. What is checked out and built is a worktree of its own, so that
 * the tree's checkout and configuration, and a git bisect that is under way there, stay as they are.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bisect_git.h"
#include "bisect_kernel.h"
#include "bisect_worktree.h"

enum { KNOWN_MAX = 256 };	/* kernels of one bisection: steps, and those that do not build */

struct search {
	struct bisect_arguments *a;
	struct bisect_folders folders;
	struct candidate known[KNOWN_MAX];	/* their names and titles are from malloc */
	size_t n;
	const struct candidate *bad;	/* the first bad one so far */
};

static void free_search(struct search *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free((char *)s->known[i].name);
		free((char *)s->known[i].title);
	}
	bisect_folders_free(&s->folders);
}

static const struct candidate *find(const struct search *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->known[i].name, name))
			return &s->known[i];
	return NULL;
}

static int prepare(void *context, const char *name, struct settings *settings, struct err *e)
{
	struct search *s = context;
	int ret = bisect_worktree(s->a->tree, s->folders.source, name, e);

	return ret ? ret : bisect_build(s->folders.source, s->folders.objects, settings, e);
}

/* A place for the kernel of @commit. */
static int add(struct search *s, const char *commit, struct candidate **out, struct err *e)
{
	struct candidate *c = &s->known[s->n];
	char *title;
	int ret;

	if (s->n == KNOWN_MAX)
		return err_set(e, ERANGE, "%d kernels were tried, and that is enough", KNOWN_MAX);
	ret = GIT_MUST(s->a->tree, &title, e, "log", "-1", "--format=%s", commit, "--");
	if (ret)
		return ret;
	*c = (struct candidate) { .name = strdup(commit), .title = title };
	s->n++;
	*out = c;
	return c->name ? 0 : err_set(e, ENOMEM, "out of memory");
}

static int measure_end(struct search *s, const char *commit, enum bisect_answer answer,
		       struct err *e)
{
	struct candidate *c;
	int ret = add(s, commit, &c, e);

	if (!ret)
		ret = bisect_end(&s->a->b, c->name, c->title, prepare, s, e);
	if (!ret)
		ret = bisection_recall(&s->a->b, c, e);
	c->answer = answer;
	return ret;
}

static int measure(struct search *s, const char *commit, struct candidate **out, struct err *e)
{
	int ret = add(s, commit, out, e);

	if (!ret)
		ret = bisection_measure(&s->a->b, *out, 0, prepare, s, e);
	if (!ret)
		bisect_progress(&s->a->b, *out);
	return ret;
}

/*
 * The commits that may be the first bad one, the best to be tried first, one a line behind which
 * more may stand; the first bad one so far is among them.
 */
static int list_suspects(const struct search *s, char **out, struct err *e)
{
	const char *args[KNOWN_MAX + 8] = {
		"rev-list", "--bisect-all", "--abbrev-commit", "--abbrev=12", s->bad->name, "--not",
	};
	size_t n = 6;

	for (size_t i = 0; i < s->n; i++)
		if (s->known[i].answer == BISECT_GOOD)
			args[n++] = s->known[i].name;
	return git_must(s->a->tree, out, e, args);
}

/*
 * The one to be tried next, "" where none is left. Those of which nothing can be told are in
 * @untold, room for KNOWN_MAX.
 */
static int choose(const struct search *s, char next[64], struct candidate *untold, size_t *nr_untold,
		  struct err *e)
{
	size_t left = 0;
	char *text, *save, *line;
	int ret = list_suspects(s, &text, e);

	if (ret)
		return ret;
	*nr_untold = 0;
	next[0] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const struct candidate *c;

		line[strcspn(line, " ")] = '\0';
		c = find(s, line);
		if (!c && !left++)
			snprintf(next, 64, "%s", line);
		else if (c && c != s->bad)
			untold[(*nr_untold)++] = *c;
	}
	free(text);
	if (left)
		fprintf(stderr, "# bisect: %zu left, %d steps at the most: %s\n", left,
			bisect_steps(left), next);
	return 0;
}

static int narrow(struct search *s, struct candidate *untold, size_t *nr_untold, struct err *e)
{
	struct candidate *c;
	char next[64];
	int ret = choose(s, next, untold, nr_untold, e);

	while (!ret && next[0]) {
		ret = measure(s, next, &c, e);
		if (!ret && c->answer == BISECT_BAD)
			s->bad = c;
		if (!ret)
			ret = choose(s, next, untold, nr_untold, e);
	}
	return ret;
}

/* Of the good ones the one with the fewest commits between it and the first bad one. */
static int nearest_good(const struct search *s, const struct candidate **out, struct err *e)
{
	long least = -1;

	for (size_t i = 0; i < s->n; i++) {
		char range[160], *text;
		long count;
		int ret;

		if (s->known[i].answer != BISECT_GOOD)
			continue;
		snprintf(range, sizeof(range), "%.70s..%.70s", s->known[i].name, s->bad->name);
		ret = GIT_MUST(s->a->tree, &text, e, "rev-list", "--count", range);
		if (ret)
			return ret;
		count = atol(text);
		free(text);
		if (least < 0 || count < least) {
			least = count;
			*out = &s->known[i];
		}
	}
	return 0;
}

/*
 * What the first bad one is to be compared with: its parent. That of a branch may be older than the
 * good end, and so was not measured; it must be good, too.
 */
static int last_good(struct search *s, bool found, const struct candidate **out, struct err *e)
{
	struct candidate *c;
	char parent[80], *commit;
	int ret = 0;

	snprintf(parent, sizeof(parent), "%.70s^", s->bad->name);
	/* without a parent it is the root of a history that was merged */
	if (!found || git_commit(s->a->tree, parent, &commit, e))
		return nearest_good(s, out, e);
	*out = find(s, commit);
	if (!*out) {
		ret = measure(s, commit, &c, e);
		*out = c;
	}
	free(commit);
	if (ret || (*out)->answer == BISECT_GOOD)
		return ret;
	if ((*out)->answer == BISECT_SKIP)
		return nearest_good(s, out, e);
	return err_set(e, ERANGE, "%s is the first bad one by its place, but its parent %s is bad, "
		       "too: this is not one change", s->bad->name, (*out)->name);
}

/* What is known, in the order of the history, in @list, room for KNOWN_MAX. */
static int sort(const struct search *s, struct candidate *list, size_t *n, struct err *e)
{
	char *text, *save, *line;
	int ret = GIT_MUST(s->a->tree, &text, e, "rev-list", "--topo-order", "--reverse",
			   "--abbrev-commit", "--abbrev=12", s->a->b.bad, "--not", s->a->b.good);

	if (ret)
		return ret;
	*n = 0;
	list[(*n)++] = s->known[0];	/* the good end is not in that list */
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const struct candidate *c = find(s, line);

		if (c)
			list[(*n)++] = *c;
	}
	free(text);
	return 0;
}

/* @from is an ancestor of @to, or nothing between them could be the first. */
static int check_order(const char *tree, const char *from, const char *to, struct err *e)
{
	int code;

	if (!strcmp(from, to))
		return err_set(e, EINVAL, "both ends are the commit %s", from);
	code = GIT(tree, NULL, e, "merge-base", "--is-ancestor", from, to);
	return code <= 0 ? code : err_set(e, EINVAL, "the good end %s is no ancestor of the bad end "
					  "%s: --good names the older one, and what is better or "
					  "worse is seen from the values", from, to);
}

/* Resolve, open and measure the ends; their names are the first two known. */
static int begin(struct search *s, struct err *e)
{
	struct bisect_arguments *a = s->a;
	char *good = NULL, *bad = NULL;
	int ret = git_is_there(a->tree, e);

	if (!ret)
		ret = git_commit(a->tree, a->good, &good, e);
	if (!ret)
		ret = git_commit(a->tree, a->bad, &bad, e);
	if (!ret)
		ret = check_order(a->tree, good, bad, e);
	if (!ret)
		ret = bisect_place(a, &s->folders, e);
	if (!ret)
		ret = bisection_open(&a->b, good, bad, e);
	if (!ret)
		ret = measure_end(s, good, BISECT_GOOD, e);
	if (!ret)
		ret = measure_end(s, bad, BISECT_BAD, e);
	if (!ret)
		ret = bisection_threshold(&a->b, e);
	s->bad = &s->known[1];
	free(good);
	free(bad);
	return ret;
}

int bisect_tree(struct bisect_arguments *a)
{
	static struct candidate list[KNOWN_MAX + 1], untold[KNOWN_MAX];
	static struct search s;
	struct bisect_statement said = { .list = list, .untold = untold };
	struct err e;
	int ret, code;

	s.a = a;
	ret = begin(&s, &e);
	if (!ret)
		ret = narrow(&s, untold, &said.nr_untold, &e);
	if (!ret)
		ret = last_good(&s, !said.nr_untold, &said.last, &e);
	said.first = s.bad;
	if (!ret)
		ret = sort(&s, list, &said.n, &e);
	code = ret ? bisect_broken(&e) : bisect_conclude(a, &said);
	free_search(&s);
	return code;
}
