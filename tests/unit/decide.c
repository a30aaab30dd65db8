// SPDX-License-Identifier: GPL-2.0
/* The decision on one metric, from numbers alone. */
#include <math.h>

#include "kselftest_harness.h"
#include "judge/decide.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct decision_rule by_median = {
	.better = BETTER_LOWER, .tolerance = 0.01, .floor = 0.5,
};
static const struct decision_rule by_interval = {
	.better = BETTER_HIGHER, .tolerance = 0.05, .interval = true,
};

static struct decision decided(const struct decision_rule *rule, const double *base, size_t n,
			       const double *test, size_t m)
{
	struct decision d = { .verdict = VERDICT_INVALID };

	decide(rule, base, n, test, m, &d);
	return d;
}

#define DECIDED(rule, base, test) decided(rule, base, N(base), test, N(test))

TEST(medians_within_tolerance)
{
	static const double base[] = { 100, 101, 99 }, test[] = { 101, 100.9, 103 };
	struct decision d = DECIDED(&by_median, base, test);

	EXPECT_EQ(d.verdict, VERDICT_OK);
	EXPECT_EQ(d.base, 100);
	EXPECT_EQ(d.test, 101);
	EXPECT_EQ(d.change, 1);
	EXPECT_EQ(d.allowed, 1);
	EXPECT_EQ(d.resolves, 2);
	EXPECT_EQ(d.level, 0);
	EXPECT_TRUE(isnan(d.low) && isnan(d.high));
}

/* A failure counts when every run bears it out. */
TEST(every_run_must_show_it)
{
	static const double base[] = { 100 }, both[] = { 101.5, 101.1 }, one[] = { 102, 100.9 };
	static const double less[] = { 98.9, 98 };

	EXPECT_EQ(DECIDED(&by_median, base, both).verdict, VERDICT_REGRESSED);
	EXPECT_EQ(DECIDED(&by_median, base, one).verdict, VERDICT_INCONCLUSIVE);
	EXPECT_EQ(DECIDED(&by_median, base, less).verdict, VERDICT_IMPROVED);
}

/* Nor where a run of the reference was as bad. */
TEST(the_reference_was_there_too)
{
	static const double base[] = { 100, 100, 101.5 }, test[] = { 101.4, 101.6, 102 };

	EXPECT_EQ(DECIDED(&by_median, base, test).verdict, VERDICT_INCONCLUSIVE);
}

TEST(floor_counts_where_the_share_is_small)
{
	static const double base[] = { 0 }, little[] = { 0.5 }, more[] = { 0.51 };

	EXPECT_EQ(DECIDED(&by_median, base, little).verdict, VERDICT_OK);
	EXPECT_EQ(DECIDED(&by_median, base, more).verdict, VERDICT_REGRESSED);
	EXPECT_TRUE(isnan(decision_share(&(struct decision){ .base = 0 }, 1)));
}

TEST(one_run_a_side_resolves_nothing_known)
{
	static const double base[] = { 100 }, test[] = { 100 };

	EXPECT_TRUE(isnan(DECIDED(&by_median, base, test).resolves));
}

/* Steady runs a fifth slower, a fifth faster, the same; and such that say nothing. */
TEST(intervals)
{
	static const double base[] = { 10, 10.1, 9.9, 10.05, 9.95 };
	static const double slower[] = { 8, 8.1, 7.9, 8.05, 7.95 };
	static const double faster[] = { 12, 12.1, 11.9, 12.05, 11.95 };
	static const double wild[] = { 7, 14, 9, 11, 10 };
	struct decision d = DECIDED(&by_interval, base, slower);

	EXPECT_EQ(d.verdict, VERDICT_REGRESSED);
	EXPECT_GE(d.level, 1 - DECIDE_ALPHA);
	EXPECT_LT(d.low, d.change);
	EXPECT_LT(d.change, d.high);
	EXPECT_LT(d.high, -0.05 * 10);
	EXPECT_LT(fabs(d.change + 2), 0.01);
	EXPECT_LT(fabs(decision_share(&d, d.change) + 0.2), 0.001);
	EXPECT_EQ(DECIDED(&by_interval, base, faster).verdict, VERDICT_IMPROVED);
	EXPECT_EQ(DECIDED(&by_interval, base, base).verdict, VERDICT_OK);
	d = DECIDED(&by_interval, base, wild);
	EXPECT_EQ(d.verdict, VERDICT_INCONCLUSIVE);
	EXPECT_GT(d.resolves, 2);
}

/* Four runs a side have no interval of the level that is asked for, whatever they show. */
TEST(too_few_for_an_interval)
{
	static const double base[] = { 10, 10.1, 9.9, 10.05 }, slower[] = { 1, 1.1, 0.9, 1.05 };
	struct decision d = DECIDED(&by_interval, base, slower);

	EXPECT_EQ(d.verdict, VERDICT_INCONCLUSIVE);
	EXPECT_LT(d.level, 1 - DECIDE_ALPHA);
}

/* Values that are not all above 0 have no ratio: their differences then. */
TEST(differences)
{
	static const double base[] = { 0, 1, 0, 2, 1 }, test[] = { 20, 21, 20, 22, 21 };
	struct decision_rule rule = by_interval;
	struct decision d;

	rule.better = BETTER_LOWER;
	d = DECIDED(&rule, base, test);
	EXPECT_EQ(d.verdict, VERDICT_REGRESSED);
	EXPECT_EQ(d.change, 20);
}

TEST(noise_floor)
{
	static const double steady[] = { 5, 5, 5, 5, 5 }, zeros[] = { 0, 0, 0, 0, 0 };
	static const double spread[] = { 90, 95, 100, 105, 110 };
	double floor = decide_noise_floor(spread, N(spread));

	EXPECT_EQ(decide_noise_floor(steady, 5), 0);
	EXPECT_EQ(decide_noise_floor(zeros, 5), 0);
	/* a standard deviation of 7.95 % and 10 runs a side: 1.58 of it at alpha .05 / 3 */
	EXPECT_GT(floor, 0.12);
	EXPECT_LT(floor, 0.15);
}

TEST_HARNESS_MAIN
