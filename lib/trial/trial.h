/* SPDX-License-Identifier: GPL-2.0 */
/* A trial: one scenario, measured as often as its verdict takes. */
#ifndef TRIAL_TRIAL_H
#define TRIAL_TRIAL_H

#include "judge/verdict.h"
#include "testbed/emulated.h"

struct trial {
	struct emulated testbed;
	struct scenario scenario;
	size_t runs;		/* exactly so many; 0: as many as judgement_wants() */
	const char *baselines;	/* the folder of the baselines */
	const char *baseline;	/* judge by this file instead; or NULL */
	/* Called with each record as soon as it is there; @run counts from 0. */
	int (*keep)(const struct trial *t, const struct record *r, size_t run, struct err *e);
	void *context;		/* for keep() */
};

struct trial_result {
	struct record **records;
	size_t n;
	struct baseline *baseline;	/* NULL: none */
	struct judgement *judgement;
};

/*
 * Measure and judge. A run after the first comes from another boot where the clock is counted and
 * either the trial asks for fresh boots or the verdict for a repetition: restores of one snapshot
 * are the same run. -ENOTSUP: the testbed cannot run the scenario; others as they come, and then
 * there is no result. The caller frees it with trial_free().
 */
int trial_run(const struct trial *t, struct trial_result *out, struct err *e);
void trial_free(struct trial_result *result);

/* The testbed of run @run, which counts from 0: each fresh boot has a seed of its own. */
struct emulated trial_testbed(const struct emulated *of, size_t run);

#endif
