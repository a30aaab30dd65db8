// SPDX-License-Identifier: GPL-2.0
/* What the verbs that measure share, and the measuring of two kernels in turn. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"
#include "testbed/subject.h"
#include "trial/pair.h"
#include "util/file.h"

enum { RUNS_COUNTED = 3, RUNS_REAL = DECIDE_RUNS };

int cmd_parse_count(const char *what, const char *text, int max, int *out, struct err *e)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 1 || n > max)
		return err_set(e, EINVAL, "%s %s: a whole number from 1 to %d", what, text, max);
	*out = n;
	return 0;
}

int cmd_parse_scenarios(char **names, size_t n, struct scenario **out, struct err *e)
{
	int ret = 0;
	size_t i;

	*out = calloc(n, sizeof(**out));
	if (!*out)
		return err_set(e, ENOMEM, "out of memory");
	for (i = 0; !ret && i < n; i++)
		ret = scenario_parse(names[i], &(*out)[i], e);
	return ret;
}

/* The machine dies with this process, and files get their names when they are complete. */
static void interrupted(int signal)
{
	static const char text[] = "iommu-perf: interrupted; nothing is left running\n";

	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)ignored;
	_exit(128 + signal);
}

void cmd_end_when_interrupted(void)
{
	signal(SIGINT, interrupted);
	signal(SIGTERM, interrupted);
}

/* One scenario on its way: where its records go. */
struct measuring {
	const struct cmd_kernels *kernels;
	struct cmd_measured *out;
};

static const char *side_name(size_t side)
{
	return side ? "test" : "base";
}

static int keep(const struct pair *p, struct record *r, size_t side, size_t run, struct err *e)
{
	const struct measuring *m = p->context;
	struct cmd_measured *out = m->out;
	size_t n = out->n[side];
	char *name;
	int ret;

	if (asprintf(&name, "%s/%s/%s.%zu.json", m->kernels->out, side_name(side),
		     p->scenario.name, run + 1) < 0) {
		record_free(r);
		return err_set(e, ENOMEM, "out of memory");
	}
	out->records[side][n] = r;
	out->names[side][n] = name;
	out->n[side]++;
	ret = record_save(r, name, e);
	if (!ret && isatty(STDERR_FILENO))
		fprintf(stderr, "# %s, %s: run %zu of %zu is there\n", p->scenario.name,
			side_name(side), run + 1, p->runs);
	return ret;
}

static int fail(const struct pair *p, int error, size_t side, const struct err *e)
{
	const struct measuring *m = p->context;

	cmd_error("%s, %s: %s%s", p->scenario.name, side_name(side),
		  error == -ENOTSUP ? "skipped: " : "", e->text);
	*(error == -ENOTSUP ? &m->out->skipped : &m->out->failed) += 1;
	return 0;
}

/* The testbed of one side, as the environment, the options and its kernel make it. */
static int settle(const struct cmd_kernels *k, size_t side, struct settings *s, struct err *e)
{
	int ret = settings_load(s, e);

	if (!ret)
		ret = subject_use(s, k->dirs[side], e);
	if (!ret && k->clock)
		ret = settings_use_clock(s, k->clock, e);
	if (!ret && k->iommu)
		ret = settings_use_iommu(s, k->iommu, e);
	if (k->timeout_s)
		s->testbed.timeout_s = k->timeout_s;
	s->testbed.fresh = k->fresh;
	return ret;
}

static int make_folder(const struct cmd_kernels *k, size_t side, struct err *e)
{
	char *path;
	int ret;

	if (asprintf(&path, "%s/%s", k->out, side_name(side)) < 0)
		return err_set(e, ENOMEM, "out of memory");
	ret = file_make_folders(path, e);
	free(path);
	return ret;
}

static int measure_all(const struct cmd_kernels *k, const struct settings settings[2],
		       const struct scenario *scenarios, struct cmd_measured *out, struct err *e)
{
	struct measuring context = { k, out };
	struct pair p = {
		.testbeds = { &settings[0].testbed, &settings[1].testbed },
		.keep = keep, .fail = fail, .context = &context, .runs = k->runs,
	};
	size_t side, i;
	int ret = 0;

	if (!p.runs)
		p.runs = settings[0].testbed.wish.real_clock ? RUNS_REAL : RUNS_COUNTED;
	for (side = 0; !ret && side < 2; side++) {
		out->records[side] = calloc(p.runs * k->nr_scenarios, sizeof(struct record *));
		out->names[side] = calloc(p.runs * k->nr_scenarios, sizeof(char *));
		if (!out->records[side] || !out->names[side])
			ret = err_set(e, ENOMEM, "out of memory");
		else
			ret = make_folder(k, side, e);
	}
	for (i = 0; !ret && i < k->nr_scenarios; i++) {
		p.scenario = scenarios[i];
		ret = pair_run(&p, e);
	}
	return ret;
}

int cmd_measure_kernels(const struct cmd_kernels *k, struct cmd_measured *out, struct err *e)
{
	static struct settings settings[2];
	struct scenario *scenarios = NULL;
	int ret = cmd_parse_scenarios(k->scenarios, k->nr_scenarios, &scenarios, e);
	size_t side;

	*out = (struct cmd_measured) {};
	for (side = 0; !ret && side < 2; side++)
		ret = settle(k, side, &settings[side], e);
	if (!ret) {
		cmd_end_when_interrupted();
		ret = measure_all(k, settings, scenarios, out, e);
	}
	free(scenarios);
	if (ret)
		cmd_free_measured(out);
	return ret;
}

void cmd_free_measured(struct cmd_measured *m)
{
	size_t side, i;

	for (side = 0; side < 2; side++) {
		for (i = 0; m->names[side] && i < m->n[side]; i++)
			free(m->names[side][i]);
		free(m->names[side]);
		cmd_free_records(m->records[side], m->n[side]);
	}
	*m = (struct cmd_measured) {};
}
