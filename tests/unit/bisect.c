// SPDX-License-Identifier: GPL-2.0
/* The decisions of a bisection, from numbers alone. */
#include <string.h>

#include "kselftest_harness.h"
#include "judge/bisect.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct gate path = { .tolerance = 0.006, .widest = 0.1, .floor = 3 };

static bool between(const double *good, size_t n, const double *bad, size_t m,
		    struct threshold *t, char why[200])
{
	strcpy(why, "");
	return threshold_between(&path, good, n, bad, m, t, why, 200);
}

TEST(the_threshold_is_in_the_middle)
{
	static const double good[] = { 939, 940, 941 }, bad[] = { 1040 };
	struct threshold t;
	char why[200];

	ASSERT_TRUE(between(good, N(good), bad, N(bad), &t, why));
	EXPECT_EQ(t.good, 940);
	EXPECT_EQ(t.bad, 1040);
	EXPECT_EQ(t.middle, 990);
	EXPECT_EQ(t.allowed, 0.006 * 940);
	EXPECT_EQ(threshold_share(&t, 940, 1015), 0.75);
}

TEST(ends_within_the_tolerance_are_refused)
{
	static const double good[] = { 1000 }, same[] = { 1006 }, apart[] = { 1006.1 };
	static const double small[] = { 10 }, floor[] = { 13 }, beyond[] = { 13.1 };
	struct threshold t;
	char why[200];

	EXPECT_FALSE(between(good, 1, same, 1, &t, why));
	EXPECT_TRUE(strstr(why, "cannot be told apart: good 1000, bad 1006"));
	EXPECT_TRUE(between(good, 1, apart, 1, &t, why));
	EXPECT_FALSE(between(same, 1, good, 1, &t, why));
	EXPECT_FALSE(between(small, 1, floor, 1, &t, why));
	EXPECT_TRUE(between(small, 1, beyond, 1, &t, why));
}

TEST(ends_that_overlap_are_refused)
{
	static const double good[] = { 100, 101, 99 }, bad[] = { 120, 121, 104 };
	struct threshold t;
	char why[200];

	EXPECT_FALSE(between(good, N(good), bad, N(bad), &t, why));
	EXPECT_TRUE(strstr(why, "1 of 6 runs lie on the other side"));
}

TEST(what_was_not_measured_is_no_threshold)
{
	static const double good[] = { 100 }, bad[] = { __builtin_nan("") };
	struct threshold t;
	char why[200];

	EXPECT_FALSE(between(good, 1, bad, 1, &t, why));
}

TEST(what_an_end_spreads_by_is_allowed)
{
	static const struct gate gate = { .tolerance = 0.006, .widest = 0.1, .floor = 3 };
	static const double calm[] = { 1000, 1001, 1000 }, wild[] = { 1000, 1010, 1002 };
	static const double bad[] = { 1018, 1018, 1018 };
	struct threshold t;
	char why[200];

	EXPECT_TRUE(threshold_between(&gate, calm, 3, bad, 3, &t, why, 200));
	EXPECT_EQ(t.allowed, 6);
	EXPECT_FALSE(threshold_between(&gate, wild, 3, bad, 3, &t, why, 200));
	EXPECT_GE(t.allowed, 2 * 10 * 0.999);
}

TEST(a_step_makes_half_of_the_difference)
{
	struct threshold up = { .good = 940, .bad = 1040 }, down = { .good = 1040, .bad = 940 };

	EXPECT_TRUE(threshold_is_step(&up, 940, 1040));
	EXPECT_TRUE(threshold_is_step(&up, 965, 1015));
	EXPECT_FALSE(threshold_is_step(&up, 970, 1010));
	EXPECT_FALSE(threshold_is_step(&up, 1010, 970));
	EXPECT_TRUE(threshold_is_step(&down, 1020, 950));
	EXPECT_FALSE(threshold_is_step(&down, 1000, 980));
}

TEST(a_run_in_doubt_asks_for_more_on_the_counted_clock)
{
	static const double near[] = { 992, 988, 991, 980 }, clear[] = { 994 };
	struct threshold apart = { .good = 940, .bad = 1040, .middle = 990, .allowed = 6 };
	struct threshold close = { .good = 985, .bad = 995, .middle = 990, .allowed = 6 };

	EXPECT_EQ(bisect_vote(&apart, true, clear, 1), BISECT_BAD);
	EXPECT_EQ(bisect_vote(&apart, true, near, 1), BISECT_UNKNOWN);
	EXPECT_EQ(bisect_vote(&apart, true, near, 2), BISECT_UNKNOWN);
	EXPECT_EQ(bisect_vote(&apart, true, near, 3), BISECT_BAD);
	EXPECT_EQ(bisect_vote(&apart, true, near + 1, 3), BISECT_GOOD);
	EXPECT_EQ(bisect_vote(&close, true, clear, 1), BISECT_UNKNOWN);
}

TEST(one_run_decides_on_the_counted_clock)
{
	static const double rises[] = { 991 }, falls[] = { 989 };
	struct threshold up = { .good = 940, .bad = 1040, .middle = 990 };
	struct threshold down = { .good = 1040, .bad = 940, .middle = 990 };

	EXPECT_EQ(bisect_vote(&up, true, rises, 0), BISECT_UNKNOWN);
	EXPECT_EQ(bisect_vote(&up, true, rises, 1), BISECT_BAD);
	EXPECT_EQ(bisect_vote(&up, true, falls, 1), BISECT_GOOD);
	EXPECT_EQ(bisect_vote(&down, true, rises, 1), BISECT_GOOD);
	EXPECT_EQ(bisect_vote(&down, true, falls, 1), BISECT_BAD);
}

TEST(runs_vote_on_the_real_clock)
{
	static const double clear[] = { 120, 130, 125 };
	static const double four_of_five[] = { 120, 90, 130, 125, 119 };
	static const double open[] = { 120, 90, 130, 95, 119, 91, 125 };
	struct threshold t = { .good = 90, .bad = 120, .middle = 105 };

	EXPECT_EQ(bisect_vote(&t, false, clear, 1), BISECT_UNKNOWN);
	EXPECT_EQ(bisect_vote(&t, false, clear, 2), BISECT_UNKNOWN);
	EXPECT_EQ(bisect_vote(&t, false, clear, 3), BISECT_BAD);
	EXPECT_EQ(bisect_vote(&t, false, four_of_five, 4), BISECT_UNKNOWN);
	EXPECT_EQ(bisect_vote(&t, false, four_of_five, 5), BISECT_BAD);
	EXPECT_EQ(bisect_vote(&t, false, open, 6), BISECT_UNKNOWN);
	EXPECT_EQ(bisect_vote(&t, false, open, 7), BISECT_SKIP);
}

/* Bisect @n kernels of which @first is the first bad one; those that @untestable has as 1 are not. */
static size_t search(struct candidate *list, size_t n, size_t first, const char *untestable)
{
	size_t next, steps = 0;

	memset(list, 0, n * sizeof(list[0]));
	list[0].answer = BISECT_GOOD;
	list[n - 1].answer = BISECT_BAD;
	while ((next = bisect_next(list, n)) < n) {
		list[next].answer = untestable && untestable[next] == '1' ? BISECT_SKIP :
				next < first ? BISECT_GOOD : BISECT_BAD;
		steps++;
	}
	return steps;
}

TEST(each_first_bad_kernel_is_found)
{
	struct candidate list[70];
	size_t n, first, good, bad;

	for (n = 2; n <= N(list); n++) {
		for (first = 1; first < n; first++) {
			size_t steps = search(list, n, first, NULL);

			bisect_ends(list, n, &good, &bad);
			ASSERT_EQ(bad, first);
			ASSERT_EQ(good, first - 1);
			ASSERT_LE((int)steps, bisect_steps(n - 2));
		}
	}
}

TEST(what_cannot_be_told_is_left_between)
{
	static const char untestable[] = "0000001100";
	struct candidate list[10];
	size_t good, bad;

	search(list, N(list), 5, untestable);
	bisect_ends(list, N(list), &good, &bad);
	EXPECT_EQ(good, 4);
	EXPECT_EQ(bad, 5);
	search(list, N(list), 7, untestable);
	bisect_ends(list, N(list), &good, &bad);
	EXPECT_EQ(good, 5);
	EXPECT_EQ(bad, 8);
	EXPECT_EQ(bisect_left(list, N(list)), 0);
}

TEST(steps_halve_what_is_left)
{
	EXPECT_EQ(bisect_steps(0), 0);
	EXPECT_EQ(bisect_steps(1), 1);
	EXPECT_EQ(bisect_steps(2), 2);
	EXPECT_EQ(bisect_steps(3), 2);
	EXPECT_EQ(bisect_steps(15), 4);
}

TEST_HARNESS_MAIN
