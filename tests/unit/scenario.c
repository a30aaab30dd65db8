// SPDX-License-Identifier: GPL-2.0
#include "kselftest_harness.h"
#include "sample.h"
#include "scenario/matrix.h"
#include "scenario/scenario.h"

TEST(parts_of_a_name)
{
	struct scenario s;
	struct err e;

	ASSERT_EQ(scenario_parse("strict-bare-4flows", &s, &e), 0);
	EXPECT_STREQ(s.name, "strict-bare-4flows");
	EXPECT_EQ(s.host, HOST_STRICT);
	EXPECT_EQ(s.guest, GUEST_BARE);
	EXPECT_EQ(s.flows, 4);
	EXPECT_FALSE(s.tx);

	ASSERT_EQ(scenario_parse("none-nestedlazy-20flows-tx", &s, &e), 0);
	EXPECT_EQ(s.host, HOST_NONE);
	EXPECT_EQ(s.guest, GUEST_NESTEDLAZY);
	EXPECT_EQ(s.flows, 20);
	EXPECT_TRUE(s.tx);
}

/* Which pairs of host and guest exist: all 25 are tried. */
TEST(pairs)
{
	static const char *const good[] = {
		"strict-bare", "lazy-bare", "passthrough-bare", "off-bare",
		"none-passthrough", "none-shadow", "none-nested", "none-nestedlazy",
		"strict-passthrough", "strict-shadow", "strict-nested", "strict-nestedlazy",
		"lazy-passthrough", "lazy-shadow", "lazy-nested", "lazy-nestedlazy",
	};
	struct scenario s;
	struct err e;
	char name[64], pair[64];
	size_t i;
	bool want;

	for (enum host_mode h = HOST_NONE; h <= HOST_OFF; h++) {
		for (enum guest_mode g = GUEST_BARE; g <= GUEST_NESTEDLAZY; g++) {
			snprintf(pair, sizeof(pair), "%s-%s", host_mode_name(h),
				 guest_mode_name(g));
			snprintf(name, sizeof(name), "%.50s-1flows", pair);
			want = false;
			for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
				want |= !strcmp(pair, good[i]);
			EXPECT_EQ(scenario_parse(name, &s, &e), want ? 0 : -EINVAL) {
				TH_LOG("%s", name);
			}
		}
	}
}

TEST(two_levels)
{
	static const struct { const char *name; bool is; } of[] = {
		{ "strict-passthrough-4flows", true }, { "lazy-nestedlazy-1flows-tx", true },
		{ "strict-bare-4flows", false }, { "lazy-bare-4flows", false },
		{ "none-shadow-4flows", false }, { "passthrough-bare-4flows", false },
	};
	struct scenario s;
	struct err e;

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		ASSERT_EQ(scenario_parse(of[i].name, &s, &e), 0);
		EXPECT_EQ(scenario_two_levels(&s), of[i].is);
	}
}

/* The mode of a guest alone, as the host's agent is given it. */
TEST(modes_of_guests)
{
	static const char *const bad[] = { "", "nestedlazy2", "neste", "Nested", "strict", " bare" };
	enum guest_mode mode = GUEST_BARE;
	struct err e;

	for (enum guest_mode g = GUEST_BARE; g <= GUEST_NESTEDLAZY; g++) {
		ASSERT_EQ(guest_mode_parse(guest_mode_name(g), &mode, &e), 0);
		EXPECT_EQ(mode, g);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		mode = GUEST_SHADOW;
		EXPECT_EQ(guest_mode_parse(bad[i], &mode, &e), -EINVAL) {
			TH_LOG("'%s'", bad[i]);
		}
		EXPECT_EQ(mode, GUEST_SHADOW);
		EXPECT_NE(strstr(e.text, "must be bare, passthrough, shadow"), NULL);
	}
}

/* Each refusal names the part that is wrong. */
TEST(refusals)
{
	static const struct {
		const char *name, *says;
	} bad[] = {
		{ "", "HOST-GUEST" },
		{ "strict", "HOST-GUEST" },
		{ "strict-bare", "HOST-GUEST" },
		{ "strikt-bare-4flows", "'strikt' must be none, strict" },
		{ "Strict-bare-4flows", "'Strict'" },
		{ "strict-bar-4flows", "'bar' must be bare" },
		{ "strict-bare-3flows", "'3flows' must be 1flows" },
		{ "strict-bare-04flows", "'04flows'" },
		{ "strict-bare-4flow", "'4flow'" },
		{ "strict-bare-flows", "'flows'" },
		{ "strict-bare-4flows ", "'4flows '" },
		{ "strict-bare-4flows-rx", "'-rx'" },
		{ "strict-bare-4flows-tx-tx", "'-tx-tx'" },
		{ "strict-bare-4flows-", "'-' after" },
		{ "-bare-4flows", "'' must be none" },
		{ "off-nested-4flows", "IOMMU is off" },
		{ "passthrough-shadow-4flows", "passthrough goes with bare alone" },
		{ "none-bare-4flows", "must be a host" },
		{ "strict-nestedlazy-20flows-tx-and-much-more-that-does-not-fit", "HOST-GUEST" },
	};
	struct scenario s;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e.text[0] = '\0';
		EXPECT_EQ(scenario_parse(bad[i].name, &s, &e), -EINVAL) {
			TH_LOG("'%s'", bad[i].name);
		}
		EXPECT_NE(strstr(e.text, bad[i].says), NULL) {
			TH_LOG("'%s' says: %s", bad[i].name, e.text);
		}
	}
}

TEST(the_matrix_of_the_suite)
{
	struct matrix *m = malloc(sizeof(*m));
	char *path = places_source("tests/matrix");
	size_t i, quick = 0;
	struct err e;

	ASSERT_NE(path, NULL);
	ASSERT_EQ(matrix_load(path, m, &e), 0) {
		TH_LOG("%s", e.text);
	}
	for (i = 0; i < m->n; i++)
		quick += m->list[i].quick;
	EXPECT_GT(quick, 0);
	EXPECT_LT(quick, m->n);
	free(path);
	free(m);
}

TEST(a_wrong_matrix)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "strict-bare-4flows\n", ":1: must be" },
		{ "strict-bare-4flows quick now\n", ":1: must be" },
		{ "# first\nstrict-bare-5flows full\n", ":2: scenario" },
		{ "lazy-bare-4flows slow\n", "'slow' must be quick or full" },
		{ "lazy-bare-4flows full\nlazy-bare-4flows quick\n",
		  ":2: lazy-bare-4flows was named" },
	};
	struct matrix *m = malloc(sizeof(*m));
	char folder[64], path[96];
	struct err e;

	sample_make_folder(folder);
	snprintf(path, sizeof(path), "%s/matrix", folder);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ASSERT_EQ(file_write_atomic(path, bad[i].text, strlen(bad[i].text), &e), 0);
		EXPECT_EQ(matrix_load(path, m, &e), -EINVAL);
		EXPECT_NE(strstr(e.text, bad[i].says), NULL) {
			TH_LOG("%s", e.text);
		}
	}
	EXPECT_EQ(matrix_load("/nonexistent/matrix", m, &e), -ENOENT);
	sample_remove_folder(folder);
	free(m);
}

TEST_HARNESS_MAIN
