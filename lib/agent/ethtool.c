// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "agent/ethtool.h"
#include "agent/netlink.h"

/* The kernel's names of the offloads (net/ethtool/common.c). */
static const char *const features[OFFLOADS] = {
	[OFFLOAD_GRO] = "rx-gro",
	[OFFLOAD_GSO] = "tx-generic-segmentation",
	[OFFLOAD_LRO] = "rx-lro",
	[OFFLOAD_RX_CHECKSUM] = "rx-checksum",
	[OFFLOAD_TSO] = "tx-tcp-segmentation",
};

static bool is_answer(const struct nlmsghdr *answer, int command)
{
	const struct genlmsghdr *g = mnl_nlmsg_get_payload(answer);

	return mnl_nlmsg_get_payload_len(answer) >= sizeof(*g) && g->cmd == command;
}

int ethtool_parse_rings(const struct nlmsghdr *answer, struct ethtool_rings *out)
{
	const struct nlattr *attr;

	*out = (struct ethtool_rings) { 0 };
	if (!is_answer(answer, ETHTOOL_MSG_RINGS_GET_REPLY))
		return -EINVAL;
	mnl_attr_for_each(attr, answer, sizeof(struct genlmsghdr)) {
		if (mnl_attr_validate(attr, MNL_TYPE_U32))
			continue;
		if (mnl_attr_get_type(attr) == ETHTOOL_A_RINGS_RX)
			out->rx = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == ETHTOOL_A_RINGS_TX)
			out->tx = mnl_attr_get_u32(attr);
	}
	return out->rx && out->tx ? 0 : -EINVAL;
}

/* Which of features[] the bit is, or -1. In a set without a mask all bits named are on. */
static int parse_bit(const struct nlattr *bit, bool *on)
{
	const struct nlattr *attr;
	int found = -1;

	mnl_attr_for_each_nested(attr, bit) {
		if (mnl_attr_get_type(attr) == ETHTOOL_A_BITSET_BIT_VALUE)
			*on = true;
		if (mnl_attr_get_type(attr) != ETHTOOL_A_BITSET_BIT_NAME ||
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
			continue;
		for (int i = 0; i < OFFLOADS; i++)
			if (!strcmp(mnl_attr_get_str(attr), features[i]))
				found = i;
	}
	return found;
}

static unsigned int parse_set(const struct nlattr *bitset)
{
	const struct nlattr *attr, *bit;
	bool all = false, on;
	unsigned int set = 0;
	int i;

	mnl_attr_for_each_nested(attr, bitset)
		all |= mnl_attr_get_type(attr) == ETHTOOL_A_BITSET_NOMASK;
	mnl_attr_for_each_nested(attr, bitset) {
		if (mnl_attr_get_type(attr) != ETHTOOL_A_BITSET_BITS)
			continue;
		mnl_attr_for_each_nested(bit, attr) {
			on = all;
			i = parse_bit(bit, &on);
			if (i >= 0 && on)
				set |= 1u << i;
		}
	}
	return set;
}

int ethtool_parse_offloads(const struct nlmsghdr *answer, char out[TRAFFIC_OFFLOADS_MAX])
{
	const struct nlattr *attr;

	if (!is_answer(answer, ETHTOOL_MSG_FEATURES_GET_REPLY))
		return -EINVAL;
	mnl_attr_for_each(attr, answer, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != ETHTOOL_A_FEATURES_ACTIVE)
			continue;
		traffic_print_offloads(parse_set(attr), out);
		return 0;
	}
	return -EINVAL;
}

static struct nlmsghdr *start_request(char buf[NETLINK_REQUEST_SIZE], uint16_t family, int command,
				      int version)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *g = mnl_nlmsg_put_extra_header(request, sizeof(*g));

	request->nlmsg_type = family;
	*g = (struct genlmsghdr) { .cmd = command, .version = version };
	return request;
}

static int take_family(const struct nlmsghdr *answer, void *data)
{
	const struct nlattr *attr;
	uint16_t *family = data;

	mnl_attr_for_each(attr, answer, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    !mnl_attr_validate(attr, MNL_TYPE_U16))
			*family = mnl_attr_get_u16(attr);
	return *family ? 0 : -EINVAL;
}

int ethtool_open(struct ethtool *t, struct err *e)
{
	char buf[NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request;
	int ret;

	*t = (struct ethtool) { .nl = NULL };
	ret = netlink_open(NETLINK_GENERIC, &t->nl, e);
	if (ret)
		return ret;
	request = start_request(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, ETHTOOL_GENL_NAME);
	ret = netlink_ask(t->nl, request, take_family, &t->family);
	if (ret && ret != -ENOENT)
		return err_set(e, -ret, "agent: the netlink family ethtool: %s", strerror(-ret));
	return 0;
}

/* A request about the NIC @index, whose attribute @header says which NIC is meant. */
static struct nlmsghdr *start_nic_request(const struct ethtool *t, char buf[NETLINK_REQUEST_SIZE],
					  int command, int header, int index)
{
	struct nlmsghdr *request = start_request(buf, t->family, command, ETHTOOL_GENL_VERSION);
	struct nlattr *nest = mnl_attr_nest_start(request, header);

	mnl_attr_put_u32(request, ETHTOOL_A_HEADER_DEV_INDEX, index);
	mnl_attr_nest_end(request, nest);
	return request;
}

static int take_rings(const struct nlmsghdr *answer, void *data)
{
	return ethtool_parse_rings(answer, data);
}

static int take_offloads(const struct nlmsghdr *answer, void *data)
{
	return ethtool_parse_offloads(answer, data);
}

/* Without the family nothing is answered, as by a driver without the operation. */
static int ask(const struct ethtool *t, struct nlmsghdr *request,
	       int (*take)(const struct nlmsghdr *answer, void *data), void *data)
{
	return t->family ? netlink_ask(t->nl, request, take, data) : -EOPNOTSUPP;
}

int ethtool_get_rings(const struct ethtool *t, int index, struct ethtool_rings *out)
{
	char buf[NETLINK_REQUEST_SIZE];

	return ask(t, start_nic_request(t, buf, ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_HEADER,
					index), take_rings, out);
}

int ethtool_set_rings(const struct ethtool *t, int index, int descriptors)
{
	char buf[NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = start_nic_request(t, buf, ETHTOOL_MSG_RINGS_SET,
						     ETHTOOL_A_RINGS_HEADER, index);

	mnl_attr_put_u32(request, ETHTOOL_A_RINGS_RX, descriptors);
	mnl_attr_put_u32(request, ETHTOOL_A_RINGS_TX, descriptors);
	return ask(t, request, NULL, NULL);
}

int ethtool_get_offloads(const struct ethtool *t, int index, char out[TRAFFIC_OFFLOADS_MAX])
{
	char buf[NETLINK_REQUEST_SIZE];

	return ask(t, start_nic_request(t, buf, ETHTOOL_MSG_FEATURES_GET,
					ETHTOOL_A_FEATURES_HEADER, index), take_offloads, out);
}

int ethtool_set_offloads(const struct ethtool *t, int index, unsigned int set)
{
	char buf[NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = start_nic_request(t, buf, ETHTOOL_MSG_FEATURES_SET,
						     ETHTOOL_A_FEATURES_HEADER, index);
	struct nlattr *wanted = mnl_attr_nest_start(request, ETHTOOL_A_FEATURES_WANTED);
	struct nlattr *bits = mnl_attr_nest_start(request, ETHTOOL_A_BITSET_BITS);

	for (int i = 0; i < OFFLOADS; i++) {
		struct nlattr *bit = mnl_attr_nest_start(request, ETHTOOL_A_BITSET_BITS_BIT);

		mnl_attr_put_strz(request, ETHTOOL_A_BITSET_BIT_NAME, features[i]);
		if (set & 1u << i)
			mnl_attr_put(request, ETHTOOL_A_BITSET_BIT_VALUE, 0, NULL);
		mnl_attr_nest_end(request, bit);
	}
	mnl_attr_nest_end(request, bits);
	mnl_attr_nest_end(request, wanted);
	return ask(t, request, NULL, NULL);
}
