/* SPDX-License-Identifier: GPL-2.0 */
/* Rings and offloads of a NIC, through the kernel's generic netlink family "ethtool". */
#ifndef AGENT_ETHTOOL_H
#define AGENT_ETHTOOL_H

#include <libmnl/libmnl.h>
#include <stdint.h>

#include "scenario/traffic.h"
#include "util/err.h"

struct ethtool {
	struct mnl_socket *nl;	/* in the NIC's network namespace */
	uint16_t family;	/* 0: the kernel has none */
};

struct ethtool_rings {
	int rx, tx;	/* descriptors */
};

/* Parse the answer to a request for rings, or for features. -EINVAL for any other message. */
int ethtool_parse_rings(const struct nlmsghdr *answer, struct ethtool_rings *out);

/* The offloads that are on, as struct traffic has them. */
int ethtool_parse_offloads(const struct nlmsghdr *answer, char out[TRAFFIC_OFFLOADS_MAX]);

/* Open it in the current network namespace; that the kernel has no such family is no error. */
int ethtool_open(struct ethtool *t, struct err *e);

/* All below, for the NIC of that interface index: 0 or a negative errno. */
int ethtool_get_rings(const struct ethtool *t, int index, struct ethtool_rings *out);
int ethtool_set_rings(const struct ethtool *t, int index, int descriptors);
int ethtool_get_offloads(const struct ethtool *t, int index, char out[TRAFFIC_OFFLOADS_MAX]);

/* Switch the offloads of @set (bits of enum offload) on, and all others of that enum off. */
int ethtool_set_offloads(const struct ethtool *t, int index, unsigned int set);

#endif
