/* SPDX-License-Identifier: GPL-2.0 */
/* What a scenario is held to unless its baseline is edited. */
#ifndef JUDGE_GATES_H
#define JUDGE_GATES_H

#include <stdbool.h>

#include "judge/metrics.h"

enum { GATE_RUNS = 3 };	/* boots that a spread is known from */

struct gate {
	double tolerance;	/* share of the reference, where the accepted runs do not spread */
	double widest;		/* the most it may become where they do; what needs more is noise */
	double floor;		/* absolute; a change must exceed both */
	bool interval;		/* held by the interval of its change, else by medians */
};

/*
 * Does @m, derived from @r, gate? Then what it is held to, in @out: the length of the path through
 * the functions that a page takes, how often they are called, and what the IOMMU did; on the real
 * clock their times and the throughput. Over two levels also what the host does for a page and what
 * carries it there; on the real clock counts then, and times only for an explosion.
 */
bool gate_default(const struct metric *m, const struct record *r, struct gate *out);

/* What a metric such as @m of @s, or of a @report, is held to on @clock, whether it gates or not. */
struct gate gate_usual(const struct metric *m, const char *clock, bool report,
		       const struct scenario *s);

/*
 * Widen @gate for a reference whose @n runs, the @values, spread by @spread, (max - min) / median:
 * to what 10 runs against 10 can tell where it is held by intervals, else to twice that spread, of
 * which fewer than GATE_RUNS runs say nothing; at most to its widest. The tolerance that was needed:
 * more than it has now is noise, which cannot be held to anything.
 */
double gate_widen(struct gate *gate, double spread, const double *values, size_t n);

#endif
