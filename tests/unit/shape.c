// SPDX-License-Identifier: GPL-2.0
/* Shapes: which machine a scenario needs, and which scenarios share one. */
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "testbed/shape.h"

static int shape(const char *name, bool real_clock, const char *probes, struct shape *out)
{
	struct scenario s;
	int ret = scenario_parse(name, &s, NULL);

	return ret ? ret : shape_of(&s, &(struct shape_wish){ real_clock, SHAPE_SEED, probes }, out, NULL);
}

static bool same(const struct shape *a, const struct shape *b)
{
	return !strcmp(a->machine, b->machine) && !strcmp(a->cmdline, b->cmdline);
}

TEST(flows_and_direction_share_a_counted_machine)
{
	struct shape a, b;

	ASSERT_EQ(shape("lazy-bare-1flows", false, "all", &a), 0);
	ASSERT_EQ(shape("lazy-bare-20flows-tx", false, "all", &b), 0);
	EXPECT_TRUE(same(&a, &b));
	EXPECT_STREQ(a.name, b.name);
	EXPECT_EQ(b.vcpus, 1);
}

TEST(a_real_machine_has_a_cpu_for_each_flow)
{
	struct shape a;

	ASSERT_EQ(shape("strict-bare-16flows", true, "all", &a), 0);
	EXPECT_EQ(a.vcpus, 16);
	EXPECT_NE(strstr(a.machine, "-smp 16"), NULL);
	EXPECT_NE(strstr(a.machine, "thread=multi"), NULL);
	EXPECT_EQ(strstr(a.machine, "icount"), NULL);
}

TEST(modes_differ)
{
	static const char *const names[] = {
		"strict-bare-1flows", "lazy-bare-1flows", "passthrough-bare-1flows",
		"off-bare-1flows", "none-passthrough-1flows", "none-shadow-1flows",
		"none-nested-1flows", "none-nestedlazy-1flows",
	};
	struct shape shapes[8];

	for (int i = 0; i < 8; i++) {
		ASSERT_EQ(shape(names[i], false, "all", &shapes[i]), 0);
		for (int k = 0; k < i; k++)
			EXPECT_FALSE(same(&shapes[i], &shapes[k]));
	}
	EXPECT_NE(strstr(shapes[5].machine, "caching-mode=on"), NULL);
	EXPECT_STREQ(shapes[6].property, "fsts");
	EXPECT_EQ(shapes[0].property, NULL);
}

TEST(probes_make_another_machine)
{
	struct shape a, b;

	ASSERT_EQ(shape("strict-bare-1flows", false, "all", &a), 0);
	ASSERT_EQ(shape("strict-bare-1flows", false, "none", &b), 0);
	EXPECT_FALSE(same(&a, &b));
	EXPECT_STRNE(a.name, b.name);
}

TEST(two_levels_are_not_for_this_testbed)
{
	struct shape a;

	EXPECT_EQ(shape("strict-nested-1flows", false, "all", &a), -ENOTSUP);
}

TEST_HARNESS_MAIN
