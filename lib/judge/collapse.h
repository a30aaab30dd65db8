/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contention that grows until it collapses: what a comparison over several numbers of flows says
 * when the few are sound and the many are not. A pure function of the comparison.
 */
#ifndef JUDGE_COLLAPSE_H
#define JUDGE_COLLAPSE_H

#include "judge/compare.h"

struct collapse {
	const struct compare_scenario *most;	/* of its mode, that with the most flows */
	int from;		/* flows from which on all regressed */
	int sound;		/* the most flows below that; they did not regress */
	/* Of the functions, the one whose own time for a page grew most; at the most flows: */
	char function[80];
	double times;		/* its mean, test / base */
	/*
	 * The share of a call that is its own and not of what it calls, 0 .. 1. A caller that waits
	 * for the holder of a lock spends time of its own; the holder is among the callees of those
	 * that wait elsewhere.
	 */
	double own_base, own_test;
	double of_added;	/* share of the time added to a page, over all functions, that it is */
};

enum { COLLAPSES_MAX = 32, COLLAPSE_TEXT_MAX = 400 };

/*
 * The collapses in @c, at most one a mode, into @out; their number. There is one where scenarios of
 * a mode regressed from some number of flows on, and one with fewer flows did not.
 */
size_t collapse_find(const struct comparison *c, struct collapse out[COLLAPSES_MAX]);

/* "strict-bare collapses from 16 flows on, 8 and fewer are sound: ..." into @text. */
void collapse_say(const struct collapse *x, char text[COLLAPSE_TEXT_MAX]);

/* All collapses in @c in words; their number. */
size_t collapse_say_all(const struct comparison *c, char text[COLLAPSES_MAX][COLLAPSE_TEXT_MAX]);

#endif
