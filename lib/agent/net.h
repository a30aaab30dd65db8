/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The subject's network: its NIC in one namespace, the peer's NIC in another, so that traffic
 * between them has to leave the machine.
 */
#ifndef AGENT_NET_H
#define AGENT_NET_H

#include <net/if.h>

#include "util/err.h"

#define NET_SUBJECT_MAC "52:54:00:00:00:0a"
#define NET_PEER_MAC "52:54:00:00:00:0b"
#define NET_SUBJECT_ADDR "10.9.0.1"
#define NET_PEER_ADDR "10.9.0.2"

struct net_side {
	int ns;			/* file descriptor of its network namespace */
	char nic[IFNAMSIZ];
	int snmp;		/* its /proc/net/snmp */
};

struct net {
	struct net_side subject, peer;
	int mtu;
};

/* Find both NICs, part them, give them addresses and wait until both have a carrier. */
int net_setup(struct net *net, struct err *e);

/* Make @side's namespace that of the calling thread. */
int net_enter(const struct net_side *side, struct err *e);

/* The driver bound to @side's NIC, into @buf. */
int net_driver(const struct net_side *side, char *buf, size_t size, struct err *e);

#endif
