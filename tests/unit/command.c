// SPDX-License-Identifier: GPL-2.0
/* The command: what is printed is parsed again, and nothing else is taken for one. */
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "agent/command.h"

static void plan(struct command *c, const char *name, bool real_clock)
{
	struct scenario s;

	if (!scenario_parse(name, &s, NULL))
		command_plan(c, &s, real_clock);
}

TEST(round_trip)
{
	char text[COMMAND_SIZE];
	struct command a, b;

	plan(&a, "strict-bare-4flows-tx", false);
	ASSERT_EQ(inject_parse("qi_submit_sync:7", &a.inject, NULL), 0);
	a.disturb = true;
	a.tracepoints = true;
	EXPECT_TRUE(a.probes);
	a.probes = false;
	ASSERT_EQ(command_print(&a, text), 0);
	EXPECT_EQ(strlen(text), COMMAND_SIZE - 1);
	ASSERT_EQ(command_parse(text, &b, NULL), 1);
	EXPECT_EQ(b.scenario.flows, 4);
	EXPECT_TRUE(b.scenario.tx);
	EXPECT_EQ(b.flow_bytes, a.flow_bytes);
	EXPECT_EQ(b.warmup_bytes, a.warmup_bytes);
	EXPECT_EQ(b.tail_bytes, a.tail_bytes);
	EXPECT_EQ(b.inject.kind, INJECT_FUNCTION);
	EXPECT_STREQ(b.inject.function, "qi_submit_sync");
	EXPECT_EQ(b.inject.n, 7);
	EXPECT_TRUE(b.disturb);
	EXPECT_TRUE(b.tracepoints);
	EXPECT_FALSE(b.probes);
	EXPECT_FALSE(b.real_clock);
}

TEST(what_is_injected)
{
	static const struct {
		const char *text;
		struct inject inject;
	} good[] = {
		{ "qi_submit_sync:0", { INJECT_FUNCTION, false, "qi_submit_sync", 0, 0 } },
		{ "f.isra.0:10000000", { INJECT_FUNCTION, false, "f.isra.0", 10000000, 0 } },
		{ "doorbell:500", { INJECT_DOORBELL, false, "", 500, 0 } },
		{ "lock:2000", { INJECT_LOCK, false, "", 2000, 0 } },
		{ "lock:2000:8", { INJECT_LOCK, false, "", 2000, 8 } },
		{ "flush:1000", { INJECT_FLUSH, false, "", 1000, 0 } },
		{ "host:__iommu_map:5", { INJECT_FUNCTION, true, "__iommu_map", 5, 0 } },
		{ "host:flush:3", { INJECT_FLUSH, true, "", 3, 0 } },
		{ "host:doorbell:0", { INJECT_DOORBELL, true, "", 0, 0 } },
		{ "host:lock:7:1", { INJECT_LOCK, true, "", 7, 1 } },
	};
	char text[COMMAND_SIZE], printed[INJECT_TEXT_MAX];
	struct command a, b;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct inject *want = &good[i].inject, *got = &b.inject;

		plan(&a, "strict-bare-1flows", true);
		ASSERT_EQ(inject_parse(good[i].text, &a.inject, NULL), 0);
		inject_print(&a.inject, printed);
		EXPECT_STREQ(printed, good[i].text);
		ASSERT_EQ(command_print(&a, text), 0);
		ASSERT_EQ(command_parse(text, &b, NULL), 1);
		EXPECT_EQ(got->kind, want->kind);
		EXPECT_EQ(got->host, want->host) {
			TH_LOG("%s", good[i].text);
		}
		EXPECT_STREQ(got->function, want->function);
		EXPECT_EQ(got->n, want->n);
		EXPECT_EQ(got->above, want->above);
	}
}

TEST(what_is_not_injected)
{
	static const struct { const char *text, *says; } bad[] = {
		{ "", "it is FUNCTION:N" }, { "qi_submit_sync", "it is FUNCTION:N" },
		{ ":5", "it is FUNCTION:N" }, { "qi_submit_sync:", "it is FUNCTION:N" },
		{ "qi_submit_sync:-1", "it is FUNCTION:N" }, { "f:5x", "it is FUNCTION:N" },
		{ "f:5:6", "it is FUNCTION:N" }, { "a b:5", "it is FUNCTION:N" },
		{ "flush:10:2", "flush:EVERY" }, { "doorbell:1:1", "doorbell:N" },
		{ "lock:5:", "lock:N[:ABOVE]" }, { "lock:5:6:7", "lock:N[:ABOVE]" },
		{ "host:", "with host: before it" }, { "host:5", "it is FUNCTION:N" },
		{ "host::5", "it is FUNCTION:N" },
		{ "host:__iommu_map", "it is FUNCTION:N" }, { "host:host:f:5", "it is FUNCTION:N" },
		{ "Host:f:5", "it is FUNCTION:N" }, { "host:flush:1:2", "flush:EVERY" },
		{ "host:f:10000001", "from 0 to 10000000" },
		{ "f:10000001", "from 0 to 10000000" }, { "lock:5:64", "from 0 to 63" },
		{ "f:99999999999999999999999", "from 0 to 10000000" },
		{ "a_name_of_a_function_that_is_longer_than_any_that_the_kernel_has_xx:5",
		  "it is FUNCTION:N" },
	};
	struct inject inject;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e.text[0] = '\0';
		EXPECT_EQ(inject_parse(bad[i].text, &inject, &e), -EINVAL);
		EXPECT_NE(strstr(e.text, bad[i].says), NULL) {
			TH_LOG("'%s': %s", bad[i].text, e.text);
		}
		EXPECT_EQ(strchr(e.text, '\n'), NULL);
	}
}

/* Parameters that are not asked for are not there again, and each flow moves more for a buffer. */
TEST(traffic)
{
	struct traffic asked = { .congestion = "dctcp", .mtu = 4000, .ring = 512,
				 .socket_buffer = 1000000, .offloads = "gro,tso" };
	char text[COMMAND_SIZE];
	struct command a, b;
	uint64_t volume;

	plan(&a, "strict-bare-4flows", false);
	volume = a.flow_bytes;
	ASSERT_EQ(command_print(&a, text), 0);
	ASSERT_EQ(command_parse(text, &b, NULL), 1);
	EXPECT_EQ(memcmp(&a.traffic, &b.traffic, sizeof(a.traffic)), 0);
	command_ask(&a, &asked);
	EXPECT_GE(a.flow_bytes, volume + 1000000);
	EXPECT_EQ(a.flow_bytes % (128 * 1024), 0);
	ASSERT_EQ(command_print(&a, text), 0);
	EXPECT_EQ(strlen(text), COMMAND_SIZE - 1);
	ASSERT_EQ(command_parse(text, &b, NULL), 1);
	EXPECT_EQ(memcmp(&asked, &b.traffic, sizeof(asked)), 0);
	plan(&a, "strict-bare-4flows", true);
	command_ask(&a, &asked);
	EXPECT_EQ(a.flow_bytes, 0);
}

TEST(real_clock_is_timed)
{
	char text[COMMAND_SIZE];
	struct command a, b;

	plan(&a, "none-nested-20flows", true);
	EXPECT_EQ(a.flow_bytes, 0);
	ASSERT_EQ(command_print(&a, text), 0);
	ASSERT_EQ(command_parse(text, &b, NULL), 1);
	EXPECT_TRUE(b.real_clock);
	EXPECT_EQ(b.window_ms, a.window_ms);
	EXPECT_GT(b.window_ms, 0);
}

/* iperf3 sends whole blocks: any other volume would differ from what it reports. */
TEST(volumes_are_whole_blocks)
{
	static const char *const names[] = { "strict-bare-1flows", "strict-bare-16flows",
					     "strict-bare-20flows-tx" };
	struct command c;

	for (size_t i = 0; i < 3; i++) {
		plan(&c, names[i], false);
		EXPECT_EQ(c.flow_bytes % (128 * 1024), 0);
		EXPECT_GT(c.flow_bytes, c.warmup_bytes + c.tail_bytes);
	}
}

/* Over two levels a page takes a hundred times as long: there are fewer, but some of each flow. */
TEST(volumes_of_two_levels)
{
	static const int flows[] = { 1, 2, 4, 8, 16, 20 };
	struct command one, two;
	char name[64];

	for (int i = 0; i < 12; i++) {
		const char *tx = i % 2 ? "-tx" : "";

		snprintf(name, sizeof(name), "none-shadow-%dflows%s", flows[i / 2], tx);
		plan(&one, name, false);
		snprintf(name, sizeof(name), "strict-shadow-%dflows%s", flows[i / 2], tx);
		plan(&two, name, false);
		EXPECT_LT(two.flow_bytes, one.flow_bytes) {
			TH_LOG("%s", name);
		}
		EXPECT_EQ(two.flow_bytes % (128 * 1024), 0);
		EXPECT_GE(two.flow_bytes, two.warmup_bytes + two.tail_bytes + 256 * 1024);
		EXPECT_EQ(two.window_ms, 0);
	}
}

/* A machine saved within a read of "wait" reads on in the command when it is restored. */
TEST(torn_read_waits)
{
	char text[COMMAND_SIZE];
	struct command c;

	EXPECT_EQ(command_parse(COMMAND_WAIT, &c, NULL), 0);
	plan(&c, "strict-bare-1flows", false);
	ASSERT_EQ(command_print(&c, text), 0);
	EXPECT_NE(text[0], COMMAND_WAIT[0]);
	text[0] = COMMAND_WAIT[0];
	EXPECT_EQ(command_parse(text, &c, NULL), 0);
}

TEST(refusals)
{
	static const char *const bad[] = {
		"scenario=strict-bare-3flows\n", "flow_bytes=1\n", "nonsense\n",
		"scenario=strict-bare-1flows\nflow_bytes=x\n",
		"scenario=strict-bare-1flows\ncolour=1\n",
		"scenario=strict-bare-1flows\nmtu=1\n",
	};
	struct command c;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e.text[0] = '\0';
		EXPECT_EQ(command_parse(bad[i], &c, &e), -EINVAL);
		EXPECT_NE(e.text[0], '\0');
	}
}

TEST_HARNESS_MAIN
