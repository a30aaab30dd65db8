// SPDX-License-Identifier: GPL-2.0
/* iperf3's JSON is parsed strictly: each kind of a bad result is refused, and says which. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "agent/iperf.h"

#define START "\"start\":{\"version\":\"iperf 3.18\"}"
#define STREAM "\"streams\":[{}]"
#define SUMS(sent, received) "\"sum_sent\":{\"bytes\":" sent ",\"seconds\":1.5}," \
	"\"sum_received\":{\"bytes\":" received ",\"seconds\":1.5}"
#define GOOD "{" START ",\"end\":{" STREAM "," SUMS("1048576", "1048576") "}}"

static int parse(const char *text, struct iperf_result *r, struct err *e)
{
	return iperf_parse(text, strlen(text), 1048576, r, e);
}

TEST(good)
{
	struct iperf_result r;

	ASSERT_EQ(parse(GOOD, &r, NULL), 0);
	EXPECT_STREQ(r.version, "iperf 3.18");
	EXPECT_EQ(r.sent_bytes, 1048576);
	EXPECT_EQ(r.received_bytes, 1048576);
	EXPECT_EQ(r.seconds, 1.5);
	EXPECT_STREQ(r.congestion, "");
}

TEST(congestion)
{
	struct iperf_result r;

	ASSERT_EQ(parse("{" START ",\"end\":{" STREAM "," SUMS("1048576", "1048576")
			",\"sender_tcp_congestion\":\"dctcp\"}}", &r, NULL), 0);
	EXPECT_STREQ(r.congestion, "dctcp");
}

TEST(bad)
{
	static const struct { const char *text, *says; } cases[] = {
		{ "", "broken" },
		{ "iperf3: error - unable to connect", "broken" },
		{ GOOD "\ntrailing words", "broken" },
		{ "{" START ",\"start\":{},\"end\":{}}", "broken" },
		{ "{" START ",\"end\":{},\"error\":\"unable to connect\"}", "unable to connect" },
		{ "{\"end\":{" STREAM "," SUMS("1048576", "1048576") "}}", "version" },
		{ "{" START ",\"end\":{" SUMS("1048576", "1048576") "}}", "streams" },
		{ "{" START ",\"end\":{\"streams\":[{},{}]," SUMS("1048576", "1048576") "}}",
		  "2 streams" },
		{ "{" START ",\"end\":{" STREAM "," SUMS("-nan", "1048576") "}}", "broken" },
		{ "{" START ",\"end\":{" STREAM "," SUMS("0", "1048576") "}}", "sum_sent" },
		{ "{" START ",\"end\":{" STREAM ",\"sum_sent\":{\"bytes\":1048576,\"seconds\":1}}}",
		  "sum_received" },
		{ "{" START ",\"end\":{" STREAM "," SUMS("1048576", "1048575") "}}", "short" },
		{ "{" START ",\"end\":{" STREAM "," SUMS("1048575", "1048575") "}}", "short" },
	};
	struct iperf_result r;
	struct err e;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		e.text[0] = '\0';
		EXPECT_EQ(parse(cases[i].text, &r, &e), -EINVAL) {
			TH_LOG("case %zu: %s", i, cases[i].text);
		}
		EXPECT_NE(strstr(e.text, cases[i].says), NULL) {
			TH_LOG("case %zu says: %s", i, e.text);
		}
	}
}

/* A timed transfer has no volume to fall short of. */
TEST(timed)
{
	const char *text = "{" START ",\"end\":{" STREAM "," SUMS("1000", "900") "}}";
	struct iperf_result r;

	EXPECT_EQ(iperf_parse(text, strlen(text), 0, &r, NULL), 0);
	EXPECT_EQ(r.received_bytes, 900);
}

TEST_HARNESS_MAIN
