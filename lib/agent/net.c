// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "agent/net.h"
#include "agent/procfs.h"

enum { CARRIER_TRIES = 1000, CARRIER_WAIT_MS = 10 };

/* The name of the NIC whose hardware address is @mac, into @name. */
static int find_nic(const char *mac, char name[IFNAMSIZ], struct err *e)
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
	if (!name[0])
		return err_set(e, ENODEV, "agent: no NIC with address %s: is its driver loaded?",
			       mac);
	return 0;
}

/* Move NIC @name of the current namespace into the namespace @ns. */
static int move_nic(const char *name, int ns, struct err *e)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	struct ifinfomsg *ifi;
	int ret = -1;

	if (!nl)
		return err_set(e, errno, "agent: netlink: %s", strerror(errno));
	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = if_nametoindex(name);
	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, ns);
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) >= 0 &&
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) >= 0) {
		ssize_t n = mnl_socket_recvfrom(nl, buf, sizeof(buf));

		if (n > 0)
			ret = mnl_cb_run(buf, n, 0, mnl_socket_get_portid(nl), NULL, NULL);
	}
	if (ret < 0)
		ret = err_set(e, errno, "agent: move %s to its namespace: %s", name,
			      strerror(errno));
	mnl_socket_close(nl);
	return ret < 0 ? ret : 0;
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

static int bring_up(int s, const char *name, struct err *e)
{
	struct ifreq req = { .ifr_flags = IFF_UP };

	return nic_ioctl(s, SIOCSIFFLAGS, &req, name, e);
}

/* Address and link of @name in the current namespace. */
static int configure(const char *name, const char *addr, struct err *e)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req;
	int ret;

	if (s < 0)
		return err_set(e, errno, "agent: socket: %s", strerror(errno));
	set_addr(&req, addr);
	ret = nic_ioctl(s, SIOCSIFADDR, &req, name, e);
	if (!ret) {
		set_addr(&req, "255.255.255.0");
		ret = nic_ioctl(s, SIOCSIFNETMASK, &req, name, e);
	}
	if (!ret)
		ret = bring_up(s, "lo", e);
	if (!ret)
		ret = bring_up(s, name, e);
	close(s);
	return ret;
}

static int wait_carrier(int s, const char *name, struct err *e)
{
	struct timespec wait = { .tv_nsec = CARRIER_WAIT_MS * 1000000L };
	struct ifreq req = { 0 };
	int ret;

	for (int i = 0; i < CARRIER_TRIES; i++) {
		ret = nic_ioctl(s, SIOCGIFFLAGS, &req, name, e);
		if (ret || (req.ifr_flags & IFF_RUNNING))
			return ret;
		nanosleep(&wait, NULL);
	}
	return err_set(e, ENETDOWN, "agent: %s has no carrier after %d s", name,
		       CARRIER_TRIES * CARRIER_WAIT_MS / 1000);
}

int net_enter(const struct net_side *side, struct err *e)
{
	if (setns(side->ns, CLONE_NEWNET))
		return err_set(e, errno, "agent: enter a network namespace: %s", strerror(errno));
	return 0;
}

/*
 * Fixed socket buffers, as in the reference study: receive buffers that never overflow, since a
 * dropped segment costs a flow a timeout of 200 ms, longer than a window; send buffers smaller
 * than what a flow moves, or a stopped flow would go on by itself.
 */
static int set_buffers(struct err *e)
{
	static const struct { const char *path, *value; } sysctls[] = {
		{ "/proc/sys/net/ipv4/tcp_rmem", "4096 2097152 2097152" },
		{ "/proc/sys/net/ipv4/tcp_wmem", "4096 131072 131072" },
	};

	for (size_t i = 0; i < sizeof(sysctls) / sizeof(sysctls[0]); i++) {
		FILE *f = fopen(sysctls[i].path, "we");

		if (!f || fputs(sysctls[i].value, f) < 0 || fclose(f))
			return err_set(e, errno, "agent: %s: %s", sysctls[i].path,
				       strerror(errno));
	}
	return 0;
}

/* Open what is read from @side's namespace; the namespace must be the current one. */
static int open_side(struct net_side *side, struct err *e)
{
	side->snmp = open("/proc/thread-self/net/snmp", O_RDONLY | O_CLOEXEC);
	if (side->snmp < 0)
		return err_set(e, errno, "agent: /proc/net/snmp: %s", strerror(errno));
	return 0;
}

static int setup_side(struct net_side *side, const char *addr, struct err *e)
{
	int s, ret = net_enter(side, e);

	if (!ret)
		ret = configure(side->nic, addr, e);
	if (!ret)
		ret = set_buffers(e);
	if (!ret)
		ret = open_side(side, e);
	if (ret)
		return ret;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return err_set(e, errno, "agent: socket: %s", strerror(errno));
	ret = wait_carrier(s, side->nic, e);
	close(s);
	return ret;
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

int net_setup(struct net *net, struct err *e)
{
	int ret = find_nic(NET_SUBJECT_MAC, net->subject.nic, e);

	if (!ret)
		ret = find_nic(NET_PEER_MAC, net->peer.nic, e);
	if (!ret)
		ret = open_namespaces(net, e);
	if (!ret)
		ret = move_nic(net->peer.nic, net->peer.ns, e);
	if (!ret)
		ret = setup_side(&net->peer, NET_PEER_ADDR, e);
	if (!ret)
		ret = setup_side(&net->subject, NET_SUBJECT_ADDR, e);
	if (!ret) {
		char path[128], line[32];

		snprintf(path, sizeof(path), "/sys/class/net/%s/mtu", net->subject.nic);
		ret = procfs_line(path, line, sizeof(line));
		net->mtu = ret ? 0 : atoi(line);
	}
	return ret;
}

int net_driver(const struct net_side *side, char *buf, size_t size, struct err *e)
{
	char path[128], target[256];
	ssize_t n;
	char *base;

	snprintf(path, sizeof(path), "/sys/class/net/%s/device/driver", side->nic);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return err_set(e, errno, "agent: %s: %s", path, strerror(errno));
	target[n] = '\0';
	base = strrchr(target, '/');
	snprintf(buf, size, "%s", base ? base + 1 : target);
	return 0;
}
