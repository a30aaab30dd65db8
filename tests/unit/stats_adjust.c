// SPDX-License-Identifier: GPL-2.0
/* Expected values are those of R 4.2.2's p.adjust(). */
#include "kselftest_harness.h"
#include "near.h"
#include "stats/adjust.h"

/* The example of Benjamini and Hochberg 1995. */
TEST(of_1995)
{
	static const double p[] = {
		.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
		.6528, .7590, 1,
	};
	static const double expected[] = {
		.0015, .003, .0095, .035625, .0603, .06385714, .06385714, .0645, .0765, .486,
		.58118182, .714875, .75323077, .81321429, 1,
	};
	double q[SIZE(p)];
	size_t i, rejected = 0;

	ASSERT_EQ(stats_benjamini_hochberg(p, q, SIZE(p)), 0);
	for (i = 0; i < SIZE(p); i++) {
		EXPECT_NEAR(q[i], expected[i], 1e-7);
		rejected += q[i] <= 0.05;
	}
	EXPECT_EQ(rejected, 4);
}

TEST(in_any_order_and_in_place)
{
	static const double expected[] = { .03, .06, .06, .03, .55, .24 };
	double p[] = { .01, .04, .03, .005, .55, .2 };

	ASSERT_EQ(stats_benjamini_hochberg(p, p, SIZE(p)), 0);
	for (size_t i = 0; i < SIZE(p); i++)
		EXPECT_NEAR(p[i], expected[i], 1e-14);
}

TEST(few_and_equal)
{
	static const double equal[] = { .02, .02, .02 };
	double q[3] = { 7 }, one = 0.3;

	ASSERT_EQ(stats_benjamini_hochberg(equal, q, 0), 0);
	EXPECT_EQ(q[0], 7);
	ASSERT_EQ(stats_benjamini_hochberg(&one, q, 1), 0);
	EXPECT_EQ(q[0], 0.3);
	ASSERT_EQ(stats_benjamini_hochberg(equal, q, 3), 0);
	for (size_t i = 0; i < 3; i++)
		EXPECT_NEAR(q[i], .02, 1e-15);
}

TEST(too_many_for_the_memory)
{
	double p = 0.5, q;

	EXPECT_EQ(stats_benjamini_hochberg(&p, &q, SIZE_MAX / 2), -ENOMEM);
}

TEST_HARNESS_MAIN
