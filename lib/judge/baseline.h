/* SPDX-License-Identifier: GPL-2.0 */
/* A baseline: the accepted runs of one scenario on one testbed, and what they are held to. */
#ifndef JUDGE_BASELINE_H
#define JUDGE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/decide.h"
#include "judge/metrics.h"
#include "record/record.h"
#include "util/err.h"

enum {
	BASELINE_SCHEMA = 3,
	BASELINE_SAMPLES_MAX = 32,	/* runs that an interval is made of, at most */
};

struct baseline_metric {
	char name[80];
	enum metric_class class;
	double value;		/* median over the accepted runs, 6 significant digits */
	double spread;		/* (max - min) / median over them; max - min where that is 0 */
	bool gate;
	double tolerance;	/* of a gated one: share of the value */
	double floor;		/* of a gated one: absolute; a change must exceed both */
	/* of a gated one that is held by its interval: the value of each run, ascending */
	double samples[BASELINE_SAMPLES_MAX];
	int nr_samples;
	bool noisy;		/* not stored: would gate, but its spread exceeds what it may be */
};

struct baseline {
	char *scenario;
	/* The environment. All but the kernel must be the same for a comparison. */
	char *testbed;
	char *iommu;		/* of an emulated machine, if not VT-d's, else NULL */
	char *qemu;		/* NULL: none */
	char *clock;
	int vcpus;
	char *host;		/* on the real clock: the processors that the testbed ran on */
	char *iperf3;		/* NULL, and below: not known, or none */
	char *tracer;
	char *guests_qemu;	/* NULL: one level */
	struct record_traffic traffic;
	char *kernel;
	char *host_kernel;	/* NULL: one level */
	int runs;
	char *accepted;		/* the day, YYYY-MM-DD */
	char *reason;
	struct baseline_metric list[METRICS_MAX];	/* sorted by name */
	size_t n;
	bool named;		/* not stored: its user named it, for scenarios that differ in flows */
};

void baseline_free(struct baseline *b);

/*
 * Make a baseline of @n valid records of one scenario in one environment. A metric that not all of
 * them have is left out; what is held by an interval gates only from DECIDE_RUNS records on, and of
 * at most BASELINE_SAMPLES_MAX. -EINVAL where they do not belong together or one is invalid.
 */
int baseline_accept(const struct record *const *records, size_t n, const char *day,
		    const char *reason, struct baseline **out, struct err *e);

/*
 * Read the baseline in @path. -ENOENT: there is none. -EINVAL with @e set: not a baseline, edited
 * wrongly, or a tolerance that is smaller than the accepted runs' own spread, or than the noise
 * floor where it is held by an interval.
 */
int baseline_load(const char *path, struct baseline **out, struct err *e);
int baseline_parse(const char *text, size_t len, const char *where, struct baseline **out,
		   struct err *e);

/* As JSON, one metric a line; from malloc. NULL: no memory. */
char *baseline_print(const struct baseline *b);

/* Write @b to @path, creating folders; atomically. */
int baseline_save(const struct baseline *b, const char *path, struct err *e);

/* Was the subject of @r slowed or disturbed on purpose? Then it shows what the kernel does not. */
bool baseline_tampered(const struct record *r);

/*
 * The testbed of @r as baselines know it: emulated-real on its real clock, emulated-amd where its
 * IOMMU is AMD's, and so on. Not to be freed.
 */
const char *baseline_testbed(const struct record *r);

/* DIR/TESTBED/SCENARIO.json of @r; from malloc. */
char *baseline_path(const char *dir, const struct record *r);

/* What @m, which gates, is held to. */
struct decision_rule baseline_rule(const struct baseline_metric *m, enum metric_better better);

/* How far apart the accepted runs of @m were, absolute. */
double baseline_spread(const struct baseline_metric *m);

/* The change in a metric that passes: the larger of its tolerance and its floor, absolute. */
double baseline_allowed(const struct baseline_metric *m);

/*
 * May @r be compared with @b? If not, @why (of @size) says what differs. One that its user named
 * may be of another number of flows, and of as many CPUs. What is held by counts may be of another
 * host, whose times say nothing then: baseline_other_host().
 */
bool baseline_matches(const struct baseline *b, const struct record *r, char *why, size_t size);

/* Is @b of another host than @r, with which it may be compared? */
bool baseline_other_host(const struct baseline *b, const struct record *r);

const struct baseline_metric *baseline_find(const struct baseline *b, const char *name);

#endif
