// SPDX-License-Identifier: GPL-2.0
/* The parsers of /proc's texts. */
#include <errno.h>

#include "kselftest_harness.h"

#include "agent/procfs.h"

enum { TICK_NS = 10000000 };

TEST(stat)
{
	static const char text[] =
		"cpu  30 0 50 100 1 2 3 4 0 0\n"
		"cpu0 10 1 20 60 0 0 2 3 0 0\n"
		"cpu3 20 0 30 40 1 2 1 1 0 0\n"
		"intr 12345 0 0\nctxt 99\n";
	struct record_cpu cpus[4];

	ASSERT_EQ(procfs_parse_stat(text, TICK_NS, cpus, 4), 2);
	EXPECT_EQ(cpus[0].cpu, 0);
	EXPECT_EQ(cpus[0].user_ns, 10ull * TICK_NS);
	EXPECT_EQ(cpus[0].nice_ns, 1ull * TICK_NS);
	EXPECT_EQ(cpus[0].idle_ns, 60ull * TICK_NS);
	EXPECT_EQ(cpus[0].steal_ns, 3ull * TICK_NS);
	EXPECT_EQ(cpus[1].cpu, 3);
	EXPECT_EQ(cpus[1].softirq_ns, 1ull * TICK_NS);
	EXPECT_EQ(cpus[1].irq_ns, 2ull * TICK_NS);
}

TEST(stat_broken)
{
	struct record_cpu cpus[4];

	EXPECT_EQ(procfs_parse_stat("", TICK_NS, cpus, 4), -EINVAL);
	EXPECT_EQ(procfs_parse_stat("cpu  1 2 3\n", TICK_NS, cpus, 4), -EINVAL);
	EXPECT_EQ(procfs_parse_stat("cpu0 1 2 3\n", TICK_NS, cpus, 4), -EINVAL);
	EXPECT_EQ(procfs_parse_stat("cpu4294967295 1 2 3 4 5 6 7 8\n", TICK_NS, cpus, 4),
		  -EINVAL);
}

TEST(stat_difference)
{
	struct record_cpu open[2] = { { .cpu = 0, .user_ns = 5 }, { .cpu = 3, .steal_ns = 7 } };
	struct record_cpu close[2] = { { .cpu = 0, .user_ns = 9 }, { .cpu = 3, .steal_ns = 8 } };
	struct record_cpu out[2];

	ASSERT_EQ(procfs_stat_difference(open, close, 2, out), 0);
	EXPECT_EQ(out[0].user_ns, 4);
	EXPECT_EQ(out[1].cpu, 3);
	EXPECT_EQ(out[1].steal_ns, 1);
	open[1].iowait_ns = 1;
	EXPECT_EQ(procfs_stat_difference(open, close, 2, out), -ESTALE);
	open[1].iowait_ns = 0;
	close[1].cpu = 4;
	EXPECT_EQ(procfs_stat_difference(open, close, 2, out), -ESTALE);
}

/* Columns are found by name: kernels add some. */
TEST(snmp)
{
	static const char text[] =
		"Ip: Forwarding DefaultTTL\nIp: 1 64\n"
		"Tcp: RtoAlgorithm InSegs New OutSegs RetransSegs InErrs\n"
		"Tcp: 1 1000 7 2000 3 0\n"
		"Udp: InDatagrams\nUdp: 5\n";
	struct record_tcp tcp;

	ASSERT_EQ(procfs_parse_snmp(text, &tcp), 0);
	EXPECT_EQ(tcp.in_segs, 1000);
	EXPECT_EQ(tcp.out_segs, 2000);
	EXPECT_EQ(tcp.retrans_segs, 3);
}

TEST(snmp_broken)
{
	struct record_tcp tcp;

	EXPECT_EQ(procfs_parse_snmp("", &tcp), -EINVAL);
	EXPECT_EQ(procfs_parse_snmp("Tcp: InSegs OutSegs RetransSegs\n", &tcp), -EINVAL);
	EXPECT_EQ(procfs_parse_snmp("Tcp: InSegs OutSegs\nTcp: 1 2\n", &tcp), -EINVAL);
}

TEST(line)
{
	char buf[64];

	EXPECT_EQ(procfs_line("/proc/sys/kernel/ostype", buf, sizeof(buf)), 0);
	EXPECT_STREQ(buf, "Linux");
	EXPECT_EQ(procfs_line("/proc/no/such/file", buf, sizeof(buf)), -ENOENT);
}

TEST_HARNESS_MAIN
