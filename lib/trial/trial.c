// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "trial/trial.h"

struct emulated trial_testbed(const struct emulated *of, size_t run)
{
	struct emulated testbed = *of;

	if (testbed.fresh)
		testbed.wish.seed += run;
	/* What probes cost needs no interval. */
	testbed.unplain |= testbed.wish.real_clock && run;
	return testbed;
}

static int measure_once(const struct trial *t, struct trial_result *out, struct err *e)
{
	struct emulated testbed = t->testbed;
	struct record **more = realloc(out->records, (out->n + 1) * sizeof(*more));
	int ret;

	if (!more)
		return err_set(e, ENOMEM, "out of memory");
	out->records = more;
	testbed.fresh |= !t->runs && out->n;
	testbed = trial_testbed(&testbed, out->n);
	ret = emulated_run(&testbed, &t->scenario, &out->records[out->n], e);
	if (ret)
		return ret;
	out->n++;
	return t->keep(t, out->records[out->n - 1], out->n - 1, e);
}

static int judge_again(const struct trial *t, struct trial_result *out, struct err *e)
{
	free(out->judgement);
	out->judgement = NULL;
	baseline_free(out->baseline);
	out->baseline = NULL;
	return judge_stored((const struct record *const *)out->records, out->n, t->baselines,
			    t->baseline, &out->baseline, &out->judgement, e);
}

int trial_run(const struct trial *t, struct trial_result *out, struct err *e)
{
	size_t wanted = t->runs ? t->runs : 1;
	int ret = 0;

	*out = (struct trial_result) { 0 };
	while (!ret && out->n < wanted) {
		while (!ret && out->n < wanted)
			ret = measure_once(t, out, e);
		if (!ret)
			ret = judge_again(t, out, e);
		if (!ret && !t->runs)
			wanted = judgement_wants(out->judgement);
	}
	if (ret)
		trial_free(out);
	return ret;
}

void trial_free(struct trial_result *result)
{
	size_t i;

	for (i = 0; i < result->n; i++)
		record_free(result->records[i]);
	free(result->records);
	free(result->judgement);
	baseline_free(result->baseline);
	*result = (struct trial_result) { 0 };
}
