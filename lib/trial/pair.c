// SPDX-License-Identifier: GPL-2.0
#include "trial/pair.h"
#include "trial/trial.h"

size_t pair_turn(size_t i)
{
	return i % 4 == 1 || i % 4 == 2;
}

static int measure_once(const struct pair *p, size_t side, size_t run, struct err *e)
{
	struct emulated testbed = *p->testbeds[side];
	struct record *r;
	int ret;

	testbed.fresh |= !testbed.wish.real_clock && p->runs > 1;
	testbed = trial_testbed(&testbed, run);
	ret = emulated_run(&testbed, &p->scenario, &r, e);
	return ret ? p->fail(p, ret, side, e) : p->keep(p, r, side, run, e);
}

int pair_run(const struct pair *p, struct err *e)
{
	size_t i, runs[2] = { 0, 0 }, side;
	int ret = 0;

	for (i = 0; !ret && i < 2 * p->runs; i++) {
		side = pair_turn(i);
		ret = measure_once(p, side, runs[side]++, e);
	}
	return ret;
}
