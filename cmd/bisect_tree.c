// SPDX-License-Identifier: GPL-2.0
/* Bisection over the commits of a kernel tree: by git, whose command each step is. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bisect.h"
#include "bisect_git.h"
#include "cmd.h"
#include "report/bisect.h"
#include "testbed/subject.h"
#include "util/command.h"
#include "util/file.h"
#include "util/places.h"

/* Of git bisect run: found, or only such are left as cannot be told. */
enum { GIT_BISECT_FOUND, GIT_BISECT_SKIPPED = 2 };

enum { CODE_SOURCE = 1 };	/* of build_kernel.sh: the source is to blame */

/* Where the objects go; from malloc. */
static char *build_folder(const struct bisect_arguments *a)
{
	char *path;

	if (a->build)
		return strdup(a->build);
	if (asprintf(&path, "%s/.config", a->tree) < 0)
		return NULL;
	if (!access(path, F_OK)) {
		free(path);
		return strdup(a->tree);
	}
	free(path);
	return asprintf(&path, "%s/build", a->b.state) < 0 ? NULL : path;
}

/* Build what is checked out. */
static int build(const struct bisect_arguments *a, const char *out, struct err *e)
{
	char *script = places_source("lib/testbed/build_kernel.sh"), *said;
	const char *argv[] = { script, a->tree, out, NULL };
	int code;

	if (!script)
		return err_set(e, ENOENT, "this program has no source tree, whose "
			       "lib/testbed/build_kernel.sh builds kernels");
	setenv("BUILD_DIES", "stdout", 1);
	code = command_run(argv, &said, e);
	unsetenv("BUILD_DIES");
	free(script);
	if (code > 0)
		code = err_set(e, code == CODE_SOURCE ? ENOTSUP : EIO, "%.*s",
			       (int)strcspn(said, "\n"), *said ? said : "it cannot be built");
	free(said);
	return code;
}

static int prepare(void *context, const char *name, struct settings *s, struct err *e)
{
	const struct bisect_arguments *a = context;
	char *out = build_folder(a);
	int ret = out ? build(a, out, e) : err_set(e, ENOMEM, "out of memory");

	(void)name;
	if (!ret)
		ret = subject_use(s, out, e);
	free(out);
	return ret;
}

/* The folder of the state: of a git tree a file that git knows the place of. */
static int place_state(struct bisect_arguments *a, char **mine, struct err *e)
{
	int ret;

	*mine = NULL;
	a->b.state = a->state;
	if (a->state) {
		ret = file_make_folders(a->state, e);
		*mine = ret ? NULL : realpath(a->state, NULL);
		a->b.state = *mine;
		return ret || *mine ? ret : err_set(e, ENOMEM, "out of memory");
	}
	ret = GIT_MUST(a->tree, mine, e, "rev-parse", "--path-format=absolute", "--git-path",
		       "iommu-perf-bisect");
	a->b.state = *mine;
	return ret;
}

static int parse_value(const char *option, const char *text, double *out, struct err *e)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && !*end && isfinite(*out) ? 0 :
	       err_set(e, EINVAL, "%s %s: a number, in the metric's unit", option, text);
}

/* The values of the ends as they were given. */
static int given_threshold(struct bisect_arguments *a, struct err *e)
{
	struct record_environment env = {
		.clock = a->settings.testbed.wish.real_clock ? "real" : "counted",
	};
	double good, bad;
	struct metric m;
	char why[200];
	int ret = parse_value("--good-value", a->good_value, &good, e);

	if (!ret)
		ret = parse_value("--bad-value", a->bad_value, &bad, e);
	if (ret)
		return ret;
	metric_define(a->metric, env.clock, &m);
	a->b.gate = gate_usual(&m, env.clock, false, &a->b.scenario);
	snprintf(a->b.unit, sizeof(a->b.unit), "%s", m.unit);
	if (!threshold_between(&a->b.gate, &good, 1, &bad, 1, &a->b.threshold, why, sizeof(why)))
		return err_set(e, ERANGE, "%s", why);
	return 0;
}

static int find_threshold(struct bisect_arguments *a, struct err *e)
{
	int ret;

	if (a->good_value) {
		ret = given_threshold(a, e);
		return ret ? ret : file_make_folders(a->b.state, e);
	}
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

	*title = NULL;
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
	char *mine = NULL, *name = NULL, *title = NULL;
	struct candidate c = { 0 };
	struct err e;
	int ret = place_state(a, &mine, &e);

	if (!ret)
		ret = find_threshold(a, &e);
	if (!ret)
		ret = name_checkout(a, &name, &title, &e);
	c.name = name;
	c.title = title;
	if (!ret)
		ret = bisection_measure(&a->b, &c, 0, prepare, a, &e);
	if (!ret)
		bisect_progress(&a->b, &c);
	ret = ret ? bisect_broken(&e) : exit_code(c.answer);
	free(mine);
	free(name);
	free(title);
	return ret;
}

/* What a bisection of a tree changes there, and puts back. */
struct checkout {
	const char *tree;
	char *before;	/* the branch or the commit that was checked out */
	char *file;	/* that says so while it is not */
	bool bisecting;
};

/* The text of @path in *@out, from malloc, or NULL there: no such file. */
static int read_if_there(const char *path, char **out, struct err *e)
{
	size_t len;

	*out = NULL;
	if (access(path, F_OK))
		return 0;
	return file_read(path, out, &len, e);
}

/* As it was before this or, where that was killed, before the one that is taken up again. */
static int remember_checkout(struct checkout *c, const char *state, struct err *e)
{
	int ret;

	if (asprintf(&c->file, "%s/checkout", state) < 0)
		return err_set(e, ENOMEM, "out of memory");
	ret = read_if_there(c->file, &c->before, e);
	if (ret || c->before)
		return ret;
	if (GIT(c->tree, &c->before, e, "symbolic-ref", "--quiet", "--short", "HEAD")) {
		free(c->before);
		ret = GIT_MUST(c->tree, &c->before, e, "rev-parse", "HEAD");
	}
	return ret ? ret : file_write_atomic(c->file, c->before, strlen(c->before), e);
}

static void put_back(struct checkout *c)
{
	struct err e;

	if (c->bisecting)
		GIT_MUST(c->tree, NULL, &e, "bisect", "reset");
	if (c->before && !GIT_MUST(c->tree, NULL, &e, "checkout", "--quiet", c->before, "--"))
		unlink(c->file);
	free(c->before);
	free(c->file);
}

/* A bisection of git that is under way is ours to end only where the state says that it is ours. */
static int end_old_bisection(const struct bisect_arguments *a, struct err *e)
{
	char *start = NULL, *ours = NULL;
	int ret = GIT_MUST(a->tree, &start, e, "rev-parse", "--path-format=absolute",
			   "--git-path", "BISECT_START");

	if (!ret && !access(start, F_OK)) {
		if (asprintf(&ours, "%s/checkout", a->b.state) < 0)
			ret = err_set(e, ENOMEM, "out of memory");
		else if (access(ours, F_OK))
			ret = err_set(e, EBUSY, "a bisection is under way in %s, and it is not this "
				      "one: 'git bisect reset' ends it", a->tree);
		else
			ret = GIT_MUST(a->tree, NULL, e, "bisect", "reset");
	}
	free(start);
	free(ours);
	return ret;
}

static int check_tree(const struct bisect_arguments *a, struct err *e)
{
	bool dirty;
	int ret = git_is_dirty(a->tree, &dirty, e);

	if (!ret && dirty)
		return err_set(e, EINVAL, "%s has changes that are in no commit: commit or stash them",
			       a->tree);
	return ret ? ret : end_old_bisection(a, e);
}

static int measure_end(struct bisect_arguments *a, const char *name, struct err *e)
{
	struct candidate c = { .name = name };
	char *title = NULL;
	int ret = bisection_recall(&a->b, &c, e);

	/* what is known need not be checked out */
	if (!ret && c.answer != BISECT_SKIP && c.n < bisection_end_runs(&a->b))
		ret = GIT_MUST(a->tree, NULL, e, "checkout", "--quiet", "--detach", name, "--");
	if (!ret)
		ret = GIT_MUST(a->tree, &title, e, "log", "-1", "--format=%s", name, "--");
	if (!ret)
		ret = bisect_end(&a->b, name, title, prepare, a, e);
	free(title);
	return ret;
}

/* git bisect, with this program as its command. *@out: the exit code that it makes of ours. */
static int run_git_bisect(const struct bisect_arguments *a, int *out, struct err *e)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *clock = a->settings.testbed.wish.real_clock ? "real" : "counted";
	const char *iommu = driver_name(a->settings.testbed.wish.driver);
	char *objects = build_folder(a), timeout[16];
	const char *argv[] = {
		"git", "-C", a->tree, "bisect", "run", self, "bisect", "--step", a->tree, "--state",
		a->b.state, "--build", objects, "--clock", clock, "--iommu", iommu, "--timeout", timeout,
		a->scenario, a->metric, NULL
	};
	int code;

	self[n < 0 ? 0 : n] = '\0';
	snprintf(timeout, sizeof(timeout), "%d", a->settings.testbed.timeout_s);
	code = GIT_MUST(a->tree, NULL, e, "bisect", "start", a->b.bad, a->b.good, "--");
	if (!code)
		code = command_run(argv, NULL, e);
	free(objects);
	if (code == GIT_BISECT_FOUND || code == GIT_BISECT_SKIPPED) {
		*out = code ? BISECT_EXIT_SKIP : BISECT_EXIT_GOOD;
		return 0;
	}
	return code < 0 ? code : err_set(e, EIO, "'git bisect run' ended with %d, see above; the "
					 "same command goes on from here", code);
}

/* Keep what git knows of it, and its answer: the last that is bad for certain. */
static int keep_log(const struct bisect_arguments *a, char **first, struct err *e)
{
	char *log = NULL, *path = NULL;
	int ret = GIT_MUST(a->tree, &log, e, "bisect", "log");

	if (!ret && asprintf(&path, "%s/git-bisect.log", a->b.state) < 0)
		ret = err_set(e, ENOMEM, "out of memory");
	if (!ret)
		ret = file_write_atomic(path, log, strlen(log), e);
	if (!ret)
		ret = git_commit(a->tree, "refs/bisect/bad", first, e);
	free(log);
	free(path);
	return ret;
}

/* The commits of "NAME TAB SUBJECT" lines, and what is known of them. */
static int list_commits(struct bisect_arguments *a, char *text, struct candidate **out, size_t *n,
			struct err *e)
{
	char *save, *line, *tab;
	size_t lines = 1;
	int ret = 0;

	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	*out = calloc(lines, sizeof(**out));
	if (!*out)
		return err_set(e, ENOMEM, "out of memory");
	*n = 0;
	for (line = strtok_r(text, "\n", &save); line && !ret; line = strtok_r(NULL, "\n", &save)) {
		struct candidate *c = &(*out)[*n];

		tab = strchr(line, '\t');
		if (!tab)
			continue;
		*tab = '\0';
		c->name = line;
		c->title = tab + 1;
		ret = bisection_recall(&a->b, c, e);
		++*n;
	}
	return ret;
}

static size_t find(const struct candidate *list, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n && strcmp(list[i].name, name); i++)
		;
	return i;
}

/* Say what git has found: @first is bad, and what is before it good or cannot be told. */
static int conclude(struct bisect_arguments *a, const char *first, struct err *e)
{
	struct bisect_statement s = {
		.scenario = a->scenario, .metric = a->metric, .unit = a->b.unit,
		.clock = a->settings.testbed.wish.real_clock ? "real" : "counted",
		.threshold = a->b.threshold, .state = a->b.state,
	};
	char range[200], *text = NULL;
	struct candidate *list = NULL;
	int ret;

	/* its boundary is the good end itself */
	snprintf(range, sizeof(range), "%.60s..%.60s", a->b.good, a->b.bad);
	ret = GIT_MUST(a->tree, &text, e, "log", "--reverse", "--topo-order", "--abbrev=12",
		       "--format=%h%x09%s", "--boundary", "--ancestry-path", range, "--");
	if (!ret)
		ret = list_commits(a, text, &list, &s.n, e);
	if (!ret) {
		s.list = list;
		s.bad = find(list, s.n, first);
		for (size_t i = 0; i < s.bad && i < s.n; i++)
			if (list[i].answer == BISECT_GOOD)
				s.good = i;
		if (s.bad == s.n || list[s.good].answer != BISECT_GOOD)
			ret = err_set(e, EIO, "git names %s, of which %s knows nothing", first,
				      a->b.state);
	}
	if (!ret)
		report_bisect(stdout, &s);
	free(list);
	free(text);
	return ret;
}

int bisect_tree(struct bisect_arguments *a)
{
	char *good = NULL, *bad = NULL, *mine = NULL, *first = NULL;
	struct checkout c = { .tree = a->tree };
	struct err e;
	int ret = place_state(a, &mine, &e), code = BISECT_EXIT_BROKEN;

	if (!ret)
		ret = git_commit(a->tree, a->good, &good, &e);
	if (!ret)
		ret = git_commit(a->tree, a->bad, &bad, &e);
	if (!ret)
		ret = check_tree(a, &e);
	if (!ret)
		ret = bisection_open(&a->b, good, bad, &e);
	if (!ret)
		ret = remember_checkout(&c, a->b.state, &e);
	if (!ret)
		ret = measure_end(a, good, &e);
	if (!ret)
		ret = measure_end(a, bad, &e);
	if (!ret)
		ret = bisection_threshold(&a->b, &e);
	if (!ret) {
		c.bisecting = true;
		ret = run_git_bisect(a, &code, &e);
	}
	if (!ret)
		ret = keep_log(a, &first, &e);
	if (!ret)
		ret = conclude(a, first, &e);
	if (ret)
		code = bisect_broken(&e);
	put_back(&c);
	free(good);
	free(bad);
	free(mine);
	free(first);
	return code;
}
