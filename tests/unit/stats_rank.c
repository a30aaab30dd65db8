// SPDX-License-Identifier: GPL-2.0
/*
 * Expected values are those of R 4.2.2; with ties, of an enumeration of all C(n + m, n) ways, which
 * R's wilcox.test() does not do.
 */
#include <time.h>

#include "kselftest_harness.h"
#include "near.h"
#include "stats/rank.h"
#include "stats/rank_impl.h"

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

TEST(least_p)
{
	static const struct {
		size_t n, m;
		double p;
	} known[] = {
		{ 3, 3, .1 }, { 4, 4, .0285714 }, { 5, 5, .00793651 }, { 6, 6, .0021645 },
		{ 7, 7, .000582751 }, { 8, 8, .0001554 }, { 9, 9, 4.11353e-5 },
		{ 10, 10, 1.08251e-5 }, { 3, 5, .0357143 }, { 3, 10, .00699301 },
		{ 5, 10, .000666001 }, { 1, 1, 1 }, { 32, 32, 2 / 1832624140942590534. },
	};
	double x[32], y[32];
	struct mann_whitney u;

	for (size_t i = 0; i < SIZE(known); i++) {
		EXPECT_NEAR(stats_least_p(known[i].n, known[i].m), known[i].p, 2e-6);
		EXPECT_EQ(stats_least_p(known[i].m, known[i].n),
			  stats_least_p(known[i].n, known[i].m));
		/* and two samples that do not overlap have it */
		for (size_t k = 0; k < 32; k++) {
			x[k] = k;
			y[k] = 100 + k;
		}
		ASSERT_EQ(stats_mann_whitney(x, known[i].n, y, known[i].m, &u), 0);
		EXPECT_NEAR(u.two_sided, stats_least_p(known[i].n, known[i].m), 1e-14);
		EXPECT_EQ(u.greater, 1);
	}
	EXPECT_EQ(stats_least_p(100000, 100000), 0);
}

TEST(null_counts)
{
	static const struct {
		size_t n, m, total;
		uint64_t counts[17];
	} known[] = {
		{ 3, 3, 20, { 1, 1, 2, 3, 3, 3, 3, 2, 1, 1 } },
		{ 4, 4, 70, { 1, 1, 2, 3, 5, 5, 7, 7, 8, 7, 7, 5, 5, 3, 2, 1, 1 } },
		{ 5, 5, 252, { 1, 1, 2, 3, 5, 7, 9, 11, 14, 16, 18, 19, 20, 20, 19, 18, 16 } },
		{ 3, 5, 56, { 1, 1, 2, 3, 4, 5, 6, 6, 6, 6, 5, 4, 3, 2, 1, 1 } },
		{ 5, 3, 56, { 1, 1, 2, 3, 4, 5, 6, 6, 6, 6, 5, 4, 3, 2, 1, 1 } },
	};
	struct null_distribution d;

	for (size_t i = 0; i < SIZE(known); i++) {
		ASSERT_EQ(rank_null_untied(known[i].n, known[i].m, &d), 0);
		EXPECT_EQ(d.total, known[i].total);
		EXPECT_EQ(d.last, known[i].n * known[i].m);
		for (size_t u = 0; u <= d.last && u < 17; u++)
			EXPECT_EQ(d.counts[u], known[i].counts[u]);
		free(d.counts);
	}
}

/* Every count is exact, or the sum would not be C(64, 32) to the last bit, nor be symmetric. */
TEST(null_counts_of_the_largest)
{
	struct null_distribution d;
	uint64_t sum = 0;

	ASSERT_EQ(rank_null_untied(32, 32, &d), 0);
	EXPECT_EQ(d.total, 1832624140942590534);
	for (size_t u = 0; u <= d.last; u++) {
		sum += d.counts[u];
		EXPECT_EQ(d.counts[u], d.counts[d.last - u]);
	}
	EXPECT_EQ(sum, d.total);
	free(d.counts);
}

TEST(pwilcox_and_qwilcox)
{
	static const double p[] = { .05, .1, .2, .35, .5, .65, .8 };
	struct null_distribution d;

	ASSERT_EQ(rank_null_untied(3, 3, &d), 0);
	for (size_t u = 0; u < SIZE(p); u++) {
		EXPECT_NEAR(rank_at_most(&d, u), p[u], 1e-15);
		EXPECT_EQ(rank_quantile(&d, p[u]), u);
	}
	EXPECT_EQ(rank_quantile(&d, 1), 9);
	free(d.counts);
	ASSERT_EQ(rank_null_untied(5, 5, &d), 0);
	EXPECT_NEAR(rank_at_most(&d, 17), .8452380952, 1e-10);
	EXPECT_EQ(rank_quantile(&d, .025), 3);
	free(d.counts);
	ASSERT_EQ(rank_null_untied(10, 10, &d), 0);
	EXPECT_EQ(rank_quantile(&d, .025), 24);
	free(d.counts);
}

#define D10 { .80, .83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, .73, 1.46 }

TEST(known_samples)
{
	static const struct {
		double x[10], y[6];
		size_t n, m;
		double u, less, greater, two_sided;	/* 0: not known */
	} known[] = {
		{ { 1, 2, 3, 4, 5 }, { 6, 7, 8, 9, 10 }, 5, 5, 0, .003968253968, 1, .007936507937 },
		{ { 1.1, 2.2, 3.3, 4.4, 5.5 }, { 2, 3, 6, 7, 8 }, 5, 5, 7, 0, 0, .3095238095 },
		{ { 19, 22, 16, 29, 24 }, { 20, 11, 17, 12 }, 5, 4, 17, 0, .05555555556,
		  .1111111111 },
		{ { 10.1, 10.3, 10.2 }, { 10.8, 10.9, 11.4 }, 3, 3, 0, 0, 0, .1 },
		{ { 2, 1, 3, 5 }, { 0, 4, 6, 7 }, 4, 4, 5, .2428571429, .8285714286, .4857142857 },
		{ { 1, 2, 2, 3 }, { 2, 3, 3, 4 }, 4, 4, 3, .1428571429, 0, .2857142857 },
		{ { 9.41, 9.38, 9.44, 9.40, 9.39, 9.42 }, { 9.12, 9.20, 9.43, 9.15, 9.18, 9.10 },
		  6, 6, 31, 0, 0, .04112554113 },
		{ D10, { 1.15, .88, .90, .74, 1.21 }, 10, 5, 35, 0, .1272061272, .2544122544 },
	};
	struct mann_whitney u;

	for (size_t i = 0; i < SIZE(known); i++) {
		ASSERT_EQ(stats_mann_whitney(known[i].x, known[i].n, known[i].y, known[i].m, &u),
			  0);
		EXPECT_TRUE(u.exact);
		EXPECT_EQ(u.u, known[i].u);
		EXPECT_NEAR(u.two_sided, known[i].two_sided, 1e-9);
		if (known[i].less)
			EXPECT_NEAR(u.less, known[i].less, 1e-9);
		if (known[i].greater)
			EXPECT_NEAR(u.greater, known[i].greater, 1e-9);
	}
}

/* Sum over all ways to choose @n of the @all, by the bits of @ways. */
static void enumerate(const double *pool, size_t all, size_t n, double u, double *less,
		      double *greater)
{
	unsigned int ways, lower = 0, upper = 0, total = 0;

	for (ways = 0; ways < 1u << all; ways++) {
		double sum = 0;

		if ((size_t)__builtin_popcount(ways) != n)
			continue;
		for (size_t i = 0; i < all; i++)
			for (size_t j = 0; j < all; j++)
				if ((ways >> i & 1) && !(ways >> j & 1))
					sum += (pool[i] > pool[j]) + (pool[i] == pool[j]) / 2.;
		total++;
		lower += sum <= u;
		upper += sum >= u;
	}
	*less = (double)lower / total;
	*greater = (double)upper / total;
}

TEST(ties_as_enumerated)
{
	double pool[11], less, greater;
	struct mann_whitney u;
	unsigned int seed = 3;

	for (int i = 0; i < 60; i++) {
		size_t n = 1 + rand_r(&seed) % 5, m = 1 + rand_r(&seed) % 6;
		int values = 1 + rand_r(&seed) % 8;

		for (size_t k = 0; k < n + m; k++)
			pool[k] = rand_r(&seed) % values;
		ASSERT_EQ(stats_mann_whitney(pool, n, pool + n, m, &u), 0);
		enumerate(pool, n + m, n, u.u, &less, &greater);
		EXPECT_NEAR(u.less, less, 1e-14);
		EXPECT_NEAR(u.greater, greater, 1e-14);
		EXPECT_NEAR(u.two_sided, fmin(1, 2 * fmin(less, greater)), 1e-14);
	}
}

TEST(nothing_but_ties)
{
	static const double x[64];
	struct mann_whitney u;
	size_t n[] = { 1, 5, 32, 33 };

	for (size_t i = 0; i < SIZE(n); i++) {
		ASSERT_EQ(stats_mann_whitney(x, n[i], x, n[i], &u), 0);
		EXPECT_EQ(u.u, n[i] * n[i] / 2.);
		EXPECT_EQ(u.less, 1);
		EXPECT_EQ(u.greater, 1);
		EXPECT_EQ(u.two_sided, 1);
	}
}

/* The larger the samples, the nearer the approximation comes to what is exact. */
TEST(normal_approximation)
{
	double x[40], y[40];
	struct mann_whitney exact, near = { .u = 0 };
	size_t i;

	rank_normal(5, 5, 0, &near);
	EXPECT_NEAR(near.two_sided, .01218578036, 1e-9);
	EXPECT_FALSE(near.exact);
	for (i = 0; i < 40; i++) {
		x[i] = i * 7 % 40;
		y[i] = i * 11 % 40 + 6;
	}
	ASSERT_EQ(stats_mann_whitney(x, 32, y, 32, &exact), 0);
	near.u = exact.u;
	rank_normal(32, 32, 0, &near);
	EXPECT_TRUE(exact.exact);
	EXPECT_NEAR(near.less, exact.less, 0.05);
	EXPECT_NEAR(near.greater, exact.greater, 0.05);
	ASSERT_EQ(stats_mann_whitney(x, 33, y, 33, &near), 0);
	EXPECT_FALSE(near.exact);
	ASSERT_EQ(stats_mann_whitney(y, 33, x, 33, &exact), 0);
	EXPECT_NEAR(exact.greater, near.less, 1e-14);
}

TEST(shift_of_known_samples)
{
	static const double a[] = { 1, 2, 3, 4, 5 }, b[] = { 6, 7, 8, 9, 10 };
	static const double g[] = { 9.41, 9.38, 9.44, 9.40, 9.39, 9.42 };
	static const double h[] = { 9.12, 9.20, 9.43, 9.15, 9.18, 9.10 };
	static const double d[] = D10, e[] = { 1.15, .88, .90, .74, 1.21 };
	struct shift s;

	ASSERT_EQ(stats_shift(a, 5, b, 5, 0.95, &s), 0);
	EXPECT_EQ(s.estimate, -5);
	EXPECT_EQ(s.low, -8);
	EXPECT_EQ(s.high, -2);
	EXPECT_NEAR(s.level, 1 - 8 / 252., 1e-14);	/* P(U <= 2) is 4 / 252 */
	ASSERT_EQ(stats_shift(g, 6, h, 6, 0.95, &s), 0);
	EXPECT_NEAR(s.estimate, .24, 1e-12);
	EXPECT_NEAR(s.low, .01, 1e-12);
	EXPECT_NEAR(s.high, .30, 1e-12);
	ASSERT_EQ(stats_shift(d, 10, e, 5, 0.95, &s), 0);
	EXPECT_NEAR(s.estimate, .305, 1e-12);
	EXPECT_NEAR(s.low, -.15, 1e-12);
	EXPECT_NEAR(s.high, .76, 1e-12);
}

TEST(shift_of_few)
{
	static const double x[] = { 1, 2, 4 }, y[] = { 10, 20, 40 };
	struct shift s;

	ASSERT_EQ(stats_shift(x, 3, y, 3, 0.95, &s), 0);
	EXPECT_EQ(s.low, -39);
	EXPECT_EQ(s.high, -6);
	EXPECT_NEAR(s.level, 0.9, 1e-14);
	ASSERT_EQ(stats_shift(x, 1, y, 1, 0.95, &s), 0);
	EXPECT_EQ(s.estimate, -9);
	EXPECT_EQ(s.low, -9);
	EXPECT_EQ(s.high, -9);
	EXPECT_EQ(s.level, 0);
	ASSERT_EQ(stats_shift(x, 3, x, 3, 0, &s), 0);
	EXPECT_LE(s.low, s.high);
}

/*
 * All differences are distinct, from 1 to n m, so that the interval shows the k. Those of the exact
 * distribution, by the generating function of U: the approximation beyond it is one off at most.
 */
TEST(shift_of_many)
{
	static const struct {
		size_t n, m, k;
		double level;
	} known[] = {
		{ 20, 20, 128, .9509096748 }, { 33, 33, 392, .9507118231 },
		{ 40, 40, 597, .9501612721 }, { 60, 60, 1427, .9502930274 },
		{ 33, 10, 97, .9522224283 }, { 33, 3, 16, .9512605042 }, { 45, 5, 52, .9538041118 },
		{ 33, 2, 6, .9596638655 }, { 60, 1, 1, 1 - 2 / 61. },
	};
	double x[60], y[60];
	struct shift s;

	for (size_t i = 0; i < SIZE(known); i++) {
		size_t n = known[i].n, m = known[i].m;

		for (size_t k = 0; k < 60; k++) {
			x[k] = (k + 1.) * m;
			y[k] = k;
		}
		ASSERT_EQ(stats_shift(x, n, y, m, 0.95, &s), 0);
		EXPECT_EQ(s.low + s.high, n * m + 1);
		EXPECT_EQ(s.estimate, (n * m + 1) / 2.);
		EXPECT_LE(fabs(s.low - known[i].k), n > STATS_RANK_EXACT);
		EXPECT_NEAR(s.level, known[i].level, n > STATS_RANK_EXACT ? 0.02 : 1e-9);
	}
}

TEST(huge_and_tiny)
{
	static const double x[] = { 1e300, -1e300, 3e300 }, y[] = { 1e-300, 2e-300, 0, -0.0 };
	struct mann_whitney u;
	struct shift s;

	ASSERT_EQ(stats_mann_whitney(x, 3, y, 4, &u), 0);
	EXPECT_EQ(u.u, 8);
	ASSERT_EQ(stats_shift(x, 3, y, 4, 0.9, &s), 0);
	EXPECT_EQ(s.estimate, 1e300);
	ASSERT_EQ(stats_mann_whitney(y, 2, y + 2, 2, &u), 0);
	EXPECT_EQ(u.u, 4);
	ASSERT_EQ(stats_mann_whitney(y + 2, 1, y + 3, 1, &u), 0);
	EXPECT_EQ(u.u, 0.5);
}

TEST(too_many_for_the_memory)
{
	double x = 1;
	struct mann_whitney u;
	struct shift s;

	EXPECT_EQ(stats_mann_whitney(&x, SIZE_MAX / 4, &x, 1, &u), -ENOMEM);
	EXPECT_EQ(stats_shift(&x, SIZE_MAX / 4, &x, 1, 0.9, &s), -ENOMEM);
}

/* What a comparison of all metrics of a scenario takes, times ten. */
TEST(speed)
{
	double x[20], y[20], begin = cpu_s(), taken;
	struct mann_whitney u;
	struct shift s;
	unsigned int seed = 1;

	for (int i = 0; i < 1000; i++) {
		for (int k = 0; k < 20; k++) {
			x[k] = rand_r(&seed) % (i % 2 ? 10 : 1000000);
			y[k] = rand_r(&seed) % (i % 2 ? 10 : 1000000);
		}
		ASSERT_EQ(stats_mann_whitney(x, 20, y, 20, &u), 0);
		ASSERT_EQ(stats_shift(x, 20, y, 20, 0.95, &s), 0);
	}
	taken = cpu_s() - begin;
	TH_LOG("1000 tests and intervals of 20 against 20: %.3f s", taken);
	EXPECT_LT(taken, 5);
}

TEST_HARNESS_MAIN
