/* SPDX-License-Identifier: GPL-2.0 */
/* For tests of numbers: is @seen the @expected but for the share @share of it? */
#ifndef TESTS_NEAR_H
#define TESTS_NEAR_H

#include <math.h>

#define EXPECT_NEAR(seen, expected, share) do {							\
	double seen_ = (seen), expected_ = (expected);						\
												\
	EXPECT_TRUE(fabs(seen_ - expected_) <= (share) * fabs(expected_))			\
		TH_LOG("%s is %.17g, not %.17g", #seen, seen_, expected_);			\
} while (0)

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
