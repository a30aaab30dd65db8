// SPDX-License-Identifier: GPL-2.0
/* Expected values are those of R 4.2.2, or worked out by hand. */
#include <float.h>

#include "kselftest_harness.h"
#include "near.h"
#include "stats/describe.h"

TEST(sort)
{
	double x[] = { 3, -1, 1e300, 0, -1e300, 3 };
	static const double sorted[] = { -1e300, -1, 0, 3, 3, 1e300 };

	stats_sort(x, SIZE(x));
	for (size_t i = 0; i < SIZE(x); i++)
		EXPECT_EQ(x[i], sorted[i]);
	stats_sort(x, 0);
}

TEST(median_and_mad)
{
	static const double odd[] = { 1, 2, 3, 4, 10 }, even[] = { 1, 2, 4, 10 };
	static const double gbit[] = { 9.38, 9.39, 9.40, 9.41, 9.42, 9.44 };
	static const double lonely[] = { 1, 1, 1, 1, 50 };

	EXPECT_EQ(stats_median(odd, 5), 3);
	EXPECT_EQ(stats_median(even, 4), 3);
	EXPECT_EQ(stats_median(odd, 1), 1);
	EXPECT_EQ(stats_median(odd, 2), 1.5);
	/* distances 2 1 0 1 7, then 2 1 1 7 */
	EXPECT_EQ(stats_mad(odd, 5), 1);
	EXPECT_EQ(stats_mad(even, 4), 1.5);
	EXPECT_NEAR(stats_mad(gbit, 6), 0.015, 1e-10);
	EXPECT_NEAR(STATS_MAD_SIGMA * stats_mad(gbit, 6), 0.022239, 1e-10);
	EXPECT_EQ(stats_mad(lonely, 5), 0);
	EXPECT_EQ(stats_mad(odd, 1), 0);
	EXPECT_EQ(stats_mad(odd, 2), 0.5);
}

/* Against the definition: sort the distances. */
TEST(mad_as_defined)
{
	double x[40], d[40];
	unsigned int seed = 1;

	for (size_t n = 1; n <= 40; n++) {
		for (size_t i = 0; i < n; i++)
			x[i] = rand_r(&seed) % (n % 2 ? 1000 : 12);
		stats_sort(x, n);
		for (size_t i = 0; i < n; i++)
			d[i] = fabs(x[i] - stats_median(x, n));
		stats_sort(d, n);
		ASSERT_EQ(stats_mad(x, n), stats_median(d, n));
	}
}

TEST(mean_and_spread)
{
	static const double x[] = { 2, 4, 4, 4, 5, 5, 7, 9 };

	EXPECT_EQ(stats_mean(x, 8), 5);
	EXPECT_NEAR(stats_stddev(x, 8), 2.1380899352993952, 1e-15);
	EXPECT_EQ(stats_mean(x, 1), 2);
	EXPECT_EQ(stats_stddev(x, 1), 0);
}

TEST(quantiles_of_type_7)
{
	static const double x[] = { 1, 2, 3, 4, 10 };

	EXPECT_EQ(stats_quantile(x, 5, 0), 1);
	EXPECT_EQ(stats_quantile(x, 5, 0.25), 2);
	EXPECT_EQ(stats_quantile(x, 5, 0.5), 3);
	EXPECT_NEAR(stats_quantile(x, 5, 0.9), 7.6, 1e-14);
	EXPECT_NEAR(stats_quantile(x, 5, 0.95), 8.8, 1e-14);
	EXPECT_NEAR(stats_quantile(x, 5, 0.99), 9.76, 1e-14);
	EXPECT_EQ(stats_quantile(x, 5, 1), 10);
	EXPECT_EQ(stats_quantile(x, 1, 0.7), 1);
}

TEST(geometric_mean)
{
	static const double x[] = { 0.95, 0.98, 1.02, 1.05, 1.10 };

	EXPECT_NEAR(stats_geometric_mean(x, 5), 1.018653232, 1e-9);
	EXPECT_EQ(stats_geometric_mean(x, 1), 0.95);
}

TEST(interval_of_the_median)
{
	static const struct {
		size_t n, k;
		double level, coverage;
	} known[] = {
		{ 5, 1, 0.9, 0.9375 }, { 5, 1, 0.9375, 0.9375 }, { 5, 1, 0.95, 0.9375 },
		{ 6, 1, 0.95, 0.96875 }, { 8, 1, 0.95, 0.9921875 }, { 8, 2, 0.92, 0.9296875 },
		{ 9, 2, 0.95, 0.9609375 }, { 10, 2, 0.95, 0.9785156 }, { 10, 3, 0.89, 0.890625 },
		{ 12, 3, 0.95, 0.9614258 }, { 1, 1, 0.95, 0 }, { 2, 1, 0.95, 0.5 },
		{ 3, 1, 0.95, 0.75 },
	};
	double x[12], low, high;
	size_t i;

	for (i = 0; i < SIZE(x); i++)
		x[i] = i + 1;
	for (i = 0; i < SIZE(known); i++) {
		EXPECT_NEAR(stats_median_interval(x, known[i].n, known[i].level, &low, &high),
			    known[i].coverage, 1e-7);
		EXPECT_EQ(low, known[i].k);
		EXPECT_EQ(high, known[i].n + 1 - known[i].k);
	}
}

/* By the normal approximation, k is n / 2 - 0.98 sqrt(n): 4902. 2^-10000 is no double. */
TEST(interval_of_many)
{
	static double x[10000];
	double low, high, coverage;

	for (size_t i = 0; i < SIZE(x); i++)
		x[i] = i + 1;
	coverage = stats_median_interval(x, SIZE(x), 0.95, &low, &high);
	EXPECT_LE(0.95, coverage);
	EXPECT_LT(coverage, 0.953);
	EXPECT_LE(fabs(low - 4902), 1);
	EXPECT_EQ(low + high, 10001);
	coverage = stats_median_interval(x, SIZE(x), 1, &low, &high);
	EXPECT_NEAR(coverage, 1, 1e-12);
}

TEST(equal_values_have_no_spread)
{
	static double x[5000];

	for (size_t i = 0; i < SIZE(x); i++)
		x[i] = 0.1;
	EXPECT_EQ(stats_mean(x, SIZE(x)), 0.1);
	EXPECT_EQ(stats_stddev(x, SIZE(x)), 0);
	EXPECT_EQ(stats_mad(x, SIZE(x)), 0);
	EXPECT_EQ(stats_geometric_mean(x, SIZE(x)), 0.1);
	EXPECT_EQ(stats_quantile(x, SIZE(x), 0.123), 0.1);
}

TEST(huge_and_tiny)
{
	static const double huge[] = { 1e300, 2e300, 3e300 }, tiny[] = { 1e-300, 2e-300, 3e-300 };
	static const double both[] = { 1e-300, 1, 1e300 }, most[] = { DBL_MAX, DBL_MAX };

	EXPECT_NEAR(stats_mean(huge, 3), 2e300, 1e-15);
	EXPECT_NEAR(stats_stddev(huge, 3), 1e300, 1e-15);
	EXPECT_NEAR(stats_geometric_mean(huge, 3), 1.8171205928321397e300, 1e-14);
	EXPECT_NEAR(stats_mean(tiny, 3), 2e-300, 1e-15);
	EXPECT_NEAR(stats_stddev(tiny, 3), 1e-300, 1e-15);
	EXPECT_NEAR(stats_geometric_mean(tiny, 3), 1.8171205928321397e-300, 1e-14);
	EXPECT_NEAR(stats_geometric_mean(both, 3), 1, 1e-14);
	EXPECT_EQ(stats_median(most, 2), DBL_MAX);
	EXPECT_EQ(stats_mean(most, 2), DBL_MAX);
}

TEST_HARNESS_MAIN
