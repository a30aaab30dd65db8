/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scenarios over many kernels: the folder that lib/testbed/kernels.sh fills, as a table with a row
 * a kernel, by version, and where its columns change. The history by time is history/store.h.
 */
#ifndef HISTORY_KERNELS_H
#define HISTORY_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/metrics.h"
#include "util/err.h"

/* One scenario on one kernel. */
struct kernel_run {
	char *reason;		/* why there is no valid record, one line; or NULL */
	double *values;		/* of the metrics of struct kernels; NAN where one is absent */
	char **absent;		/* why, or NULL; both lists are NULL where there is a reason */
	char traced[400];	/* metrics_traced() */
};

struct kernel {
	char *release;		/* 6.12.118+deb13-amd64 */
	char *version;		/* of the package: 6.12.118-1 */
	char *suite;		/* of the archive */
	struct kernel_run *runs;	/* of the scenarios of struct kernels */
};

struct kernels {
	struct kernel *list;	/* by version */
	size_t n;
	const char *const *scenarios;	/* the caller's, both */
	size_t nr_scenarios;
	const char *const *metrics;
	size_t nr_metrics;
};

/*
 * The records of @to->scenarios in @dir, their @to->metrics: the caller set these four, the rest is
 * 0. -ENOENT: no kernel is there; -EINVAL: a record that cannot be read, or no such metric. The
 * caller frees with kernels_free(), also after an error.
 */
int kernels_load(const char *dir, struct kernels *to, struct err *e);
void kernels_free(struct kernels *k);

/* A metric of a scenario differs from the kernels before: see kernels_changes(). */
struct kernel_change {
	size_t kernel;		/* the first that is different */
	size_t before;		/* the last that has the metric before it */
	size_t scenario, metric;
	double from, to;	/* medians of both sides where it is @found, else the two values */
	double p;		/* by E-divisive; NAN where it found none here: too few kernels */
	bool found;
	bool other_probes;	/* other functions were traced: what probes cost differs, too */
};

/*
 * All changes: those of series_split(), by more than the metric's tolerance, and steps between
 * neighbours inside its segments, by more than twice that. By kernel, scenario and metric. The caller
 * frees *@out. 0 or -ENOMEM.
 */
int kernels_changes(const struct kernels *k, struct kernel_change **out, size_t *n);

/* As dpkg compares versions: "1.2-1~bpo1" < "1.2-1" < "1.2-1.1". */
int kernels_compare_versions(const char *a, const char *b);

/* Is the upstream part of @version @wanted, or one of its stable releases? 6.16 is, of 6.16.3-1. */
bool kernels_is_version(const char *version, const char *wanted);

#endif
