// SPDX-License-Identifier: GPL-2.0
/* A slow-down by n instructions: what the tracer is told costs that many. */
#include "kselftest_harness.h"
#include "slow.h"

/* What the tracer makes of @s, as slow.h says. */
static __u32 cost(struct slow s)
{
	switch (s.code) {
	case 0: return 0;
	case SLOW_FOUR: return 4;
	case SLOW_SIX: return 6;
	case SLOW_MANY: return s.many + SLOW_MANY_FIXED;
	default: return s.code + SLOW_BURN_FIXED;
	}
}

TEST(none)
{
	EXPECT_EQ(slow_of(0).code, 0);
}

TEST(few_are_at_most_three_too_many)
{
	for (__u32 n = 1; n < 8; n++) {
		EXPECT_GE(cost(slow_of(n)), n);
		EXPECT_LE(cost(slow_of(n)), n + 3);
		EXPECT_LE(cost(slow_of(n)), cost(slow_of(n + 1)));
	}
}

TEST(all_others_are_exact)
{
	for (__u32 n = 8; n < 100000; n++)
		ASSERT_EQ(cost(slow_of(n)), n);
	EXPECT_EQ(cost(slow_of(SLOW_MAX)), SLOW_MAX);
}

TEST(codes_do_not_overlap)
{
	for (__u32 n = 8; n <= SLOW_FEW_MAX; n++)
		EXPECT_GE(slow_of(n).code, SLOW_BURN_MIN);
	EXPECT_EQ(slow_of(SLOW_FEW_MAX).code, 255);
	EXPECT_EQ(slow_of(SLOW_FEW_MAX + 1).code, SLOW_MANY);
}

TEST_HARNESS_MAIN
