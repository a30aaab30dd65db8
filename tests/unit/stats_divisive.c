// SPDX-License-Identifier: GPL-2.0
/*
 * Expected statistics are worked out by hand, or by the definition. The numbers of noise series are
 * fixed: what is found in them never differs from run to run.
 */
#include <time.h>

#include "kselftest_harness.h"
#include "near.h"
#include "stats/divisive.h"
#include "stats/divisive_impl.h"

enum { LONG = 10000 };

static const struct divisive_options usual = {
	.alpha = 0.001, .permutations = 999, .least = 3, .seed = 1,
};

static double x[LONG];
static struct change_point out[LONG];
static uint64_t state = 1;

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* xorshift64: Marsaglia 2003. Within 0 and 1. */
static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

static double skewed(void)
{
	return exp(normal());
}

static double outliers(void)
{
	return normal() * (uniform() < 0.08 ? 10 : 1);
}

static double whole(void)
{
	return floor(4 * uniform());
}

static const struct {
	const char *name;
	double (*draw)(void);
} noises[] = { { "normal", normal }, { "skewed", skewed }, { "outliers", outliers },
	       { "integers", whole } };

TEST(energy)
{
	static const double a[] = { 1, 2, 3 }, b[] = { 5, 6, 7 };

	/* 2/6 * 36 - 2*3/(6*2) * 4 - the same */
	EXPECT_EQ(stats_energy(a, 3, b, 3), 8);
	EXPECT_EQ(stats_energy(b, 3, a, 3), 8);
	EXPECT_EQ(stats_energy(a, 1, b, 1), 4);
	/* 2/4 * 15 - 0 - 2*1/(4*2) * 4 */
	EXPECT_NEAR(stats_energy(a, 1, b, 3), 6.5, 1e-15);
	EXPECT_EQ(stats_energy(a, 0, b, 3), 0);
	EXPECT_EQ(stats_energy(a, 0, b, 0), 0);
}

static const double metric1[] = { 154023, 138455, 143112, 149190, 132098, 151344, 155145, 148889,
				  149466, 148210 };
static const double metric2[] = { 10.43, 10.23, 10.29, 10.91, 10.34, 10.69, 9.23, 9.11, 9.13,
				  9.03 };

TEST(best_split)
{
	static const struct {
		double x[10];
		size_t n, tau, kappa;
		double q;
	} known[] = {
		{ { 1, 1, 1, 1, 5, 5, 5, 5 }, 8, 4, 8, 16 },
		{ { 10, 11, 10, 12, 11, 15, 16, 15, 17, 16 }, 10, 5, 10, 20 },
		{ { 3, 3, 3 }, 3, 0, 0, 0 },
		{ { 3 }, 1, 0, 0, 0 },
		{ { 3 }, 0, 0, 0, 0 },
		{ { 3, 8 }, 2, 1, 2, 5 },
	};
	size_t tau, kappa;

	for (size_t i = 0; i < SIZE(known); i++) {
		EXPECT_NEAR(stats_best_split(known[i].x, known[i].n, &tau, &kappa), known[i].q,
			    1e-14);
		EXPECT_EQ(tau, known[i].tau);
		EXPECT_EQ(kappa, known[i].kappa);
	}
	/* samples in the documentation of Otava */
	EXPECT_NEAR(stats_best_split(metric1, 10, &tau, &kappa), 15568, 1e-4);
	EXPECT_EQ(tau, 1);
	EXPECT_EQ(kappa, 2);
	EXPECT_NEAR(stats_best_split(metric2, 10, &tau, &kappa), 5.5136, 1e-5);
	EXPECT_EQ(tau, 6);
	EXPECT_EQ(kappa, 10);
}

/* Both ways to search must agree with the definition. */
TEST(searches_as_defined)
{
	static struct segment s;
	double inside[52], across[52], inverse[52];
	struct split_room room = { inside, across, inverse };
	struct split split;

	for (size_t i = 0; i < 40; i++) {
		size_t n = 2 + i % 30, least = 1 + i % 4, tau, t, k;
		double best = 0, last = 0;

		for (k = 0; k < n; k++)
			x[k] = noises[i % 4].draw() + 1000;
		for (k = 2 * least; k <= n; k++)
			for (t = least; t + least <= k; t++) {
				best = fmax(best, stats_energy(x, t, x + t, k - t));
				if (k == n)
					last = fmax(last, stats_energy(x, t, x + t, k - t));
			}
		split = energy_search(x, n, least, INFINITY, &room);
		EXPECT_NEAR(split.q, best, 1e-9);
		energy_rank(x, n, &s);
		EXPECT_NEAR(energy_scan(&s, s.order, least, &tau), last, 1e-9);
		if (last > 0)
			EXPECT_NEAR(stats_energy(x, tau, x + tau, n - tau), last, 1e-9);
	}
}

/* With 499 permutations R gave .958 and .014. */
TEST(p_by_permutations)
{
	double inside[12], across[12], inverse[12];
	struct split_room room = { inside, across, inverse };
	uint64_t random = 1;
	struct trial t = { .alpha = 1, .permutations = 4999, .limit = 4999, .state = &random };

	EXPECT_LT(fabs(trial_search(&t, metric1, 10, 1, 15568, &room) - .958), 0.03);
	EXPECT_LT(fabs(trial_search(&t, metric2, 10, 1, 5.5136, &room) - .014), 0.01);
}

/* Of noise, the first permutations end the test: a thousand million would take hours. */
TEST(ends_when_sure)
{
	static struct segment s;
	uint64_t random = 1;
	struct trial t = { 1e-9, 999999999, 999999999, &random };
	size_t tau;

	for (size_t k = 0; k < 2 * REACH; k++)
		x[k] = normal();
	energy_rank(x, 2 * REACH, &s);
	EXPECT_LT(t.alpha, trial_scan(&t, &s, 3, energy_scan(&s, s.order, 3, &tau)));
	t = (struct trial){ 0.001, 999, 3996, &random };
	EXPECT_EQ(trial_scan(&t, &s, 3, 1e9), 0.001);
	/* With too few permutations for alpha, nothing is significant. */
	t = (struct trial){ 0.001, 99, 396, &random };
	EXPECT_LT(t.alpha, trial_scan(&t, &s, 3, 1e9));
}

static const double steps[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
				5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 };

TEST(twelve_and_twelve)
{
	ASSERT_EQ(stats_divisive(steps, 24, &usual, out, LONG), 1);
	EXPECT_EQ(out[0].at, 12);
	EXPECT_EQ(out[0].p, 0.001);
	EXPECT_NEAR(out[0].q, 48, 1e-12);	/* 2/24 * 144 * 4 */
}

TEST(short_and_constant)
{
	static const double level[] = { 0, 0.1, 1e300, 1e-300, -5 };

	for (size_t i = 0; i < SIZE(level); i++) {
		for (size_t k = 0; k < LONG; k++)
			x[k] = level[i];
		EXPECT_EQ(stats_divisive(x, 100, &usual, out, LONG), 0);
		EXPECT_EQ(stats_divisive(x, LONG, &usual, out, LONG), 0);
	}
	for (size_t n = 0; n < 6; n++)
		EXPECT_EQ(stats_divisive(steps + 10, n, &usual, out, LONG), 0);
}

TEST(huge_and_tiny)
{
	static const double unit[] = { 1e300, -1e300, 1e-300, 4e-308 };
	double y[300];

	for (size_t i = 0; i < SIZE(unit); i++) {
		for (size_t k = 0; k < 300; k++)
			y[k] = (k < 150 ? 1 : 5) * unit[i];
		ASSERT_EQ(stats_divisive(y, 300, &usual, out, LONG), 1);
		EXPECT_EQ(out[0].at, 150);
		EXPECT_NEAR(out[0].q, stats_energy(y, 150, y + 150, 150), 1e-9);
		EXPECT_EQ(out[0].p, 0.001);
	}
}

/* A small change on a large number: the distances, not the values, count. */
TEST(small_change_of_large_values)
{
	for (size_t k = 0; k < 60; k++)
		x[k] = 1e12 + (k < 30 ? 0 : 0.01) + 0.001 * uniform();
	ASSERT_EQ(stats_divisive(x, 60, &usual, out, LONG), 1);
	EXPECT_EQ(out[0].at, 30);
}

TEST(up_and_down)
{
	for (size_t k = 0; k < 100; k++)
		x[k] = normal() + (k >= 40 && k < 60 ? 4 : 0);
	ASSERT_EQ(stats_divisive(x, 100, &usual, out, LONG), 2);
	EXPECT_LE(fabs(out[0].at - 40.), 1);
	EXPECT_LE(fabs(out[1].at - 60.), 1);
}

/* Wherever windows end, another has the change in its middle. */
TEST(at_any_place)
{
	for (size_t at = 400; at < 800; at += 16) {
		for (size_t k = 0; k < 1200; k++)
			x[k] = k % 10 + (k < at ? 0 : 6);
		ASSERT_EQ(stats_divisive(x, 1200, &usual, out, LONG), 1);
		EXPECT_LE(fabs((double)out[0].at - at), 5);
	}
}

TEST(room_and_memory)
{
	for (size_t k = 0; k < 300; k++)
		x[k] = k / 50 % 2 * 9 + uniform();
	ASSERT_EQ(stats_divisive(x, 300, &usual, out, LONG), 5);
	for (size_t i = 0; i < 5; i++)
		EXPECT_EQ(out[i].at, 50 * (i + 1));
	out[2].at = 7;
	EXPECT_EQ(stats_divisive(x, 300, &usual, out, 2), 2);
	EXPECT_EQ(out[1].at, 100);
	EXPECT_EQ(out[2].at, 7);
	EXPECT_EQ(stats_divisive(x, SIZE_MAX / 4, &usual, out, LONG), -ENOMEM);
}

TEST(deterministic)
{
	static struct change_point again[LONG];
	long n;

	for (size_t k = 0; k < 1000; k++)
		x[k] = normal() + k / 100 % 2 * 2;
	n = stats_divisive(x, 1000, &usual, out, LONG);
	ASSERT_LT(0, n);
	ASSERT_EQ(stats_divisive(x, 1000, &usual, again, LONG), n);
	for (long i = 0; i < n; i++) {
		EXPECT_EQ(out[i].at, again[i].at);
		EXPECT_EQ(out[i].p, again[i].p);
	}
}

/* Series of noise that have a change, of @series with @n elements; SIZE_MAX: a p is above alpha. */
static size_t false_alarms(double (*draw)(void), size_t n, size_t series, double alpha,
			   long *changes)
{
	struct divisive_options o = usual;
	size_t i, k, alarms = 0;
	long found;

	o.alpha = alpha;
	*changes = 0;
	for (i = 0; i < series; i++) {
		for (k = 0; k < n; k++)
			x[k] = draw();
		o.seed = i;
		found = stats_divisive(x, n, &o, out, LONG);
		alarms += found > 0;
		*changes += found;
		for (k = 0; (long)k < found; k++)
			if (!(out[k].p <= alpha))
				return SIZE_MAX;
	}
	return alarms;
}

/* Of 200 series, two at .01 are to be expected, and hardly one at .001. */
TEST(noise_has_no_change)
{
	static const size_t length[] = { 24, 100 };
	size_t strict, loose;
	long changes;

	for (size_t i = 0; i < SIZE(noises); i++)
		for (size_t k = 0; k < SIZE(length); k++) {
			strict = false_alarms(noises[i].draw, length[k], 200, 0.001, &changes);
			loose = false_alarms(noises[i].draw, length[k], 200, 0.01, &changes);
			TH_LOG("%s, 200 series of %zu: %zu at .001, %zu at .01", noises[i].name,
			       length[k], strict, loose);
			EXPECT_LE(strict, 2);
			EXPECT_LE(loose, 8);
		}
}

TEST(long_noise_has_few_changes)
{
	size_t alarms;
	long changes;

	for (size_t i = 0; i < SIZE(noises); i++) {
		alarms = false_alarms(noises[i].draw, LONG, 20, 0.001, &changes);
		TH_LOG("%s, 20 series of %d: %zu have %ld changes", noises[i].name, LONG, alarms,
		       changes);
		EXPECT_LE(alarms, 5);
	}
}

/* Three standard deviations in the middle of 24. */
TEST(power)
{
	size_t i, k, found = 0, near = 0;
	long n;

	for (i = 0; i < 500; i++) {
		for (k = 0; k < 24; k++)
			x[k] = normal() + (k < 12 ? 0 : 3);
		n = stats_divisive(x, 24, &usual, out, LONG);
		found += n > 0;
		near += n == 1 && out[0].at >= 11 && out[0].at <= 13;
	}
	TH_LOG("500 steps of 3 sigma in 24: %zu found, %zu within one element", found, near);
	EXPECT_LE(460, found);
	EXPECT_LE(440, near);
}

/* @steps steps of @height in a series of @draw: how many are found within two elements? */
static size_t steps_found(double (*draw)(void), size_t steps, double height, long *all,
			  double *taken)
{
	size_t part = LONG / (steps + 1), k, i, found = 0, nearest;

	for (k = 0; k < LONG; k++)
		x[k] = draw() + (k / part) % 2 * height;
	*taken = cpu_s();
	*all = stats_divisive(x, LONG, &usual, out, LONG);
	*taken = cpu_s() - *taken;
	for (i = 0; (long)i < *all; i++) {
		nearest = (out[i].at + part / 2) / part * part;
		found += nearest && fabs((double)out[i].at - nearest) <= 2;
	}
	return found;
}

static double none(void)
{
	return 0;
}

TEST(ten_thousand_in_time)
{
	static const struct {
		const char *what;
		double (*draw)(void);
		size_t steps;
		double height;
		size_t near, most;	/* at least at their place, and at most in all */
	} series[] = {
		{ "noise", normal, 0, 0, 0, 2 },
		{ "integers", whole, 0, 0, 0, 2 },
		{ "equal values", none, 0, 0, 0, 0 },
		{ "one big step", normal, 1, 10, 1, 3 },
		{ "one step of 1 sigma", normal, 1, 1, 0, 3 },
		{ "19 steps of 3 sigma", normal, 19, 3, 18, 21 },
		{ "19 steps of integers", whole, 19, 3, 18, 21 },
		{ "19 steps of equal values", none, 19, 1, 19, 19 },
		{ "99 steps of 5 sigma", normal, 99, 5, 98, 101 },
		{ "alternating", none, LONG - 1, 1, 0, 0 },
	};
	double taken;
	size_t near;
	long all;

	for (size_t i = 0; i < SIZE(series); i++) {
		near = steps_found(series[i].draw, series[i].steps, series[i].height, &all, &taken);
		TH_LOG("%s: %.3f s, %ld changes, %zu at their place", series[i].what, taken, all,
		       near);
		EXPECT_LT(taken, 5);
		EXPECT_LE(series[i].near, near);
		EXPECT_LE(all, series[i].most);
	}
}

TEST_HARNESS_MAIN
