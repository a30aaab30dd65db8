/* SPDX-License-Identifier: GPL-2.0 */
/* A NIC as rtnetlink knows it, by its interface index in the namespace of the socket. */
#ifndef AGENT_LINK_H
#define AGENT_LINK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>

#include "record/record.h"

struct link {
	int mtu;
	bool running;	/* has a carrier, and its queues send */
	struct record_nic counts;	/* since the driver was loaded */
};

/* The facts in an RTM_NEWLINK message. -EINVAL when one is missing or too short. */
int link_parse(const struct nlmsghdr *answer, struct link *out);

/* All below: 0 or a negative errno. */
int link_read(struct mnl_socket *nl, int index, struct link *out);
int link_set_up(struct mnl_socket *nl, int index, bool up);
int link_set_mtu(struct mnl_socket *nl, int index, int mtu);

/* Move it into the network namespace behind the file descriptor @ns. */
int link_move(struct mnl_socket *nl, int index, int ns);

#endif
