// SPDX-License-Identifier: GPL-2.0
/* The agent's frame: what is sent is taken whole, and what is cut short is not taken. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "agent/report.h"

TEST(whole)
{
	char text[256] = "", kind[16];
	const char *body;
	int fds[2], n;

	ASSERT_EQ(pipe(fds), 0);
	ASSERT_EQ(report_send(fds[1], "record", "{\"a\": 1}\n", NULL), 0);
	n = read(fds[0], text, sizeof(text) - 1);
	ASSERT_GT(n, 0);
	ASSERT_EQ(report_parse(text, n, kind, &body, NULL), 9);
	EXPECT_STREQ(kind, "record");
	EXPECT_STREQ(body, "{\"a\": 1}\n");
}

TEST(broken)
{
	static const char *const bad[] = { "", "record", "record 5", "record 5\nabcd",
					   "record 3\nabcd", "record x\nabc", "\n",
					   "record\n3\nab", "record +3\nabc",
					   " record 3\nabc", "record 3 \nabc" };
	const char *body;
	char kind[16];
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e.text[0] = '\0';
		EXPECT_EQ(report_parse(bad[i], strlen(bad[i]), kind, &body, &e), -EINVAL) {
			TH_LOG("\"%s\"", bad[i]);
		}
		EXPECT_NE(e.text[0], '\0');
	}
}

TEST(unwritable)
{
	struct err e;

	EXPECT_EQ(report_send(-1, "record", "{}", &e), -EBADF);
}

TEST_HARNESS_MAIN
