// SPDX-License-Identifier: GPL-2.0
/*
 * What the judge's arithmetic costs: 1,000 metrics of 20 + 20 runs, decided by interval and tested
 * by Mann-Whitney with and without ties, and E-divisive on 10,000 points. CPU seconds and the peak
 * memory of the process so far; exit code 1 where one takes a second or more.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "judge/decide.h"
#include "stats/divisive.h"
#include "stats/rank.h"

enum { METRICS = 1000, RUNS = 20, POINTS = 10000 };

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Nearly normal around 100, standard deviation 5, in steps of @step. */
static double value(double step)
{
	double sum = 0;

	for (int i = 0; i < 12; i++)
		sum += drand48();
	return round((100 + 5 * (sum - 6)) / step) * step;
}

static void fill(double *x, size_t n, double step)
{
	while (n--)
		x[n] = value(step);
}

static int decide_many(double step)
{
	static const struct decision_rule rule = {
		.better = BETTER_LOWER, .tolerance = 0.05, .interval = true,
	};
	double base[RUNS], test[RUNS];
	struct mann_whitney w;
	struct decision d;

	for (int i = 0; i < METRICS; i++) {
		fill(base, RUNS, step);
		fill(test, RUNS, step);
		if (decide(&rule, base, RUNS, test, RUNS, &d) ||
		    stats_mann_whitney(test, RUNS, base, RUNS, &w))
			return -1;
	}
	return 0;
}

static long changes_in(size_t step_every)
{
	static const struct divisive_options options = {
		.alpha = 0.001, .permutations = 999, .least = 3, .seed = 1,
	};
	static struct change_point found[POINTS];
	static double x[POINTS];

	fill(x, POINTS, 1e-9);
	for (size_t i = 0; step_every && i < POINTS; i++)
		x[i] += i / step_every % 2 ? 15 : 0;
	return stats_divisive(x, POINTS, &options, found, POINTS);
}

/* One line; 1 where @since is a second ago or more. */
static int report(const char *what, double since, long found)
{
	double took = cpu_seconds() - since;
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("%-46s %6.3f s CPU, peak %ld KiB", what, took, u.ru_maxrss);
	if (found >= 0)
		printf(", %ld changes", found);
	putchar('\n');
	return took >= 1;
}

int main(void)
{
	double since = cpu_seconds();
	int bad = 0;

	if (decide_many(1e-9))
		return 2;
	bad |= report("1,000 metrics of 20 + 20 runs", since, -1);
	since = cpu_seconds();
	if (decide_many(1))
		return 2;
	bad |= report("1,000 metrics of 20 + 20 runs, many ties", since, -1);
	since = cpu_seconds();
	bad |= report("E-divisive on 10,000 points of noise", since, changes_in(0));
	since = cpu_seconds();
	bad |= report("E-divisive on 10,000 points, 19 steps", since, changes_in(500));
	return bad;
}
