// SPDX-License-Identifier: GPL-2.0
/* The kernel's answers about a NIC, as the kernel builds them. */
#include <errno.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kselftest_harness.h"

#include "agent/ethtool.h"
#include "agent/link.h"
#include "agent/netlink.h"

static char buf[4096];

static struct nlmsghdr *link_answer(unsigned int flags)
{
	struct nlmsghdr *answer = mnl_nlmsg_put_header(memset(buf, 0, sizeof(buf)));
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(answer, sizeof(*info));

	answer->nlmsg_type = RTM_NEWLINK;
	info->ifi_flags = flags;
	return answer;
}

static struct nlmsghdr *ethtool_answer(int command)
{
	struct nlmsghdr *answer = mnl_nlmsg_put_header(memset(buf, 0, sizeof(buf)));
	struct genlmsghdr *g = mnl_nlmsg_put_extra_header(answer, sizeof(*g));

	g->cmd = command;
	return answer;
}

static void put_bit(struct nlmsghdr *answer, const char *name, bool value)
{
	struct nlattr *bit = mnl_attr_nest_start(answer, ETHTOOL_A_BITSET_BITS_BIT);

	mnl_attr_put_u32(answer, ETHTOOL_A_BITSET_BIT_INDEX, 7);
	mnl_attr_put_strz(answer, ETHTOOL_A_BITSET_BIT_NAME, name);
	if (value)
		mnl_attr_put(answer, ETHTOOL_A_BITSET_BIT_VALUE, 0, NULL);
	mnl_attr_nest_end(answer, bit);
}

TEST(link_answer_is_read)
{
	struct rtnl_link_stats64 stats = { .rx_packets = 90, .rx_dropped = 1,
					   .rx_missed_errors = 2, .rx_errors = 3,
					   .tx_dropped = 4, .tx_errors = 5 };
	struct nlmsghdr *answer = link_answer(IFF_UP | IFF_RUNNING | IFF_LOWER_UP);
	struct link link;

	mnl_attr_put_strz(answer, IFLA_IFNAME, "eth0");
	mnl_attr_put_u32(answer, IFLA_MTU, 4000);
	mnl_attr_put(answer, IFLA_STATS64, sizeof(stats), &stats);
	ASSERT_EQ(link_parse(answer, &link), 0);
	EXPECT_TRUE(link.running);
	EXPECT_EQ(link.mtu, 4000);
	EXPECT_EQ(link.counts.rx_dropped, 1);
	EXPECT_EQ(link.counts.rx_missed, 2);
	EXPECT_EQ(link.counts.rx_errors, 3);
	EXPECT_EQ(link.counts.tx_dropped, 4);
	EXPECT_EQ(link.counts.tx_errors, 5);
}

/* A link that came back is seen late: until then only one of the two flags tells of it. */
TEST(link_without_carrier)
{
	static const unsigned int flags[] = { IFF_UP, IFF_UP | IFF_RUNNING, IFF_UP | IFF_LOWER_UP };
	struct rtnl_link_stats64 stats = { 0 };
	struct link link;

	for (int i = 0; i < 3; i++) {
		struct nlmsghdr *answer = link_answer(flags[i]);

		mnl_attr_put_u32(answer, IFLA_MTU, 1500);
		mnl_attr_put(answer, IFLA_STATS64, sizeof(stats), &stats);
		ASSERT_EQ(link_parse(answer, &link), 0);
		EXPECT_FALSE(link.running);
	}
}

/* Counters of kernels before and after ours: what all have is read, what is too short is not. */
TEST(link_counters_of_other_kernels)
{
	char stats[sizeof(struct rtnl_link_stats64) + 64] = { 0 };
	struct nlmsghdr *answer = link_answer(0);
	struct link link;

	mnl_attr_put_u32(answer, IFLA_MTU, 1500);
	EXPECT_EQ(link_parse(answer, &link), -EINVAL);
	mnl_attr_put(answer, IFLA_STATS64, 40, stats);
	EXPECT_EQ(link_parse(answer, &link), -EINVAL);
	answer = link_answer(0);
	mnl_attr_put_u32(answer, IFLA_MTU, 1500);
	mnl_attr_put(answer, IFLA_STATS64, sizeof(stats), stats);
	EXPECT_EQ(link_parse(answer, &link), 0);
	answer->nlmsg_type = RTM_DELLINK;
	EXPECT_EQ(link_parse(answer, &link), -EINVAL);
}

TEST(rings)
{
	struct nlmsghdr *answer = ethtool_answer(ETHTOOL_MSG_RINGS_GET_REPLY);
	struct ethtool_rings rings;

	mnl_attr_put_u32(answer, ETHTOOL_A_RINGS_RX_MAX, 4096);
	mnl_attr_put_u32(answer, ETHTOOL_A_RINGS_RX, 512);
	EXPECT_EQ(ethtool_parse_rings(answer, &rings), -EINVAL);
	mnl_attr_put_u32(answer, ETHTOOL_A_RINGS_TX, 256);
	ASSERT_EQ(ethtool_parse_rings(answer, &rings), 0);
	EXPECT_EQ(rings.rx, 512);
	EXPECT_EQ(rings.tx, 256);
	EXPECT_EQ(ethtool_parse_rings(ethtool_answer(ETHTOOL_MSG_FEATURES_GET_REPLY), &rings),
		  -EINVAL);
}

/* Of several sets the active one counts; without a mask it names only what is on. */
TEST(offloads)
{
	struct nlmsghdr *answer = ethtool_answer(ETHTOOL_MSG_FEATURES_GET_REPLY);
	char offloads[TRAFFIC_OFFLOADS_MAX];
	struct nlattr *set, *bits;

	set = mnl_attr_nest_start(answer, ETHTOOL_A_FEATURES_HW);
	bits = mnl_attr_nest_start(answer, ETHTOOL_A_BITSET_BITS);
	put_bit(answer, "rx-lro", true);
	mnl_attr_nest_end(answer, bits);
	mnl_attr_nest_end(answer, set);
	EXPECT_EQ(ethtool_parse_offloads(answer, offloads), -EINVAL);
	set = mnl_attr_nest_start(answer, ETHTOOL_A_FEATURES_ACTIVE);
	mnl_attr_put(answer, ETHTOOL_A_BITSET_NOMASK, 0, NULL);
	bits = mnl_attr_nest_start(answer, ETHTOOL_A_BITSET_BITS);
	put_bit(answer, "tx-tcp-segmentation", false);
	put_bit(answer, "tx-checksum-ip-generic", false);
	put_bit(answer, "rx-gro", false);
	mnl_attr_nest_end(answer, bits);
	mnl_attr_nest_end(answer, set);
	ASSERT_EQ(ethtool_parse_offloads(answer, offloads), 0);
	EXPECT_STREQ(offloads, "gro,tso");
}

TEST(offloads_with_a_mask)
{
	struct nlmsghdr *answer = ethtool_answer(ETHTOOL_MSG_FEATURES_GET_REPLY);
	char offloads[TRAFFIC_OFFLOADS_MAX];
	struct nlattr *set, *bits;

	set = mnl_attr_nest_start(answer, ETHTOOL_A_FEATURES_ACTIVE);
	bits = mnl_attr_nest_start(answer, ETHTOOL_A_BITSET_BITS);
	put_bit(answer, "tx-generic-segmentation", true);
	put_bit(answer, "rx-checksum", true);
	put_bit(answer, "rx-gro", false);
	mnl_attr_nest_end(answer, bits);
	mnl_attr_nest_end(answer, set);
	ASSERT_EQ(ethtool_parse_offloads(answer, offloads), 0);
	EXPECT_STREQ(offloads, "gso,rx-checksum");
}

/* The real kernel under the tests: every namespace has a loopback, of index 1. */
TEST(loopback)
{
	struct mnl_socket *nl;
	struct link link;
	struct err e;

	ASSERT_EQ(netlink_open(NETLINK_ROUTE, &nl, &e), 0);
	EXPECT_EQ(link_read(nl, 1, &link), 0);
	EXPECT_GT(link.mtu, 0);
	EXPECT_EQ(link_read(nl, 1 << 30, &link), -ENODEV);
	mnl_socket_close(nl);
}

TEST(ethtool_of_the_loopback)
{
	char offloads[TRAFFIC_OFFLOADS_MAX];
	struct ethtool_rings rings;
	struct ethtool t;
	struct err e;

	ASSERT_EQ(ethtool_open(&t, &e), 0);
	EXPECT_EQ(ethtool_get_rings(&t, 1, &rings), -EOPNOTSUPP);
	if (t.family) {
		ASSERT_EQ(ethtool_get_offloads(&t, 1, offloads), 0);
		EXPECT_NE(strstr(offloads, "gro"), NULL);
	}
	mnl_socket_close(t.nl);
}

TEST_HARNESS_MAIN
