/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pair: one scenario measured on two testbeds in turn, usually those of two kernels: A B B A, so
 * that what drifts in the meantime drifts for both.
 */
#ifndef TRIAL_PAIR_H
#define TRIAL_PAIR_H

#include <stddef.h>

#include "testbed/emulated.h"

struct pair {
	const struct emulated *testbeds[2];
	struct scenario scenario;
	size_t runs;	/* of each */
	/*
	 * Called with each record, which is the callee's then; @side is 0 or 1, @run counts from 0
	 * on each. Not 0 ends the pair.
	 */
	int (*keep)(const struct pair *p, struct record *r, size_t side, size_t run,
		    struct err *e);
	/* Called with what went wrong instead of a record. Not 0 ends the pair. */
	int (*fail)(const struct pair *p, int error, size_t side, const struct err *e);
	void *context;
};

/* Whose turn measurement @i is: 0 1 1 0 0 1 1 0 and so on. */
size_t pair_turn(size_t i);

/*
 * Measure. On the counted clock several runs come from a boot each, run n of both sides from the
 * same seed: restores of one snapshot would be the same run. 0, or what a callback returned.
 */
int pair_run(const struct pair *p, struct err *e);

#endif
