// SPDX-License-Identifier: GPL-2.0
#include "kselftest_harness.h"
#include "util/date.h"

static long long parsed(const char *text)
{
	long long at = -1;
	struct err e;

	return date_parse("--since", text, &at, &e) ? -1 : at;
}

TEST(moments)
{
	EXPECT_EQ(parsed("1970-01-01"), 0);
	EXPECT_EQ(parsed("2026-11-26"), 1795651200);
	EXPECT_EQ(parsed("2026-11-26T08:16"), 1795680960);
	EXPECT_EQ(parsed("2026-11-26T08:16:05"), 1795680965);
	EXPECT_EQ(parsed("2026-11-26 08:16:05"), 1795680965);
	EXPECT_EQ(parsed("2026-11-26T08:16:05Z"), 1795680965);
	EXPECT_EQ(parsed("2028-02-29"), 1835395200);
}

TEST(what_is_none)
{
	static const char *const wrong[] = {
		"", "today", "2026", "2026-11", "2026-02-30", "2027-02-29", "2026-13-01",
		"2026-11-26T25:00", "2026-11-26T08:16:05+01:00", "2026-11-26x", "26.11.2026",
	};
	struct err e;
	long long at;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		EXPECT_EQ(parsed(wrong[i]), -1)
			TH_LOG("%s", wrong[i]);
	}
	EXPECT_TRUE(date_parse("--at", "soon", &at, &e));
	EXPECT_STREQ(e.text, "--at 'soon' must be a date or moment in UTC, such as 2026-11-26 or "
		     "2026-11-26T08:16:05");
}

TEST(printed)
{
	char text[DATE_TEXT];

	date_print(text, 1795680965);
	EXPECT_STREQ(text, "2026-11-26T08:16:05Z");
	date_print(text, -1);
	EXPECT_STREQ(text, "1969-12-31T23:59:59Z");
}

TEST_HARNESS_MAIN
