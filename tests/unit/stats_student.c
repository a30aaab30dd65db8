// SPDX-License-Identifier: GPL-2.0
/* Expected values are those of R 4.2.2. */
#include "kselftest_harness.h"
#include "near.h"
#include "stats/student.h"

TEST(incomplete_beta)
{
	EXPECT_NEAR(stats_incomplete_beta(0.3, 2, 5), 0.579825, 1e-14);
	EXPECT_EQ(stats_incomplete_beta(0, 2, 5), 0);
	EXPECT_EQ(stats_incomplete_beta(1, 2, 5), 1);
	/* I_x(1, 1) = x, I_x(a, 1) = x^a, I_x(a, b) = 1 - I_(1-x)(b, a) */
	for (double x = 0.05; x < 1; x += 0.05) {
		EXPECT_NEAR(stats_incomplete_beta(x, 1, 1), x, 1e-14);
		EXPECT_NEAR(stats_incomplete_beta(x, 7.5, 1), pow(x, 7.5), 1e-13);
		EXPECT_NEAR(stats_incomplete_beta(x, 3.5, 20),
			    1 - stats_incomplete_beta(1 - x, 20, 3.5), 1e-12);
	}
	EXPECT_NEAR(stats_incomplete_beta(0.5, 1e6, 1e6), 0.5, 1e-9);
}

TEST(t_probability)
{
	EXPECT_NEAR(stats_t_probability(1.5, 2.7), 0.8798714048, 1e-10);
	EXPECT_NEAR(stats_t_probability(-1.5, 2.7), 1 - 0.8798714048, 1e-9);
	EXPECT_EQ(stats_t_probability(0, 3), 0.5);
	EXPECT_EQ(stats_t_probability(INFINITY, 3), 1);
	EXPECT_EQ(stats_t_probability(-INFINITY, 3), 0);
	/* df 1 is Cauchy's distribution; df 2 has a closed form. */
	EXPECT_NEAR(stats_t_probability(-1e6, 1), 3.1830988618368e-7, 1e-12);
	EXPECT_NEAR(stats_t_probability(-1e200, 1), 1 / M_PI * 1e-200, 1e-12);
	EXPECT_NEAR(stats_t_probability(3, 2), 0.5 + 1.5 / sqrt(11), 1e-14);
	/* the normal distribution at last */
	EXPECT_NEAR(stats_t_probability(-1.959963984540054, 1e9), 0.025, 1e-6);
}

TEST(t_quantiles)
{
	static const struct {
		double df, p975, p95;
	} known[] = {
		{ 2, 4.302653, 2.919986 }, { 3, 3.182446, 2.353363 }, { 4, 2.776445, 2.131847 },
		{ 5, 2.570582, 2.015048 }, { 8, 2.306004, 1.859548 }, { 9, 2.262157, 1.833113 },
		{ 18, 2.100922, 1.734064 },
	};

	for (size_t i = 0; i < SIZE(known); i++) {
		EXPECT_NEAR(stats_t_quantile(0.975, known[i].df), known[i].p975, 3e-7);
		EXPECT_NEAR(stats_t_quantile(0.95, known[i].df), known[i].p95, 3e-7);
		EXPECT_NEAR(stats_t_quantile(0.05, known[i].df), -known[i].p95, 3e-7);
	}
	EXPECT_EQ(stats_t_quantile(0.5, 7), 0);
	EXPECT_NEAR(stats_t_quantile(1e-100, 1), -1e100 / M_PI, 1e-12);
	for (double p = 0.001; p < 1; p += 0.0499)
		EXPECT_NEAR(stats_t_probability(stats_t_quantile(p, 3.3), 3.3), p, 1e-13);
}

static const double sleep_1[] = { 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 };
static const double sleep_2[] = { 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 };

TEST(welch)
{
	static const struct {
		double x[6], y[6];
		size_t n, m;
		double t, df, p;
	} known[] = {
		{ { 1, 2, 3, 4, 5 }, { 6, 7, 8, 9, 10 }, 5, 5, -5, 8, .001052825793 },
		{ { 1.1, 2.2, 3.3, 4.4, 5.5 }, { 2, 3, 6, 7, 8 }, 5, 5, -1.362366005, 7.000335396,
		  .215290663 },
		{ { 19, 22, 16, 29, 24 }, { 20, 11, 17, 12 }, 5, 4, 2.283148256, 6.928837483,
		  .05675092592 },
		{ { 10.1, 10.3, 10.2 }, { 10.8, 10.9, 11.4 }, 3, 3, -4.287464629, 2.383505155,
		  .03653376559 },
		{ { 9.41, 9.38, 9.44, 9.40, 9.39, 9.42 }, { 9.12, 9.20, 9.43, 9.15, 9.18, 9.10 },
		  6, 6, 4.215013453, 5.323136928, .007291960949 },
	};
	struct welch w;

	for (size_t i = 0; i < SIZE(known); i++) {
		stats_welch(known[i].x, known[i].n, known[i].y, known[i].m, &w);
		EXPECT_NEAR(w.t, known[i].t, 1e-9);
		EXPECT_NEAR(w.df, known[i].df, 1e-9);
		EXPECT_NEAR(w.p, known[i].p, 1e-9);
	}
	stats_welch(sleep_1, 10, sleep_2, 10, &w);
	EXPECT_NEAR(w.t, -1.860813467, 1e-9);
	EXPECT_NEAR(w.df, 17.77647352, 1e-9);
	EXPECT_NEAR(w.p, .07939414019, 1e-9);
	EXPECT_NEAR(w.difference - w.se * stats_t_quantile(0.975, w.df), -3.365483231, 1e-9);
	EXPECT_NEAR(w.difference + w.se * stats_t_quantile(0.975, w.df), .2054832307, 1e-9);
}

TEST(welch_without_spread)
{
	static const double a[] = { 0.1, 0.1, 0.1 }, b[] = { 0.3, 0.3, 0.3, 0.3 };
	struct welch w;
	struct tost t;

	stats_welch(b, 4, a, 3, &w);
	EXPECT_EQ(w.t, INFINITY);
	EXPECT_EQ(w.p, 0);
	EXPECT_EQ(w.se, 0);
	EXPECT_EQ(w.df, 5);
	stats_tost(&w, 0.5, 0.05, &t);
	EXPECT_EQ(t.p, 0);
	EXPECT_NEAR(t.low, 0.2, 1e-14);
	EXPECT_EQ(t.high, t.low);
	stats_tost(&w, 0.1, 0.05, &t);
	EXPECT_EQ(t.p, 1);
	stats_welch(a, 3, b, 4, &w);
	EXPECT_EQ(w.t, -INFINITY);
	EXPECT_EQ(w.p, 0);
	stats_welch(a, 3, a, 3, &w);
	EXPECT_EQ(w.t, 0);
	EXPECT_EQ(w.p, 1);
}

/* t, df and p do not depend on the unit. */
TEST(welch_huge_and_tiny)
{
	static const double unit[] = { 1e300, 1e-300, 1e-162, 1e160 };
	double x[] = { 1, 2, 3, 4, 5 }, y[] = { 6, 7, 8, 9, 10 }, a[5], b[5];
	struct welch w;

	for (size_t i = 0; i < SIZE(unit); i++) {
		for (size_t k = 0; k < 5; k++) {
			a[k] = x[k] * unit[i];
			b[k] = y[k] * unit[i];
		}
		stats_welch(a, 5, b, 5, &w);
		EXPECT_NEAR(w.t, -5, 1e-12);
		EXPECT_NEAR(w.df, 8, 1e-12);
		EXPECT_NEAR(w.p, .001052825793, 1e-9);
	}
}

TEST(tost)
{
	static const double x[] = { 100, 101, 99, 100.5, 99.5 };
	static const double y[] = { 101, 102, 100.4, 101.2, 100.9 };
	struct welch w;
	struct tost t;

	stats_welch(y, 5, x, 5, &w);
	EXPECT_NEAR(w.difference, 1.1, 1e-12);
	EXPECT_NEAR(w.se, .43931765, 1e-8);
	EXPECT_NEAR(w.df, 7.358191, 1e-7);
	stats_tost(&w, 5, 0.05, &t);
	EXPECT_NEAR(t.t_low, 13.885169, 1e-7);
	EXPECT_NEAR(t.p_low, 7.606e-7, 3e-4);
	EXPECT_NEAR(t.t_high, -8.877403, 1e-7);
	EXPECT_NEAR(t.p_high, 1.724e-5, 3e-4);
	EXPECT_EQ(t.p, t.p_high);
	EXPECT_NEAR(t.low, .273734, 2e-6);
	EXPECT_NEAR(t.high, 1.926266, 1e-6);
	/* equivalent at alpha exactly where the interval of 1 - 2 alpha lies within */
	stats_tost(&w, t.high, 0.05, &t);
	EXPECT_NEAR(t.p, 0.05, 1e-9);
}

/* power.t.test(); the last is the example of its manual, n = 20, delta = 1: power 0.8689528. */
TEST(detectable)
{
	EXPECT_LT(fabs(stats_detectable(3, 0.05, 0.8) - 3.07), 0.005);
	EXPECT_LT(fabs(stats_detectable(5, 0.05, 0.8) - 2.02), 0.005);
	EXPECT_LT(fabs(stats_detectable(10, 0.05, 0.8) - 1.32), 0.005);
	EXPECT_NEAR(stats_detectable(20, 0.05, 0.8689528), 1, 1e-6);
}

TEST(detectable_at_the_edges)
{
	static const double alpha[] = { 1e-6, 0.05 / 3, 0.3 }, power[] = { 0.001, 0.5, 0.999 };

	for (size_t n = 2; n < 3000; n = n * 3 / 2 + 1)
		for (size_t i = 0; i < SIZE(alpha); i++) {
			double before = -1;

			for (size_t k = 0; k < SIZE(power); k++) {
				double d = stats_detectable(n, alpha[i], power[k]);

				ASSERT_TRUE(isfinite(d) && d >= 0 && d >= before)
					TH_LOG("n %zu, %g, %g: %g", n, alpha[i], power[k], d);
				before = d;
			}
		}
	EXPECT_EQ(stats_detectable(5, 0.1, 0.04), 0);
	/* the normal approximation holds for many */
	EXPECT_NEAR(stats_detectable(2000, 0.05, 0.8), 2.801585 * sqrt(2. / 2000), 1e-3);
}

TEST_HARNESS_MAIN
