/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The subject's network: its NICs in one namespace, the peer's NIC in another, so that traffic
 * between them has to leave the machine. There is one NIC, or one for each CPU, as if they were the
 * queues of one. Each is a network of its own, where the peer has an address, too.
 */
#ifndef AGENT_NET_H
#define AGENT_NET_H

#include <net/if.h>
#include <stdbool.h>

#include "agent/ethtool.h"
#include "util/err.h"

#define NET_SUBJECT_MAC "52:54:00:00:00:0a"
#define NET_PEER_MAC "52:54:00:00:00:0b"
/*
 * Of the subject's NIC 1, 2, ...: NET_NIC_MAC + its number. QEMU's e1000e takes for multicast what
 * ends as an address that it listens to, which is low: 01:00:5e:00:00:01, 33:33:00:00:00:01.
 */
#define NET_SUBJECT_MACS "52:54:00:00:01:%02x"

enum { NET_NICS_MAX = 20, NET_NIC_MAC = 0x20, NET_ADDRESS_MAX = 32 };

struct net_nic {
	char name[IFNAMSIZ];
	int index;
};

struct net_side {
	int ns;			/* file descriptor of its network namespace */
	struct net_nic nics[NET_NICS_MAX];	/* there; their indices are of that namespace */
	int nr_nics;
	bool threaded;		/* each NIC is served by a thread of its own */
	int snmp;		/* its /proc/net/snmp */
	struct mnl_socket *route;	/* its rtnetlink */
};

/* Over two levels the subject's NICs are in the guest, and the peer's in its host. */
enum net_sides { NET_BOTH, NET_SUBJECT, NET_PEER };

struct net {
	struct net_side subject, peer;	/* without NICs where it is another machine's */
	int networks;		/* one for each NIC of the subject */
	struct ethtool ethtool;	/* of the subject's side */
};

/* The name of the NIC whose hardware address is @mac, into @name; "": there is none. */
int net_find_nic(const char *mac, char name[IFNAMSIZ], struct err *e);

/* Find the NICs of @sides, part them, give them addresses and wait until they have a carrier. */
int net_setup(struct net *net, enum net_sides sides, struct err *e);

/* The address of the subject's NIC @nic, or that of the @peer in its network. */
void net_address(int nic, bool peer, char buf[NET_ADDRESS_MAX]);

/* Make @side's namespace that of the calling thread; of a side that is not here, do nothing. */
int net_enter(const struct net_side *side, struct err *e);

/*
 * The socket buffers, in bytes, of sockets that are made in the current namespace from now on; and
 * what they are.
 */
int net_set_buffers(int receive, int send, struct err *e);
int net_get_buffers(int *receive, int *send, struct err *e);

/* Wait until @side's NICs have a carrier. */
int net_wait_carrier(const struct net_side *side, struct err *e);

/* The driver bound to @side's NICs, into @buf. */
int net_driver(const struct net_side *side, char *buf, size_t size, struct err *e);

#endif
