// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "agent/link.h"
#include "agent/net.h"
#include "agent/netlink.h"
#include "agent/procfs.h"

#define RECEIVE_BUFFER "/proc/sys/net/ipv4/tcp_rmem"
#define SEND_BUFFER "/proc/sys/net/ipv4/tcp_wmem"

/*
 * Fixed socket buffers, as in the reference study: receive buffers that never overflow, since a
 * dropped segment costs a flow a timeout of 200 ms, longer than a window; send buffers smaller
 * than what a flow moves, or a stopped flow would go on by itself.
 */
enum { RECEIVE_BYTES = 2 << 20, SEND_BYTES = 128 << 10 };

/*
 * Over two levels the guest is so slow that whatever it offers room for is under way at once. Of 20
 * flows that must fit into the NIC's ring of 256: what waits in the emulator's queue instead is
 * overtaken by what follows. And that it is late does not mean it is lost.
 */
enum { GUEST_RECEIVE_BYTES = 32 << 10, GUEST_TIMEOUT_US = 5000000 };

enum { CARRIER_TRIES = 1000, CARRIER_WAIT_MS = 10 };

static int set(const char *path, const char *text, struct err *e)
{
	int ret = procfs_write(path, text);

	return ret ? err_set(e, -ret, "agent: %s: %s", path, strerror(-ret)) : 0;
}

/* What a kernel does not have it does not heed. */
static int set_if_there(const char *path, const char *text, struct err *e)
{
	return access(path, F_OK) ? 0 : set(path, text, e);
}

int net_find_nic(const char *mac, char name[IFNAMSIZ], struct err *e)
{
	DIR *dir = opendir("/sys/class/net");
	struct dirent *d;
	char path[300], address[32];

	if (!dir)
		return err_set(e, errno, "agent: /sys/class/net: %s", strerror(errno));
	name[0] = '\0';
	while ((d = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/address", d->d_name);
		if (d->d_name[0] == '.' || procfs_line(path, address, sizeof(address)))
			continue;
		if (!strcmp(address, mac))
			snprintf(name, IFNAMSIZ, "%.*s", IFNAMSIZ - 1, d->d_name);
	}
	closedir(dir);
	return 0;
}

static int add_nic(struct net_side *side, const char *mac, struct err *e)
{
	struct net_nic *nic = &side->nics[side->nr_nics];
	int ret = net_find_nic(mac, nic->name, e);

	side->nr_nics += !ret && nic->name[0];
	return ret;
}

static int find_first(struct net_side *side, const char *mac, struct err *e)
{
	int ret = add_nic(side, mac, e);

	if (!ret && !side->nr_nics)
		ret = err_set(e, ENODEV, "agent: no NIC with address %s: is its driver loaded?", mac);
	return ret;
}

static int find_nics(struct net *net, struct err *e)
{
	int ret = find_first(&net->subject, NET_SUBJECT_MAC, e);
	char mac[32];

	for (int i = 1; !ret && i < NET_NICS_MAX && net->subject.nr_nics == i; i++) {
		snprintf(mac, sizeof(mac), NET_SUBJECT_MACS, NET_NIC_MAC + i);
		ret = add_nic(&net->subject, mac, e);
	}
	net->networks = net->subject.nr_nics;
	return ret;
}

/* One interface ioctl on NIC @name; @fill'd request. */
static int nic_ioctl(int s, unsigned long op, struct ifreq *req, const char *name, struct err *e)
{
	snprintf(req->ifr_name, IFNAMSIZ, "%s", name);
	if (ioctl(s, op, req))
		return err_set(e, errno, "agent: configure %s: %s", name, strerror(errno));
	return 0;
}

static void set_addr(struct ifreq *req, const char *addr)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&req->ifr_addr;

	memset(req, 0, sizeof(*req));
	in->sin_family = AF_INET;
	inet_pton(AF_INET, addr, &in->sin_addr);
}

static int bring_up(const struct net_side *side, const char *name, struct err *e)
{
	int ret = link_set_up(side->route, if_nametoindex(name), true);

	return ret ? err_set(e, -ret, "agent: bring up %s: %s", name, strerror(-ret)) : 0;
}

void net_address(int nic, bool peer, char buf[NET_ADDRESS_MAX])
{
	snprintf(buf, NET_ADDRESS_MAX, "10.9.%d.%d", nic, peer ? 2 : 1);
}

/* The address @addr, and its network of 256, to the NIC, or the label of one, @name. */
static int set_address(int s, const char *name, const char *addr, struct err *e)
{
	struct ifreq req;
	int ret;

	set_addr(&req, addr);
	ret = nic_ioctl(s, SIOCSIFADDR, &req, name, e);
	if (ret)
		return ret;
	set_addr(&req, "255.255.255.0");
	return nic_ioctl(s, SIOCSIFNETMASK, &req, name, e);
}

/* Addresses of @side's NICs, in @networks, in the current namespace. One NIC may be in several. */
static int set_addresses(const struct net_side *side, bool peer, int networks, struct err *e)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret = 0;
	char addr[NET_ADDRESS_MAX], label[IFNAMSIZ];

	if (s < 0)
		return err_set(e, errno, "agent: socket: %s", strerror(errno));
	for (int i = 0; !ret && i < networks; i++) {
		net_address(i, peer, addr);
		snprintf(label, sizeof(label), "%.11s:%d", side->nics[0].name, i % 1000);
		ret = set_address(s, i < side->nr_nics ? side->nics[i].name : label, addr, e);
	}
	close(s);
	return ret;
}

/*
 * All NICs are on one wire: each answers for itself alone, or the peer would take one NIC's address
 * for another's.
 */
static int part_nics(const struct net_side *side, struct err *e)
{
	return side->nr_nics == 1 ? 0 : set("/proc/sys/net/ipv4/conf/all/arp_ignore", "1", e);
}

/*
 * Serve the NIC by a thread of its own, on whichever CPU is free: NICs behind a bridge have no
 * message-signalled interrupts and share four lines, and so would share CPUs. In a guest each map
 * takes so long that, served in softirq, the NIC would leave its CPU to nobody else.
 */
static int serve_by_thread(const struct net_nic *nic, struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/net/%s/threaded", nic->name);
	return set(path, "1", e);
}

/* Addresses and links of @side's NICs in the current namespace. */
static int configure(const struct net_side *side, bool peer, int networks, struct err *e)
{
	int ret = part_nics(side, e);

	if (!ret)
		ret = set_addresses(side, peer, networks, e);
	if (!ret)
		ret = bring_up(side, "lo", e);
	for (int i = 0; !ret && i < side->nr_nics; i++)
		ret = bring_up(side, side->nics[i].name, e);
	for (int i = 0; !ret && side->threaded && i < side->nr_nics; i++)
		ret = serve_by_thread(&side->nics[i], e);
	return ret;
}

static int wait_carrier(const struct net_side *side, const struct net_nic *nic, struct err *e)
{
	struct timespec wait = { .tv_nsec = CARRIER_WAIT_MS * 1000000L };
	struct link link;
	int ret;

	for (int i = 0; i < CARRIER_TRIES; i++) {
		ret = link_read(side->route, nic->index, &link);
		if (ret)
			return err_set(e, -ret, "agent: netlink: %s: %s", nic->name,
				       strerror(-ret));
		if (link.running)
			return 0;
		nanosleep(&wait, NULL);
	}
	return err_set(e, ENETDOWN, "agent: %s has no carrier after %d s", nic->name,
		       CARRIER_TRIES * CARRIER_WAIT_MS / 1000);
}

int net_wait_carrier(const struct net_side *side, struct err *e)
{
	int ret = 0;

	for (int i = 0; !ret && i < side->nr_nics; i++)
		ret = wait_carrier(side, &side->nics[i], e);
	return ret;
}

int net_enter(const struct net_side *side, struct err *e)
{
	if (side->nr_nics && setns(side->ns, CLONE_NEWNET))
		return err_set(e, errno, "agent: enter a network namespace: %s", strerror(errno));
	return 0;
}

/* Smallest, default and greatest size, bytes. */
static int set_buffer(const char *path, int bytes, struct err *e)
{
	char text[64];

	snprintf(text, sizeof(text), "4096 %d %d", bytes, bytes);
	return set(path, text, e);
}

static int get_buffer(const char *path, int *bytes, struct err *e)
{
	char line[64];
	int ret = procfs_line(path, line, sizeof(line));

	if (ret)
		return err_set(e, -ret, "agent: %s: %s", path, strerror(-ret));
	if (sscanf(line, "%*d %d", bytes) != 1)
		return err_set(e, EINVAL, "agent: %s: %s", path, line);
	return 0;
}

int net_set_buffers(int receive, int send, struct err *e)
{
	int ret = set_buffer(RECEIVE_BUFFER, receive, e);

	return ret ? ret : set_buffer(SEND_BUFFER, send, e);
}

int net_get_buffers(int *receive, int *send, struct err *e)
{
	int ret = get_buffer(RECEIVE_BUFFER, receive, e);

	return ret ? ret : get_buffer(SEND_BUFFER, send, e);
}

/* Open what is read from @side's namespace; the namespace must be the current one. */
static int open_side(struct net_side *side, struct err *e)
{
	for (int i = 0; i < side->nr_nics; i++)
		side->nics[i].index = if_nametoindex(side->nics[i].name);
	side->snmp = open("/proc/thread-self/net/snmp", O_RDONLY | O_CLOEXEC);
	if (side->snmp < 0)
		return err_set(e, errno, "agent: /proc/net/snmp: %s", strerror(errno));
	return netlink_open(NETLINK_ROUTE, &side->route, e);
}

static int setup_side(struct net_side *side, bool peer, int networks, int receive_bytes,
		      struct err *e)
{
	int ret = configure(side, peer, networks, e);

	if (!ret)
		ret = net_set_buffers(receive_bytes, SEND_BYTES, e);
	return ret ? ret : net_wait_carrier(side, e);
}

static int open_namespaces(struct net *net, struct err *e)
{
	net->subject.ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (net->subject.ns < 0 || unshare(CLONE_NEWNET))
		return err_set(e, errno, "agent: new network namespace: %s", strerror(errno));
	net->peer.ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (net->peer.ns < 0)
		return err_set(e, errno, "agent: new network namespace: %s", strerror(errno));
	return net_enter(&net->subject, e);
}

static int move_peer(struct net *net, struct err *e)
{
	const char *nic = net->peer.nics[0].name;
	int ret = link_move(net->subject.route, if_nametoindex(nic), net->peer.ns);

	return ret ? err_set(e, -ret, "agent: move %s to its namespace: %s", nic,
			     strerror(-ret)) : 0;
}

static int setup_both(struct net *net, struct err *e)
{
	int ret = open_namespaces(net, e);

	if (!ret)
		ret = open_side(&net->subject, e);
	if (!ret)
		ret = move_peer(net, e);
	if (!ret)
		ret = net_enter(&net->peer, e);
	if (!ret)
		ret = open_side(&net->peer, e);
	if (!ret)
		ret = setup_side(&net->peer, true, net->networks, RECEIVE_BYTES, e);
	if (!ret)
		ret = net_enter(&net->subject, e);
	return ret ? ret :
	       setup_side(&net->subject, false, net->networks, RECEIVE_BYTES, e);
}

/*
 * IPv6 speaks as soon as a NIC is up, and what the peer says while nobody listens at the other end
 * of the emulator's wire blocks it. A kernel without IPv6 has no such file.
 */
static int silence_ipv6(struct err *e)
{
	return set_if_there("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1", e);
}

/* rto_min is there since 6.11. */
static int set_tcp(const char *name, int value, struct err *e)
{
	char path[80], text[16];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", name);
	snprintf(text, sizeof(text), "%d", value);
	return set_if_there(path, text, e);
}

/* Send nothing again that is only late: nothing is lost on the emulator's wire. */
static int take_time(struct err *e)
{
	int ret = set_tcp("tcp_rto_min_us", GUEST_TIMEOUT_US, e);

	return ret ? ret : set_tcp("tcp_early_retrans", 0, e);
}

/* A side alone needs no namespace of its own. */
static int setup_one(struct net_side *side, bool peer, struct err *e)
{
	int ret = silence_ipv6(e) ?: open_side(side, e);

	side->ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (!ret && side->ns < 0)
		ret = err_set(e, errno, "agent: its network namespace: %s", strerror(errno));
	if (!ret)
		ret = setup_side(side, peer, 1, GUEST_RECEIVE_BYTES, e);
	return ret ? ret : take_time(e);
}

int net_setup(struct net *net, enum net_sides sides, struct err *e)
{
	int ret = ethtool_open(&net->ethtool, e);

	net->networks = 1;
	if (!ret && sides != NET_PEER)
		ret = find_nics(net, e);
	if (!ret && sides != NET_SUBJECT)
		ret = find_first(&net->peer, NET_PEER_MAC, e);
	if (ret)
		return ret;
	net->subject.threaded = sides == NET_SUBJECT || net->subject.nr_nics > 1;
	if (sides == NET_BOTH)
		return setup_both(net, e);
	return sides == NET_PEER ? setup_one(&net->peer, true, e) :
				   setup_one(&net->subject, false, e);
}

int net_driver(const struct net_side *side, char *buf, size_t size, struct err *e)
{
	char path[128];
	int ret;

	snprintf(path, sizeof(path), "/sys/class/net/%s/device/driver", side->nics[0].name);
	ret = procfs_link(path, buf, size);
	return ret ? err_set(e, -ret, "agent: %s: %s", path, strerror(-ret)) : 0;
}
