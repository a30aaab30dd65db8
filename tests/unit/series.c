// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdlib.h>

#include "kselftest_harness.h"
#include "history/series.h"
#include "report/picture.h"

static const struct series_rule percent = { .tolerance = 0.01 };

enum { LONGEST = 200 };

/* A series made of @n levels of @each elements, with a little noise of which none is equal. */
static size_t fill(double *x, const double *levels, size_t n, size_t each)
{
	size_t i;

	for (i = 0; i < n * each; i++)
		x[i] = levels[i / each] + 0.001 * (i * 7 % 11) + 1e-6 * i;
	return n * each;
}

static struct series split(const double *x, size_t n, const struct series_rule *rule)
{
	struct series s;

	if (series_split(x, n, rule, &s))
		abort();
	return s;
}

/* How many changes there are in @n levels of @each elements. */
static size_t changes(const double *levels, size_t n, size_t each, const struct series_rule *rule)
{
	double x[LONGEST];
	struct series s = split(x, fill(x, levels, n, each), rule);

	free(s.list);
	return s.n - 1;
}

TEST(one_change)
{
	const double levels[] = { 100, 103 };
	double x[LONGEST];
	struct series s = split(x, fill(x, levels, 2, 20), &percent);

	ASSERT_EQ(s.n, 2);
	EXPECT_EQ(s.list[0].first, 0);
	EXPECT_EQ(s.list[0].n, 20);
	EXPECT_EQ(s.list[0].p, 1);
	EXPECT_EQ(s.list[1].first, 20);
	EXPECT_EQ(s.list[1].n, 20);
	EXPECT_EQ(s.list[1].p, 0.001);
	EXPECT_LT(fabs(s.list[0].median - 100.005), 0.002);
	EXPECT_LT(fabs(s.list[1].median - 103.005), 0.002);
	/* each about its own centre, and all of them together too */
	EXPECT_LT(s.list[1].mad, 0.005);
	EXPECT_LT(s.spread, 0.005);
	EXPECT_GT(s.spread, 0.001);
	free(s.list);
}

TEST(there_and_back)
{
	const double levels[] = { 100, 103, 100 };
	double x[LONGEST];
	struct series s = split(x, fill(x, levels, 3, 20), &percent);

	ASSERT_EQ(s.n, 3);
	EXPECT_EQ(s.list[1].first, 20);
	EXPECT_EQ(s.list[2].first, 40);
	EXPECT_EQ(s.list[2].n, 20);
	free(s.list);
}

TEST(what_is_no_change)
{
	const struct series_rule floor = { .tolerance = 0.01, .floor = 5 };
	const double step[] = { 100, 103 }, small[] = { 100, 100.9 }, steps[] = { 100, 100.6, 101 };
	const double none[] = { 0, 0 }, from_none[] = { 0, 1 };

	EXPECT_EQ(changes(step, 2, 20, &percent), 1);
	EXPECT_EQ(changes(step, 2, 20, &floor), 0);
	EXPECT_EQ(changes(small, 2, 20, &percent), 0);
	EXPECT_EQ(changes(steps, 3, 20, &percent), 0);
	EXPECT_EQ(changes(none, 2, 20, &floor), 0);
	EXPECT_EQ(changes(from_none, 2, 20, &floor), 0);
	EXPECT_EQ(changes(from_none, 2, 20, &percent), 1);
}

/* A change that counts stays where one beside it does not, and is measured from both together. */
TEST(small_beside_great)
{
	const double levels[] = { 100, 100.4, 110 };
	double x[LONGEST];
	struct series s = split(x, fill(x, levels, 3, 20), &percent);

	ASSERT_EQ(s.n, 2);
	EXPECT_EQ(s.list[0].n, 40);
	EXPECT_LT(fabs(s.list[0].median - 100.2), 0.21);
	EXPECT_EQ(s.list[1].first, 40);
	free(s.list);
}

TEST(too_few)
{
	const double levels[] = { 100, 200 };
	double x[LONGEST];
	struct series s;
	size_t n;

	for (n = 0; n < SERIES_RECORDS; n++) {
		fill(x, levels, 2, n / 2 + 1);
		s = split(x, n, &percent);
		EXPECT_EQ(s.n, n > 0);
		free(s.list);
	}
	EXPECT_EQ(changes(levels, 2, 10, &percent), 1);
}

/* One record that stands apart is no change, wherever it is; three are. */
TEST(outliers)
{
	const double level[] = { 100 };
	double x[LONGEST];
	struct series s;
	size_t n, at;

	for (at = 0; at < 160; at += 53) {
		n = fill(x, level, 1, 160);
		x[at] = 120;
		s = split(x, n, &percent);
		EXPECT_EQ(s.n, 1);
		free(s.list);
	}
	n = fill(x, level, 1, 160);
	x[n - 1] = x[n - 2] = x[n - 3] = 120;
	s = split(x, n, &percent);
	ASSERT_EQ(s.n, 2);
	EXPECT_EQ(s.list[1].first, n - 3);
	free(s.list);
	/* no segment is of two, though they be alike */
	x[n - 3] = 100;
	s = split(x, n, &percent);
	for (at = 0; at < s.n; at++)
		EXPECT_GE(s.list[at].n, 3);
	free(s.list);
}

/* With alpha 0.001, noise of 5 % that a tolerance of 1 % does not hide is hardly ever a change. */
TEST(noise)
{
	double x[60];
	struct series s;
	size_t found = 0, i, k;

	srand(1);
	for (i = 0; i < 200; i++) {
		for (k = 0; k < 60; k++)
			x[k] = 100 + 5.0 * rand() / RAND_MAX;
		s = split(x, 60, &percent);
		found += s.n - 1;
		free(s.list);
	}
	EXPECT_LE(found, 2);
}

TEST(pictures)
{
	const double steps[] = { 1, 1, 1, 5, 5, 5, 3 };
	double many[1000];
	size_t at[] = { 3, 6 };
	char text[PICTURE_SIZE];

	ASSERT_EQ(picture_draw(steps, 7, 0.1, at, 2, text), 0);
	EXPECT_STREQ(text, "___|^^^|-");
	ASSERT_EQ(picture_draw(steps, 7, 100, NULL, 0, text), 0);
	EXPECT_STREQ(text, "_______");
	ASSERT_EQ(picture_draw(steps, 0, 1, NULL, 0, text), 0);
	EXPECT_STREQ(text, "");
	for (size_t i = 0; i < 1000; i++)
		many[i] = i < 500 ? 1 : 2;
	at[0] = 500;
	ASSERT_EQ(picture_draw(many, 1000, 0, at, 1, text), 0);
	EXPECT_STREQ(text, "________________|^^^^^^^^^^^^^^^^");
	/* a bar for each column at most */
	at[0] = 1;
	at[1] = 2;
	ASSERT_EQ(picture_draw(many, 1000, 0, at, 2, text), 0);
	EXPECT_STREQ(text, "|________________^^^^^^^^^^^^^^^^");
}

TEST_HARNESS_MAIN
