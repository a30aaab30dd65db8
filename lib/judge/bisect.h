/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a bisection decides: where the threshold between its two ends lies, on which side of it a
 * kernel is, and which kernel is to be measured next. Pure functions of numbers.
 */
#ifndef JUDGE_BISECT_H
#define JUDGE_BISECT_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/gates.h"

enum { BISECT_END_RUNS = 50 };	/* of an end that count */

struct threshold {
	double good, bad;	/* medians of the ends */
	double middle;		/* of both: the threshold */
	double allowed;		/* change of the good end that a gate would allow */
};

/*
 * The threshold between ends that were measured as @good (of @n runs) and @bad (of @m), n and m > 0.
 * False where they cannot be told apart, and @why (of @size) says so: what lies between them is no
 * more than @gate allows, which is wider where the runs of an end spread; or a run of one lies on the
 * other's side.
 */
bool threshold_between(const struct gate *gate, const double *good, size_t n, const double *bad,
		       size_t m, struct threshold *out, char *why, size_t size);

/* The share of the way from the good end to the bad one that the step from @from to @to makes. */
double threshold_share(const struct threshold *t, double from, double to);

/*
 * Is that step what the ends differ by? False where it makes less than half of it: then there are
 * several changes or a drift, and where the threshold is crossed says little.
 */
bool threshold_is_step(const struct threshold *t, double from, double to);

enum bisect_answer {
	BISECT_UNKNOWN,	/* not measured, or not often enough */
	BISECT_GOOD,
	BISECT_BAD,
	BISECT_SKIP,	/* cannot be told */
};

const char *bisect_answer_name(enum bisect_answer answer);

/* What is known of one kernel. */
struct candidate {
	const char *name;	/* the caller's: a version or a commit */
	const char *title;	/* the caller's, for people; NULL: none */
	enum bisect_answer answer;
	double values[BISECT_END_RUNS];	/* of its runs */
	size_t n;
	char why[400];		/* of BISECT_SKIP */
};

/* The median of a candidate's values; NAN: none. */
double candidate_value(const struct candidate *c);

/* Of the votes on the real clock: one side must lead by so many, of at most so many runs. */
enum { BISECT_LEAD = 3, BISECT_RUNS = 7 };

/*
 * On which side the runs @values lie; unknown asks for one more. On the @counted clock one run says
 * it, or the median of GATE_RUNS where it is near the threshold or the ends are near each other. On
 * the real clock each is a vote.
 */
enum bisect_answer bisect_vote(const struct threshold *t, bool counted, const double *values,
			       size_t n);

/*
 * Of kernels in their order, @list[0] being good and @list[@n - 1] bad: the last good one and the
 * first bad one, n > 1. What lies between them is not yet, or cannot be told.
 */
void bisect_ends(const struct candidate *list, size_t n, size_t *good, size_t *bad);

/* The one to be measured next: in the middle of those that are left. @n: none is left. */
size_t bisect_next(const struct candidate *list, size_t n);

/* How many are left, and how many steps the first bad one of @left takes at the most. */
size_t bisect_left(const struct candidate *list, size_t n);
int bisect_steps(size_t left);

#endif
