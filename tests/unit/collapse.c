// SPDX-License-Identifier: GPL-2.0
/* Collapses, found in comparisons that are made by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "judge/collapse.h"

enum { FUNCTIONS = 2, METRICS = 3 * FUNCTIONS };

/*
 * A flush that takes 1000 ns, 300 of them its own and 700 those of the submission in it; a page has
 * three. Under test it waits @waited longer, and the submission takes @held more.
 */
static void fill(struct compare_scenario *s, const char *name, enum verdict verdict, double waited,
		 double held)
{
	const struct { const char *name; double base, test; } values[METRICS] = {
		{ "flush.count_per_page", 3, 3 },
		{ "flush.mean_ns", 1000, 1000 + waited + held },
		{ "flush.self_ns_per_page", 900, 900 + 3 * waited },
		{ "submit.count_per_page", 3, 3 },
		{ "submit.mean_ns", 700, 700 + held },
		{ "submit.self_ns_per_page", 2100, 2100 + 3 * held },
	};

	*s = (struct compare_scenario) {
		.list = calloc(METRICS, sizeof(s->list[0])), .nr_metrics = METRICS,
		.verdict = verdict,
	};
	scenario_parse(name, &s->scenario, NULL);
	for (size_t i = 0; i < METRICS; i++) {
		struct compare_metric *m = &s->list[i];

		snprintf(m->metric.name, sizeof(m->metric.name), "%s", values[i].name);
		m->n[SIDE_BASE] = m->n[SIDE_TEST] = 1;
		m->decision.base = values[i].base;
		m->decision.test = values[i].test;
	}
}

FIXTURE(collapse)
{
	struct compare_scenario list[5];
	struct comparison c;
	struct collapse found[COLLAPSES_MAX];
};

FIXTURE_SETUP(collapse)
{
	fill(&self->list[0], "strict-bare-1flows", VERDICT_OK, 0, 0);
	fill(&self->list[1], "strict-bare-8flows", VERDICT_INCONCLUSIVE, 10, 0);
	fill(&self->list[2], "strict-bare-16flows", VERDICT_REGRESSED, 9000, 1000);
	fill(&self->list[3], "strict-bare-20flows", VERDICT_REGRESSED, 19000, 1000);
	fill(&self->list[4], "strict-bare-20flows-tx", VERDICT_REGRESSED, 19000, 1000);
	self->c = (struct comparison) { .list = self->list, .n = 5 };
}

FIXTURE_TEARDOWN(collapse)
{
	for (size_t i = 0; i < 5; i++)
		free(self->list[i].list);
}

TEST_F(collapse, names_function_flows_and_waiting)
{
	char text[COLLAPSE_TEXT_MAX];

	/* the other direction has no sound number of flows, so no collapse */
	ASSERT_EQ(collapse_find(&self->c, self->found), 1);
	EXPECT_EQ(self->found[0].from, 16);
	EXPECT_EQ(self->found[0].sound, 8);
	EXPECT_STREQ(self->found[0].function, "flush");
	EXPECT_EQ(self->found[0].times, 21);
	EXPECT_EQ(self->found[0].own_base, 0.3);
	EXPECT_EQ(self->found[0].of_added, 0.95);
	collapse_say(&self->found[0], text);
	EXPECT_STREQ(text, "strict-bare collapses from 16 flows on, 8 and fewer are sound: flush "
		     "takes 21.0 times as long with 20, 92 % of a call in itself and not in what it "
		     "calls (before: 30 %), which is 95 % of all the time added to a page");
}

/* Where the holder grew, and nobody waits, it is the holder that is named. */
TEST_F(collapse, names_the_holder)
{
	free(self->list[3].list);
	fill(&self->list[3], "strict-bare-20flows", VERDICT_REGRESSED, 100, 7000);
	ASSERT_EQ(collapse_find(&self->c, self->found), 1);
	EXPECT_STREQ(self->found[0].function, "submit");
	EXPECT_EQ(self->found[0].times, 11);
}

TEST_F(collapse, not_where_all_or_none_regressed)
{
	self->list[3].verdict = VERDICT_OK;
	EXPECT_EQ(collapse_find(&self->c, self->found), 0);
	for (size_t i = 0; i < 5; i++)
		self->list[i].verdict = VERDICT_REGRESSED;
	EXPECT_EQ(collapse_find(&self->c, self->found), 0);
}

/* Records without self times, as imported ones, name no function. */
TEST_F(collapse, not_without_self_times)
{
	for (size_t i = 0; i < METRICS; i++)
		self->list[3].list[i].n[SIDE_TEST] = 0;
	EXPECT_EQ(collapse_find(&self->c, self->found), 0);
}

TEST_F(collapse, of_nothing)
{
	self->c.n = 0;
	EXPECT_EQ(collapse_find(&self->c, self->found), 0);
}

TEST_HARNESS_MAIN
