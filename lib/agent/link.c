// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "agent/link.h"
#include "agent/netlink.h"

/* A kernel older or newer than our headers has a shorter or longer one: the start is the same. */
static int parse_counts(const struct nlattr *attr, struct record_nic *out)
{
	struct rtnl_link_stats64 stats = { 0 };
	size_t len = mnl_attr_get_payload_len(attr);

	if (len < offsetof(struct rtnl_link_stats64, rx_missed_errors) + sizeof(stats.rx_dropped))
		return -EINVAL;
	memcpy(&stats, mnl_attr_get_payload(attr), len < sizeof(stats) ? len : sizeof(stats));
	*out = (struct record_nic) {
		.rx_dropped = stats.rx_dropped,
		.rx_missed = stats.rx_missed_errors,
		.rx_errors = stats.rx_errors,
		.tx_dropped = stats.tx_dropped,
		.tx_errors = stats.tx_errors,
	};
	return 0;
}

int link_parse(const struct nlmsghdr *answer, struct link *out)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(answer);
	const unsigned int running = IFF_RUNNING | IFF_LOWER_UP;
	const struct nlattr *attr;
	bool counted = false;

	if (answer->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(answer) < sizeof(*info))
		return -EINVAL;
	*out = (struct link) { .running = (info->ifi_flags & running) == running };
	mnl_attr_for_each(attr, answer, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFLA_MTU && !mnl_attr_validate(attr, MNL_TYPE_U32))
			out->mtu = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == IFLA_STATS64)
			counted = !parse_counts(attr, &out->counts);
	}
	return out->mtu && counted ? 0 : -EINVAL;
}

static int take_link(const struct nlmsghdr *answer, void *data)
{
	return link_parse(answer, data);
}

/* A request about the link @index in @buf. */
static struct nlmsghdr *start_request(char buf[NETLINK_REQUEST_SIZE], int type, int index)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));

	request->nlmsg_type = type;
	info->ifi_index = index;
	return request;
}

int link_read(struct mnl_socket *nl, int index, struct link *out)
{
	char buf[NETLINK_REQUEST_SIZE];

	return netlink_ask(nl, start_request(buf, RTM_GETLINK, index), take_link, out);
}

int link_set_up(struct mnl_socket *nl, int index, bool up)
{
	char buf[NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = start_request(buf, RTM_NEWLINK, index);
	struct ifinfomsg *info = mnl_nlmsg_get_payload(request);

	info->ifi_change = IFF_UP;
	info->ifi_flags = up ? IFF_UP : 0;
	return netlink_ask(nl, request, NULL, NULL);
}

int link_set_mtu(struct mnl_socket *nl, int index, int mtu)
{
	char buf[NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = start_request(buf, RTM_NEWLINK, index);

	mnl_attr_put_u32(request, IFLA_MTU, mtu);
	return netlink_ask(nl, request, NULL, NULL);
}

int link_move(struct mnl_socket *nl, int index, int ns)
{
	char buf[NETLINK_REQUEST_SIZE];
	struct nlmsghdr *request = start_request(buf, RTM_NEWLINK, index);

	mnl_attr_put_u32(request, IFLA_NET_NS_FD, ns);
	return netlink_ask(nl, request, NULL, NULL);
}
