/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The subject's network: its NIC in one namespace, the peer's NIC in another, so that traffic
 * between them has to leave the machine.
 */
#ifndef AGENT_NET_H
#define AGENT_NET_H

#include <net/if.h>

#include "agent/ethtool.h"
#include "util/err.h"

#define NET_SUBJECT_MAC "52:54:00:00:00:0a"
#define NET_PEER_MAC "52:54:00:00:00:0b"
#define NET_SUBJECT_ADDR "10.9.0.1"
#define NET_PEER_ADDR "10.9.0.2"

struct net_side {
	int ns;			/* file descriptor of its network namespace */
	char nic[IFNAMSIZ];
	int index;		/* of the NIC there */
	int snmp;		/* its /proc/net/snmp */
	struct mnl_socket *route;	/* its rtnetlink */
};

struct net {
	struct net_side subject, peer;
	struct ethtool ethtool;	/* of the subject's side */
};

/* Find both NICs, part them, give them addresses and wait until both have a carrier. */
int net_setup(struct net *net, struct err *e);

/* Make @side's namespace that of the calling thread. */
int net_enter(const struct net_side *side, struct err *e);

/*
 * The socket buffers, in bytes, of sockets that are made in the current namespace from now on; and
 * what they are.
 */
int net_set_buffers(int receive, int send, struct err *e);
int net_get_buffers(int *receive, int *send, struct err *e);

/* Wait until @side's NIC has a carrier. */
int net_wait_carrier(const struct net_side *side, struct err *e);

/* The driver bound to @side's NIC, into @buf. */
int net_driver(const struct net_side *side, char *buf, size_t size, struct err *e);

#endif
