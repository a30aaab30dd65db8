// SPDX-License-Identifier: GPL-2.0
/* The traffic's parameters: what can be asked for, and how it is said again. */
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "scenario/traffic.h"

TEST(set)
{
	struct traffic t = { .mtu = 0 };

	ASSERT_EQ(traffic_set(&t, "congestion", "dctcp", NULL), 0);
	ASSERT_EQ(traffic_set(&t, "mtu", "4000", NULL), 0);
	ASSERT_EQ(traffic_set(&t, "ring", "512", NULL), 0);
	ASSERT_EQ(traffic_set(&t, "socket-buffer", "1048576", NULL), 0);
	ASSERT_EQ(traffic_set(&t, "offloads", "tso,gro,rx-checksum,lro,gso,tso", NULL), 0);
	EXPECT_STREQ(t.congestion, "dctcp");
	EXPECT_EQ(t.mtu, 4000);
	EXPECT_EQ(t.ring, 512);
	EXPECT_EQ(t.socket_buffer, 1048576);
	EXPECT_STREQ(t.offloads, "gro,gso,lro,rx-checksum,tso");
	ASSERT_EQ(traffic_set(&t, "offloads", "none", NULL), 0);
	EXPECT_STREQ(t.offloads, "none");
}

/* Each refusal names the option and what it may be, and sets nothing. */
TEST(refusals)
{
	static const struct { const char *name, *value, *says; } cases[] = {
		{ "mtu", "", "--mtu : it is 576 to 65535 bytes" },
		{ "mtu", "575", "--mtu 575" },
		{ "mtu", "65536", "--mtu 65536" },
		{ "mtu", "1500x", "--mtu 1500x" },
		{ "mtu", "99999999999999999999", "--mtu" },
		{ "ring", "0", "--ring 0: it is 1 to 65536 descriptors" },
		{ "ring", "-1", "--ring -1" },
		{ "socket-buffer", "4095", "--socket-buffer 4095: it is 4096 to" },
		{ "socket-buffer", "1M", "--socket-buffer 1M" },
		{ "congestion", "", "--congestion" },
		{ "congestion", "Cubic", "--congestion Cubic" },
		{ "congestion", "a b", "--congestion a b" },
		{ "congestion", "../../etc/passwd", "--congestion" },
		{ "congestion", "aaaaaaaaaaaaaaaa", "--congestion" },
		{ "offloads", "", "--offloads" },
		{ "offloads", "gro,", "--offloads gro," },
		{ "offloads", "gro,none", "--offloads gro,none" },
		{ "offloads", "gros", "gro, gso, lro, rx-checksum, tso" },
		{ "colour", "red", "colour" },
	};
	struct err e;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct traffic t = { .mtu = 0 }, none = { .mtu = 0 };

		EXPECT_EQ(traffic_set(&t, cases[i].name, cases[i].value, &e), -EINVAL);
		EXPECT_NE(strstr(e.text, cases[i].says), NULL) {
			TH_LOG("%s %s: %s", cases[i].name, cases[i].value, e.text);
		}
		EXPECT_EQ(strchr(e.text, '\n'), NULL);
		EXPECT_EQ(memcmp(&t, &none, sizeof(t)), 0);
	}
}

/* The emulated testbed asks for nothing by itself; a real machine for what the study had. */
TEST(defaults)
{
	char text[TRAFFIC_OPTIONS_MAX];
	struct traffic t;

	traffic_defaults("emulated", &t);
	for (int i = 0; traffic_names[i]; i++) {
		traffic_value(&t, traffic_names[i], text, sizeof(text));
		EXPECT_STREQ(text, "");
	}
	traffic_options(&t, "emulated", text);
	EXPECT_STREQ(text, "");
	traffic_defaults("local", &t);
	traffic_options(&t, "local", text);
	EXPECT_STREQ(text, "");
	traffic_options(&t, "emulated", text);
	EXPECT_STREQ(text, " --congestion dctcp --mtu 4000 --ring 512 --socket-buffer 1048576"
		     " --offloads gro,gso,rx-checksum,tso");
}

TEST(options_of_what_differs)
{
	char text[TRAFFIC_OPTIONS_MAX];
	struct traffic t;

	traffic_defaults("local", &t);
	ASSERT_EQ(traffic_set(&t, "ring", "256", NULL), 0);
	traffic_options(&t, "local", text);
	EXPECT_STREQ(text, " --ring 256");
}

TEST_HARNESS_MAIN
