// SPDX-License-Identifier: GPL-2.0
/* Bisection over the stock kernels of Debian's archive. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "cmd.h"
#include "testbed/subject.h"
#include "util/command.h"
#include "util/places.h"

struct packages {
	char *text;	/* what all names point into */
	struct candidate *list;	/* name: the version; title: the package */
	const char **suites;
	size_t n;
};

static void free_packages(struct packages *p)
{
	free(p->list);
	free(p->suites);
	free(p->text);
}

/* Lines of "RELEASE VERSION PACKAGE SUITE". */
static int parse_list(struct packages *p, struct err *e)
{
	char *save, *line, *word, *version, *package, *suite;
	size_t lines = 1;

	for (const char *at = p->text; *at; at++)
		lines += *at == '\n';
	p->list = calloc(lines, sizeof(p->list[0]));
	p->suites = calloc(lines, sizeof(p->suites[0]));
	if (!p->list || !p->suites)
		return err_set(e, ENOMEM, "out of memory");
	for (line = strtok_r(p->text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!strtok_r(line, " ", &word) || !(version = strtok_r(NULL, " ", &word)) ||
		    !(package = strtok_r(NULL, " ", &word)) || !(suite = strtok_r(NULL, " ", &word)))
			return err_set(e, EPROTO, "lib/testbed/kernels.sh lists a kernel without "
				       "version, package or suite");
		p->list[p->n].name = version;
		p->list[p->n].title = package;
		p->suites[p->n++] = suite;
	}
	return 0;
}

static int list_packages(struct packages *p, struct err *e)
{
	char *script = places_source("lib/testbed/kernels.sh");
	const char *argv[] = { script, "list", "..", NULL };
	int code;

	if (!script)
		return err_set(e, ENOENT, "this program has no source tree, whose "
			       "lib/testbed/kernels.sh lists the archive's kernels");
	code = command_run(argv, &p->text, e);
	free(script);
	if (code > 0)
		code = err_set(e, EIO, "the archive's kernels cannot be listed, see above");
	return code ? code : parse_list(p, e);
}

/* Are both suites of one release of Debian, as trixie and trixie-backports are? */
static bool same_debian(const char *a, const char *b)
{
	size_t n = strcspn(a, "-");

	return n == strcspn(b, "-") && !memcmp(a, b, n);
}

/*
 * Each release of Debian has a compiler of its own, which shows in most metrics. Where both ends are
 * of one release, kernels of others would only mislead.
 */
static void leave_out_other_debians(struct packages *p)
{
	const char *debian = p->suites[0];
	size_t n = 0;

	if (!same_debian(debian, p->suites[p->n - 1])) {
		fprintf(stderr, "# bisect: the ends are of two releases of Debian (%s, %s), whose "
			"compilers differ: a step may be the compiler's\n", debian,
			p->suites[p->n - 1]);
		return;
	}
	for (size_t i = 0; i < p->n; i++) {
		if (!same_debian(debian, p->suites[i]))
			continue;
		p->list[n] = p->list[i];
		p->suites[n++] = p->suites[i];
	}
	p->n = n;
}

/* Is "6.12.90" the beginning of the version "6.12.90-1", and not of "6.12.901"? */
static bool begins(const char *version, const char *with)
{
	size_t n = strlen(with);

	return !strncmp(version, with, n) && !isalnum((unsigned char)version[n]) &&
	       version[n] != '.';
}

/*
 * The one that @wanted names: by version, by package or release, or by the version's beginning, then
 * one of the Debian that @suite (or NULL) is of, if there is one.
 */
static int find(const struct packages *p, const char *wanted, const char *suite, bool last,
		size_t *out, struct err *e)
{
	size_t i, found = p->n;
	bool suits = false;

	for (i = 0; i < p->n; i++) {
		const char *release = p->list[i].title + strlen("linux-image-");

		if (!strcmp(p->list[i].name, wanted) || !strcmp(p->list[i].title, wanted) ||
		    !strcmp(release, wanted)) {
			*out = i;
			return 0;
		}
		if (begins(p->list[i].name, wanted) &&
		    (last || found == p->n || (!suits && suite && same_debian(p->suites[i], suite)))) {
			found = i;
			suits = suite && same_debian(p->suites[i], suite);
		}
	}
	*out = found;
	if (found < p->n)
		return 0;
	return err_set(e, EINVAL, "the archive has no kernel %s; it has %zu, from %s to %s", wanted,
		       p->n, p->n ? p->list[0].name : "none", p->n ? p->list[p->n - 1].name : "none");
}

/* Leave only those from the good end to the bad one. */
static int narrow(struct packages *p, const char *good, const char *bad, struct err *e)
{
	size_t from, to;
	int ret = find(p, bad, NULL, true, &to, e);

	if (!ret)
		ret = find(p, good, p->suites[to], false, &from, e);
	if (ret)
		return ret;
	if (from == to)
		return err_set(e, EINVAL, "both ends are the kernel %s", p->list[from].name);
	if (from > to)
		return err_set(e, EINVAL, "the good end, %s, is the newer one: --good names the older "
			       "end, and what is better or worse is seen from the values",
			       p->list[from].name);
	p->n = to - from + 1;
	memmove(p->list, p->list + from, p->n * sizeof(p->list[0]));
	memmove(p->suites, p->suites + from, p->n * sizeof(p->suites[0]));
	leave_out_other_debians(p);
	return 0;
}

static int prepare(void *context, const char *name, struct settings *s, struct err *e)
{
	const struct packages *p = context;
	char package[300];

	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->list[i].name, name))
			continue;
		snprintf(package, sizeof(package), "%s=%s", p->list[i].title, name);
		return subject_use(s, package, e);
	}
	return err_set(e, EINVAL, "no kernel %s", name);
}

static int search(struct bisection *b, struct packages *p, struct err *e)
{
	size_t next;
	int ret = 0;

	for (size_t i = 0; !ret && i < p->n; i++)
		ret = bisection_recall(b, &p->list[i], e);
	/* that they are is what the threshold says */
	p->list[0].answer = BISECT_GOOD;
	p->list[p->n - 1].answer = BISECT_BAD;
	while (!ret && (next = bisect_next(p->list, p->n)) < p->n) {
		size_t left = bisect_left(p->list, p->n);

		fprintf(stderr, "# bisect: %zu left, %d steps at the most: %s\n", left,
			bisect_steps(left), p->list[next].name);
		ret = bisection_measure(b, &p->list[next], 0, prepare, p, e);
		if (!ret)
			bisect_progress(b, &p->list[next]);
	}
	return ret;
}

static int conclude(const struct bisect_arguments *a, const struct packages *p)
{
	struct bisect_statement s = { .list = p->list, .n = p->n };
	size_t good, bad;

	bisect_ends(p->list, p->n, &good, &bad);
	s.last = &p->list[good];
	s.first = &p->list[bad];
	s.untold = s.last + 1;
	s.nr_untold = bad - good - 1;
	return bisect_conclude(a, &s);
}

int bisect_packages(struct bisect_arguments *a)
{
	struct packages p = { 0 };
	struct err e;
	int code, ret;

	a->b.state = a->state ? a->state : "bisect";
	ret = list_packages(&p, &e);
	if (!ret)
		ret = narrow(&p, a->good, a->bad, &e);
	if (!ret)
		ret = bisection_open(&a->b, p.list[0].name, p.list[p.n - 1].name, &e);
	if (!ret)
		ret = bisect_end(&a->b, a->b.good, p.list[0].title, prepare, &p, &e);
	if (!ret)
		ret = bisect_end(&a->b, a->b.bad, p.list[p.n - 1].title, prepare, &p, &e);
	if (!ret)
		ret = bisection_threshold(&a->b, &e);
	if (!ret)
		ret = search(&a->b, &p, &e);
	code = ret ? bisect_broken(&e) : conclude(a, &p);
	free_packages(&p);
	return code;
}
